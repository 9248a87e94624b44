"""A lab's figures on one page: declared in HoloViews, rendered to Bokeh once, patched from then on."""

import math
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any

import holoviews as hv
import numpy as np
import panel as pn
from bokeh.core.serialization import Deserializer
from bokeh.document import Document
from bokeh.events import Pan, Tap
from bokeh.models import ColumnDataSource
from bokeh.models.glyphs import Text

from explorer.figures.columns import accents, pictures, roles
from explorer.figures.layout import Sheet
from explorer.figures.palette import colour, stops
from explorer.figures.parts import frame_in
from explorer.figures.render import overlay
from explorer.labs import Lab
from explorer.labs.sheets import sheet
from explorer.ui.copies import Template

#: Called with the name of a setting and the value, or the place, that somebody picked in a figure.
Pick = Callable[[str, Any], None]
FILLED = ("fill_color", "line_color", "text_color")
AROUND, ROW = 70, 14  # px of a figure's height that are not its rows', and of a row with a label


class Figures:
    """The Bokeh figures of one sheet in one session, fresh copies of what was rendered once."""

    def __init__(self, sheet: Sheet) -> None:
        self._figures = sheet.figures
        self.models: dict[str, Any] = {name: template(sheet, name).copy() for name in self._figures}
        self._renderers = {r.name: r for fig in self.models.values() for r in fig.renderers}
        self.taps_only = False  # whether a drag picks nothing: a finger's swipes and scrolls
        self._style: tuple[str, frozenset[str]] = ("light", frozenset())

    def pane(self, slot: str) -> pn.pane.Bokeh:
        """The figure of a slot, to be placed once."""
        return pn.pane.Bokeh(self.models[slot], sizing_mode="stretch_width", margin=0)

    def resize(self, slot: str, height: int) -> None:
        """Give a figure this height (px); squares follow their width. Rows too close for it lose their labels."""
        if self.models[slot].aspect_ratio is None:
            self.models[slot].update(height=height, min_height=height)
        if rows := len(self._figures[slot].y.names):
            for renderer in self.models[slot].renderers:
                if isinstance(renderer.glyph, Text):
                    renderer.visible = height - AROUND >= ROW * rows

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
            if name not in self._renderers:
                continue
            source = self._renderers[name].data_source
            if same(source.data, columns):
                continue
            source.data = dict(columns)
            written.append(name)
            for low, high in columns.get("limits", ()):  # of a picture's colours, which are no glyph's columns
                self._renderers[name].glyph.color_mapper.update(low=low, high=high)
        return written

    def on_pick(self, call: Pick) -> None:
        """Call whenever somebody taps or drags in a figure to pick in: with what is nearest there, or the place."""

        def heard(take: Callable[[Tap | Pan], None], event: Tap | Pan) -> None:
            if isinstance(event, Tap) or not self.taps_only:
                take(event)

        for name, figure in self._figures.items():
            if figure.place:
                for event in (Tap, Pan):
                    self.models[name].on_event(event, partial(heard, partial(_placed, call, figure.place)))
            for mark, setting in figure.pick.items():
                source = self._renderers[f"{name}:{mark}"].data_source
                take = partial(_heard, call, setting, source, figure.x.log)
                for event in (Tap, Pan):
                    self.models[name].on_event(event, partial(heard, take))
            for mark, setting in figure.choose.items():
                source = self._renderers[f"{name}:{mark}"].data_source
                take = partial(_chosen, call, setting, source, (figure.x.log, figure.y.log))
                for event in (Tap, Pan):
                    self.models[name].on_event(event, partial(heard, take))

    def paint(self, theme: str, *, projected: Iterable[str] = ()) -> None:
        """Give every source, axis and grid its colour under "light" or "dark"; `projected`: figures before a class."""
        style = theme, frozenset(projected)
        if style == self._style:
            return
        self._style = style
        for name, fig in self.models.items():
            frame_in(fig, theme, name in projected)
        for name, role in roles(self._figures.values()).items():
            glyph = self._renderers[name].glyph
            glyph.update(**{prop: colour(role, theme) for prop in FILLED if hasattr(glyph, prop)})
        for name, found in accents(self._figures.values()).items():
            self._renderers[name].glyph.update(**{prop: colour(role, theme) for prop, role in found.items()})
        for name, scale in pictures(self._figures.values()).items():
            self._renderers[name].glyph.color_mapper.palette = list(stops(scale, theme))

    @property
    def theme(self) -> str:
        """ "light" or "dark"."""
        return self._style[0]


def _heard(call: Pick, setting: str, source: ColumnDataSource, log: bool, event: Tap | Pan) -> None:
    x, values = event.x, np.asarray(source.data["x"])
    if not isinstance(x, int | float) or not math.isfinite(x) or not len(values):  # it comes from outside
        return
    away = np.abs(np.log(values / x)) if log and x > 0 else np.abs(values - x)
    call(setting, values[away.argmin()].item())


def _chosen(call: Pick, setting: str, source: ColumnDataSource, logs: tuple[bool, bool], event: Tap | Pan) -> None:
    """The dot nearest to there, both axes as long as the dots reach."""
    away = np.zeros(len(source.data.get("x", ())))
    for log, at, column in zip(logs, (event.x, event.y), ("x", "y"), strict=True):
        if not isinstance(at, int | float) or not math.isfinite(at) or (log and at <= 0):  # it comes from outside
            return
        values = np.asarray(source.data[column], float)
        values, at = (np.log(values), math.log(at)) if log else (values, at)
        known = values[np.isfinite(values)]
        away += ((values - at) / ((np.ptp(known) if len(known) else 0.0) or 1.0)) ** 2
    if np.isfinite(away).any():
        call(setting, np.asarray(source.data[setting])[np.nanargmin(away)].item())


def _placed(call: Pick, setting: str, event: Tap | Pan) -> None:
    place = (event.x, event.y)
    if all(isinstance(each, int | float) and math.isfinite(each) for each in place):  # they come from outside
        call(setting, tuple(float(f"{each:.3g}") for each in place))  # a link stays short


@cache
def template(sheet: Sheet, name: str) -> Template:
    """A figure to be copied. HoloViews takes a tenth of a second to render it; a copy, some milliseconds."""
    doc = Document()
    doc.add_root(hv.render(overlay(sheet.figures[name]), backend="bokeh"))
    # read again it is a figure that HoloViews no longer holds
    return Template(Deserializer().deserialize({**doc.to_json(deferred=False), "defs": []})["roots"][0])


def warm(lab: Lab) -> None:
    """Render the figures that a lab shows first, so that its first visitor need not wait for that."""
    shown = sheet(lab, lab.panels[0])
    for name in shown.figures:
        template(shown, name)


def same(old: Mapping[str, Any], new: Mapping[str, Any]) -> bool:
    """Whether these columns are those, unknown numbers too."""
    return old.keys() == new.keys() and all(_equal(old[key], new[key]) for key in new)


def _equal(a: Any, b: Any) -> bool:
    if len(a) != len(b):
        return False
    if len(a) and isinstance(a[0], np.ndarray | list | tuple):
        return all(_equal(x, y) for x, y in zip(a, b, strict=True))
    one, other = np.asarray(a), np.asarray(b)
    unknown = one.dtype.kind == other.dtype.kind == "f"  # may be among the numbers, never among words
    return bool(np.array_equal(one, other, equal_nan=unknown))
