"""Cards as HoloViews figures: declared once from no tables and rendered once; afterwards only columns change."""

import re
from collections.abc import Callable, Sequence
from functools import singledispatch
from typing import Any

import holoviews as hv
import numpy as np
from bokeh.core.properties import value
from bokeh.models import (
    CustomJSTickFormatter,
    DataRange1d,
    FixedTicker,
    HoverTool,
    LogTicker,
)
from holoviews.plotting import bokeh as _backend  # noqa: F401  (registers the renderer)

from explorer.figures.columns import PADDING
from explorer.figures.marks import Axis, Band, Cells, Dots, Ends, Figure, Image, Labels, Line, Lines, Mark
from explorer.figures.palette import SCALES, blend, colour
from explorer.figures.parts import FONT, HEIGHT, PLAIN, style

Hook = Callable[[Any, Any], None]
KEPT = "pinned"  # the role of run A
MARGIN = 96  # px right of a figure whose lines are named there
WORDS = {"text_color": "color", "x_offset": "dx", "y_offset": "dy", "text_align": "align"}


def overlay(figure: Figure) -> hv.Overlay:
    """The figure with all its sources, named as `columns.patch` names them, with ranges that follow the data."""
    drawn = [element for mark in figure.marks for element in _elements(figure, mark)]
    square = figure.square
    options = {
        "logx": figure.x.log,
        "logy": figure.y.log,
        "xlabel": figure.x.label,
        "ylabel": figure.y.label,
        "show_legend": False,
        "show_grid": not square,
        "responsive": True,
        "min_height": HEIGHT,
        "height": HEIGHT,
        "toolbar": "above",
        "default_tools": ["pan", "box_zoom", "save", "reset"],
        "hooks": [_finish(figure)],
    }
    return hv.Overlay(drawn).opts(**options)


def _elements(figure: Figure, mark: Mark) -> list[hv.Element]:
    """Run A lies under the mark itself, the words of cells over them."""
    name = f"{figure.name}:{mark.name}"
    out = [_kept(mark, f"{name}-kept")] if mark.compared else []
    if isinstance(mark, Ends):
        return [_lines(f"{name}-leaders", 0.8, "solid"), _text(name, beyond=True)]
    out.append(element(mark, name))
    return out + ([_text(f"{name}-text")] if isinstance(mark, Cells) else [])


@singledispatch
def element(mark: Mark, name: str) -> hv.Element:
    """The mark as HoloViews has it, empty, its source called `name`."""
    raise TypeError(f"no way to draw a {type(mark).__name__}")


@element.register
def _(mark: Line, name: str) -> hv.Element:
    return _line(name, mark.role, mark.dash, mark.width, mark.alpha)


@element.register
def _(mark: Lines, name: str) -> hv.Element:
    return _lines(name, mark.width, mark.dash, None if mark.shade is not None else mark.role)


@element.register
def _(mark: Band, name: str) -> hv.Element:
    hues = {"fill_color": colour(mark.role, "light"), "fill_alpha": mark.alpha, "line_alpha": 0}
    return hv.Area(([], [], []), "x", ["low", "high"]).opts(hooks=[_named(name)], **hues)


@element.register
def _(mark: Dots, name: str) -> hv.Element:
    return _dots(name, mark, mark.role, hollow=mark.hollow)


@element.register
def _(mark: Cells, name: str) -> hv.Element:
    fields = {"fill_color": "color"} if mark.shade is not None else {}
    hues = {} if mark.shade is not None else {"color": colour(mark.role, "light")}
    options = {"line_alpha": 0.0, "fill_alpha": mark.alpha, "hooks": [_named(name, **fields), _tip(mark)], **hues}
    return hv.Rectangles(([], [], [], [])).opts(**options)


@element.register
def _(mark: Image, name: str) -> hv.Element:
    def hook(plot: Any, element: Any) -> None:
        plot.handles["color_mapper"].name = name

    options = {"cmap": blend(SCALES[mark.scale]["light"]), "clim": mark.limits, "hooks": [_named(name), hook]}
    return hv.Image(np.zeros((2, 2), np.float32), bounds=(-1, -1, 1, 1)).opts(**options)


@element.register
def _(mark: Labels, name: str) -> hv.Element:
    return _text(name)


def _kept(mark: Mark, name: str) -> hv.Element:
    """Run A: dashed where it is a line, hollow where it is dots."""
    if isinstance(mark, Dots):
        return _dots(name, mark, KEPT, hollow=True)
    if isinstance(mark, Line):
        return _line(name, KEPT, "dashed", 1.8, 1.0)
    if isinstance(mark, Lines):
        return _lines(name, 1.3, "dashed", KEPT)
    raise TypeError(f"{mark.name}: a {type(mark).__name__} cannot be compared")


