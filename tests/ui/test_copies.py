"""Copies of figures: what the JSON of the original gives, and nothing shared that can change."""

import json
import re

import numpy as np
import pytest
from bokeh.core.serialization import Deserializer
from bokeh.document import Document
from bokeh.model import Model
from bokeh.models import ColumnDataSource, Range1d
from bokeh.plotting import figure

from explorer.labs import Lab, Panel, labs
from explorer.labs.sheets import sheet
from explorer.ui.copies import Template
from explorer.ui.figures import template

PANELS = [(lab, panel) for lab in labs() for panel in lab.panels]


def written(root: Model) -> str:
    """A figure as JSON, its ids counted as they come."""
    doc = Document()
    doc.add_root(root)
    found = doc.to_json(deferred=False)
    doc.remove_root(root)
    counted: dict[str, str] = {}
    return re.sub(
        r'"id": "([^"]*)"', lambda m: counted.setdefault(m[1], f'"{len(counted)}"'), json.dumps(found["roots"])
    )


def read(root: Model) -> Model:
    """The same figure through its JSON, by Bokeh alone."""
    doc = Document()
    doc.add_root(root)
    found = doc.to_json(deferred=False)
    doc.remove_root(root)
    return Deserializer().deserialize({**found, "defs": []})["roots"][0]


@pytest.mark.parametrize(("lab", "panel"), PANELS, ids=lambda each: getattr(each, "slug", getattr(each, "name", None)))
def test_a_copy_is_what_the_json_of_the_original_gives(lab: Lab, panel: Panel) -> None:
    shown = sheet(lab, panel)
    for name in shown.figures:
        one, other = template(shown, name).copy(), template(shown, name).copy()
        assert written(one) == written(other) == written(read(one))
        assert not {each.id for each in one.references()} & {each.id for each in other.references()}


def test_nothing_that_can_change_is_shared_and_changes_are_heard() -> None:
    fig = figure(x_range=Range1d(0, 1), tags=["a"])
    fig.line("x", "y", source=ColumnDataSource({"x": np.arange(3), "y": [1, 2, 3]}, name="curve"), name="curve")
    made = Template(fig)
    one, other = made.copy(), made.copy()
    heard: list[str] = []
    one.on_change("tags", lambda name, old, new: heard.append(name))
    one.tags.append("b")  # in place
    one.x_range.end = 5
    source = one.select_one({"name": "curve", "type": ColumnDataSource})
    source.data["y"] = [7, 8, 9]
    assert heard == ["tags"]
    for untouched in (fig, other):
        assert untouched.tags == ["a"]
        assert untouched.x_range.end == 1
        assert untouched.select_one({"name": "curve", "type": ColumnDataSource}).data["y"] == [1, 2, 3]
    assert one.select_one({"name": "curve", "type": ColumnDataSource}).data["y"] == [7, 8, 9]


def test_an_empty_figure_is_copied() -> None:
    assert written(Template(figure()).copy()) == written(figure())
