"""No label of a figure leaves its figure, is cut off, or crosses another: on a desk's screen and on a phone's.

What `test_law.py` opens to see a panel drawn is looked at there.
"""

import os
import subprocess
import sys

import holoviews as hv
import pytest
from bokeh.embed import file_html
from bokeh.plotting import figure as BokehFigure
from bokeh.resources import INLINE
from playwright.sync_api import Page

from explorer.figures.figure import Axis, Figure
from explorer.figures.marks import Line
from explorer.figures.parts import LOG_TICKS
from explorer.figures.render import overlay
from explorer.figures.texts import Labels
from explorer.labs.law import LAB as LAW
from explorer.labs.live import LAB as LIVE
from explorer.labs.universal import LAB as UNIVERSAL
from tools import labels
from tools.pages import ROOT, Server, Tabs

PRESETS = [(lab.name, preset.name) for lab in (LIVE, LAW, UNIVERSAL) for preset in lab.presets]


def test_the_checker_sees_what_is_cut_off_and_what_crosses() -> None:
    clip = (0.0, 0.0, 100.0, 50.0)
    whole, cut, crossing = ((5, 5, 40, 15), (80, 5, 120, 15), (30, 10, 60, 20))
    texts = [labels.Text(text, box, clip) for text, box in (("a", whole), ("b", cut), ("c", crossing))]
    assert labels.faults(texts) == ["'b' is cut off by 20 px", "'a' crosses 'c'"]


def drawn(name: str, rows: int) -> BokehFigure:
    """A line and so many labels at its middle."""
    figure = hv.render(overlay(Figure(name, [Line("line"), Labels("text")], Axis("x"))), backend="bokeh")
    sources = {renderer.name: renderer.data_source for renderer in figure.renderers}
    sources[f"{name}:line"].data = {"x": [0.0, 1.0], "y": [0.0, 1.0]}
    columns = {"x": 1.0, "y": 1.0, "text": "a long name", "color": "black", "align": "left", "dx": 8.0, "dy": 0.0}
    sources[f"{name}:text"].data = {name: [value] * rows for name, value in columns.items()}
    return figure


def test_labels_of_one_point_stand_below_each_other_and_those_without_room_go(tabs: Tabs) -> None:
    kept = {1: 1, 5: 5, 100: 5}
    page = tabs.new(viewport={"width": 400, "height": 300}).page
    page.add_init_script(labels.RECORDER)
    page.goto("about:blank")
    page.set_content(file_html([drawn(f"of {rows}", rows) for rows in kept], INLINE))
    for name, texts in labels.read(page).items():
        assert labels.faults(texts) == [], name
    found = {name: sum(text.text == "a long name" for text in texts) for name, texts in labels.read(page).items()}
    assert found == {f"of {rows}": count for rows, count in kept.items()}


TICKS = {  # ends of a logarithmic axis, and its numbers
    (1210, 38410): [2000, 5000, 10000, 20000],
    (0.003, 0.2): [0.005, 0.01, 0.02, 0.05, 0.1, 0.2],
    (5.5, 45): [7, 10, 15, 20, 30],
    (50, 110): [60, 80, 100],
    (0.5, 2000): [1, 10, 100, 1000],
    (1e-20, 1): [1e-18, 1e-15, 1e-12, 1e-9, 1e-6, 1e-3, 1],
    (0, 1): [],
    (5, 5): [],
}


def test_a_logarithmic_axis_has_round_numbers_over_all_of_it(tabs: Tabs) -> None:
    page = tabs.new().page
    found = page.evaluate(
        "([code, axes]) => axes.map(([start, end]) => new Function('cb_data', code)({ start, end }))",
        [LOG_TICKS, [*TICKS]],
    )
    assert found == [*TICKS.values()]


def first(tabs: Tabs, lab: str, server: Server) -> Page:
    """A lab as it opens, its run complete: taken from the store, for a page that draws all frames takes a minute."""
    environment = os.environ | {"EXPLORER_CACHE": str(server.cache), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-m", "explorer", "run", lab], env=environment, capture_output=True, check=True)
    tab = tabs.shared("", lab)
    assert "from the store" in tab.status
    return tab.page


def test_what_a_first_visitor_of_live_sees(tabs: Tabs, server: Server) -> None:
    page = first(tabs, "live", server)
    texts = labels.read(page)
    assert set(texts) == {"lipschitz", "attack", "pruning", "f", "slope", "neurons", "training"}
    assert {"≤ certified", "≥ found", "width k"} <= {each.text for each in texts["lipschitz"]}
    (found,) = (each for each in texts["lipschitz"] if each.text == "≥ found")
    assert found.clip[0] < found.box[0] < found.box[2] < found.clip[2]
    assert 30 < found.box[2] - found.box[0] < 80  # a word of seven letters, 11 px high
    assert labels.walk(page, labels.DESK, labels.PHONE) == []


def test_what_a_first_visitor_of_law_sees(tabs: Tabs, server: Server) -> None:
    assert labels.walk(first(tabs, "law", server), labels.DESK, labels.PHONE) == []


@pytest.mark.walk
@pytest.mark.parametrize(("lab", "preset"), PRESETS, ids=["-".join(each) for each in PRESETS])
def test_every_preset(tabs: Tabs, lab: str, preset: str) -> None:
    page = tabs.shared(f"preset={preset}", lab).page
    assert labels.walk(page, labels.DESK, (1280, 720), (1024, 768), labels.PHONE) == []