def _line(name: str, role: str, dash: str, width: float, alpha: float) -> hv.Element:
    options = {"color": colour(role, "light"), "line_dash": dash, "line_width": width, "alpha": alpha}
    return hv.Curve(([], []), "x", "y").opts(hooks=[_named(name)], **options)


def _lines(name: str, width: float, dash: str, role: str | None = None) -> hv.Element:
    fields = {"line_color": "color"} if role is None else {}
    hues = {} if role is None else {"color": colour(role, "light")}
    options = {"line_width": width, "line_dash": dash, "hooks": [_named(name, **fields)], **hues}
    return hv.Path([], ["x", "y"]).opts(**options)


def _dots(name: str, mark: Dots, role: str, *, hollow: bool) -> hv.Element:
    shaded = mark.shade is not None and role != KEPT
    fields = {prop: "color" for prop in ("fill_color", "line_color") if shaded}
    options: dict[str, Any] = {} if shaded else {"color": colour(role, "light")}
    options |= {"fill_alpha": 0.0, "line_width": 1.5} if hollow else {}
    return hv.Points(([], []), ["x", "y"]).opts(size=mark.size, hooks=[_named(name, **fields), _tip(mark)], **options)


def _text(name: str, *, beyond: bool = False) -> hv.Element:
    """Words; `beyond` the axes too, where what is drawn at other levels is cut off."""

    def hook(plot: Any, element: Any) -> None:
        plot.handles["glyph"].update(text_font=value(FONT), text_font_style="bold")
        if beyond:
            plot.handles["glyph_renderer"].level = "annotation"

    return hv.Labels(([], [], []), ["x", "y"], "text").opts(hooks=[_named(name, **WORDS), hook])


def _finish(figure: Figure) -> Hook:
    """A hook that gives the Bokeh figure its name, ranges, ticks, margin and style, once."""

    def hook(plot: Any, element: Any) -> None:
        fig = plot.state
        if fig.name == figure.name:
            return
        fig.name = figure.name
        words = {f"{figure.name}:{mark.name}" for mark in figure.marks if isinstance(mark, Labels)}
        words |= {f"{figure.name}:{mark.name}-text" for mark in figure.marks if isinstance(mark, Cells)}
        words |= {f"{figure.name}:{mark.name}" for mark in figure.marks if isinstance(mark, Ends)}
        drawn = [r for r in fig.renderers if r.name and r.name not in words]
        for range_, axis, padding in (("x_range", figure.x, 0.03), ("y_range", figure.y, PADDING)):
            made = DataRange1d(renderers=drawn, range_padding=0.0 if figure.square else padding)
            made.update(**{e: v for e, v in zip(("start", "end"), axis.ends, strict=True) if v is not None})
            setattr(fig, range_, made)
        style(fig, figure.square)
        for bokeh_axis, axis in ((fig.xaxis[0], figure.x), (fig.yaxis[0], figure.y)):
            _ticks(bokeh_axis, axis, mantissas=[1, 2, 5])
        for mark in figure.marks:
            if isinstance(mark, Ends):
                fig.min_border_right = MARGIN

    return hook


def _ticks(bokeh_axis: Any, axis: Axis, mantissas: Sequence[float]) -> None:
    if axis.log:
        bokeh_axis.ticker = LogTicker(desired_num_ticks=5, mantissas=list(mantissas))
    bokeh_axis.formatter = CustomJSTickFormatter(code=PLAIN)
    if len(axis.ticks):
        bokeh_axis.ticker = FixedTicker(ticks=list(axis.ticks))
    if len(axis.names):
        bokeh_axis.ticker = FixedTicker(ticks=list(range(len(axis.names))))
        bokeh_axis.major_label_overrides = dict(enumerate(axis.names))


def _tip(mark: Mark) -> Hook:
    """A hook that shows the mark's tip beside what the pointer is on."""

    def hook(plot: Any, element: Any) -> None:
        if mark.tip:
            columns = re.findall(r"@\w+", " ".join(text for _, text in mark.tip))
            tool = HoverTool(tooltips=list(mark.tip), formatters=dict.fromkeys(columns, "printf"), visible=False)
            tool.renderers = [plot.handles["glyph_renderer"]]
            plot.state.add_tools(tool)

    return hook


def _named(name: str, **fields: str) -> Hook:
    """A hook that names source and renderer, and binds glyph properties to columns of the source."""

    def hook(plot: Any, element: Any) -> None:
        source = plot.handles["source"]
        source.name = plot.handles["glyph_renderer"].name = name
        for prop, column in fields.items():
            source.data[column] = []
            setattr(plot.handles["glyph"], prop, column)

    return hook
