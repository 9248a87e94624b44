"""The figures of the panel that a test file is named after, rendered, and what holds for every patch of them."""

import re
from collections.abc import Callable
from importlib import import_module
from types import ModuleType

import holoviews as hv
import pytest
from bokeh.models import GlyphRenderer, HoverTool, Model

from explorer.figures.columns import roles
from explorer.figures.layout import Sheet
from explorer.figures.look import Look, Patch
from explorer.figures.palette import ROLES
from explorer.figures.render import overlay
from tests.figures.drawn import marks

#: Figures with a test file of their own, and the panel that has them.
OF = {"picture": "overview", "exact_sentences": "exact"}


@pytest.fixture(scope="module")
def panel(request: pytest.FixtureRequest) -> ModuleType:
    """The module that draws it: the test file's folder is named after the lab."""
    path = request.path
    name = path.stem.removeprefix("test_")
    return import_module(f"explorer.labs.{path.parent.name}.{OF.get(name, name)}.figure")


@pytest.fixture(scope="module")
def drawn(panel: ModuleType) -> dict[str, Model]:
    package = import_module(panel.__package__)
    sheet = getattr(panel, "SHEET", None) or Sheet.of(panel, Look(package.PANEL.settings.make()))
    assert [figure.name for figure in sheet.blank] == list(sheet.figures)
    assert set(roles(sheet.blank).values()) <= ROLES.keys()
    return {name: hv.render(overlay(figure), backend="bokeh") for name, figure in sheet.figures.items()}


@pytest.fixture(scope="module")
def renderers(drawn: dict[str, Model]) -> dict[str, GlyphRenderer]:
    found = [renderer for figure in drawn.values() for renderer in marks(figure)]
    assert len({renderer.name for renderer in found}) == len(found)
    return {renderer.name: renderer for renderer in found}


@pytest.fixture(scope="module")
def take(drawn: dict[str, Model], renderers: dict[str, GlyphRenderer]) -> Callable[[Patch], None]:
    """Give the figures a patch: it must have every source, with all columns that its glyph and its tip read."""
    tips = {r.name: t for f in drawn.values() for t in f.tools if isinstance(t, HoverTool) for r in t.renderers}

    def check(patched: Patch) -> None:
        assert patched.keys() == renderers.keys()
        for name, columns in patched.items():
            source, glyph = renderers[name].data_source, renderers[name].glyph
            values = [getattr(glyph, prop) for prop in glyph.dataspecs()]
            read = {value for value in values if isinstance(value, str)} & set(source.column_names)
            if name in tips:
                read |= set(re.findall(r"@(\w+)", str(tips[name].tooltips)))
            assert read <= columns.keys(), name
            assert len({len(values) for values in columns.values()}) == 1, name
            source.data = {column: list(values) for column, values in columns.items()}

    return check
