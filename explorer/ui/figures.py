"""A lab's figures on one page: declared in HoloViews, rendered to Bokeh once, patched from then on."""

import math
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
from bokeh.core.serialization import Deserializer
from bokeh.document import Document
from bokeh.events import Pan, Tap
from bokeh.util.serialization import make_id

from explorer.figures.layout import Sheet
from explorer.figures.palette import SCALES, blend, colour
from explorer.figures.parts import frame_in
from explorer.labs import Lab
from explorer.labs.sheets import sheets

Declare = Callable[[], Mapping[str, hv.Overlay]]

FILLED = ("fill_color", "line_color", "text_color")


class Figures:
    """The Bokeh figures of one sheet in one session, fresh copies of what was rendered once."""

    def __init__(self, sheet: Sheet) -> None:
        self._sheet = sheet
        self.models = {name: _copy(sheet.declare, name) for name in sheet.figures}
        self._renderers = {r.name: r for fig in self.models.values() for r in fig.renderers}
        self._style = ("light", False)

    def pane(self, slot: str) -> pn.pane.Bokeh:
        """The figure of a slot, to be placed once."""
        return pn.pane.Bokeh(self.models[slot], sizing_mode="stretch_width", margin=0)

    def describe(self, slot: str, words: str) -> None:
        """What a screen reader says of a figure: its name, and the sentence under it."""
        said = {"role": "img", "aria-label": words}
        if self.models[slot].html_attributes != said:
            self.models[slot].html_attributes = said

    def apply(self, patch: Mapping[str, Mapping[str, Any]]) -> list[str]:
        """Write the columns that changed; returns the names of the sources that were written.

        A patch may be for more figures than the page shows.
        """
        written = []
        for name, columns in patch.items():
            if name.partition(":")[0] not in self.models:
                continue
            source = self._renderers[name].data_source
            if not _same(source.data, columns):
                source.data = dict(columns)
                written.append(name)
        return written

    def on_drag(self, slot: str, call: Callable[[float], None]) -> None:
        """Call with the horizontal coordinate whenever somebody taps or drags in a figure."""
        fig = self.models[slot]

        def heard(event: Tap | Pan) -> None:
            if isinstance(event.x, int | float) and math.isfinite(event.x):  # it comes from outside
                call(event.x)

        for event in (Tap, Pan):
            fig.on_event(event, heard)

    def scale(self, limits: Mapping[str, tuple[float, float]]) -> None:
        """Set the colour limits of pictures."""
        for name, (low, high) in limits.items():
            self._renderers[name].glyph.color_mapper.update(low=low, high=high)

    def paint(self, theme: str, *, large: bool) -> None:
        """Give every source, axis and grid its colour under "light" or "dark", and type for a desk or a class."""
        if (theme, large) == self._style:
            return
        self._style = theme, large
        for fig in self.models.values():
            frame_in(fig, theme, large)
        for name, role in self._shown(self._sheet.roles):
            glyph = self._renderers[name].glyph
            glyph.update(**{prop: colour(role, theme) for prop in FILLED if hasattr(glyph, prop)})
        for name, scale in self._shown(self._sheet.pictures):
            self._renderers[name].glyph.color_mapper.palette = blend(SCALES[scale][theme])

    def _shown(self, sources: Mapping[str, str]) -> list[tuple[str, str]]:
        """Those of the sources that are in these figures."""
        return [(name, value) for name, value in sources.items() if name.partition(":")[0] in self.models]


@cache
def _declared(declare: Declare) -> Mapping[str, hv.Overlay]:
    """A sheet's figures as HoloViews has them."""
    return declare()


@cache
def _rendered(declare: Declare, name: str) -> Any:
    """A figure as Bokeh JSON. HoloViews takes a tenth of a second to render it; a copy of the JSON, a hundredth."""
    doc = Document()
    doc.add_root(hv.render(_declared(declare)[name], backend="bokeh"))
    return doc.to_json(deferred=False)


def warm(lab: Lab) -> None:
    """Render the figures that a lab shows first, so that its first visitor need not wait for that."""
    for sheet in sheets(lab, lab.panels[0]):
        for name in sheet.figures:
            _rendered(sheet.declare, name)


def _copy(declare: Declare, name: str) -> Any:
    """A fresh Bokeh figure, each model in it with an id of its own."""
    # not Document.from_json: it looks through all models anew for every root that it adds
    found = Deserializer().deserialize({**_renamed(_rendered(declare, name), {}), "defs": []})
    return found["roots"][0]


def _renamed(node: Any, ids: dict[str, str]) -> Any:
    """The JSON with every model id replaced by a new one."""
    if isinstance(node, list | tuple):
        return [_renamed(item, ids) for item in node]
    if not isinstance(node, dict):
        return node
    out = {key: _renamed(value, ids) for key, value in node.items()}
    if isinstance(out.get("id"), str):
        out["id"] = ids.setdefault(out["id"], make_id())
    return out


def _same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    return old.keys() == new.keys() and all(_equal(old[key], new[key]) for key in new)


def _equal(a: Any, b: Any) -> bool:
    if len(a) != len(b):
        return False
    if len(a) and isinstance(a[0], np.ndarray):
        return all(np.array_equal(x, y, equal_nan=True) for x, y in zip(a, b, strict=True))
    return bool(np.array_equal(np.asarray(a), np.asarray(b)))
