"""The parts a figure is made of: HoloViews elements declared once, whose Bokeh sources are patched afterwards.

Every part names its Bokeh data source, so that an update addresses it as {source name: columns}. Rendering a
HoloViews element anew costs 18-100 ms, patching its source 0.1 ms; so nothing is rendered twice.
"""

import re
from collections.abc import Callable, Sequence
from importlib import resources
from typing import Any

import holoviews as hv
import numpy as np
from bokeh.core.properties import field, value
from bokeh.models import (
    CustomJSTicker,
    CustomJSTickFormatter,
    CustomJSTransform,
    DataRange1d,
    FixedTicker,
    HoverTool,
    Image,
    NoOverlap,
    Text,
)
from holoviews.plotting import bokeh as _backend  # noqa: F401  (registers the renderer)

from explorer.figures.extent import NAME as EXTENT
from explorer.figures.figure import Axis, Figure
from explorer.figures.marks import Dots
from explorer.figures.palette import KINDS, colour, stops
from explorer.figures.placing import MARGIN, place, texts

Hook = Callable[[Any, Any], None]

FONT = 'system-ui, "DejaVu Sans", sans-serif'
TYPE, LARGE_TYPE = "11px", "15px"  # axis and label text; the card's own text is 13 px, or 17.5 px for a class
#: The tool bar stands over the second half of the card's heading while the pointer is in the figure.
BEHIND_TOOLS = ":host { background: linear-gradient(90deg, transparent 46%, var(--ex-card) 50%); }"
#: Plain numbers where they are short, 1e-6 where they are not.
PLAIN = """const short = tick.toPrecision(tick >= 1e3 ? 6 : 3)
return tick >= 1e6 || (tick < 1e-3 && tick > 0) ? tick.toExponential(0).replace('+', '') : String(Number(short))"""
MARGIN_WIDTH = 8.5  # of the margin for labels, as a multiple of the size of type
LOG_TICKS, WALK = (
    resources.files(__package__).joinpath(f"{name}.js").read_text("utf-8") for name in ("log_ticks", "walk")
)
HEIGHT = 278  # px, 28 of them the tool bar's, until a page says how high


def line(
    name: str, role: str, *, dash: str = "solid", width: float = 2, alpha: float = 1, walked: bool = False
) -> hv.Curve:
    """One line, columns x and y, in the colour of a role; `walked`: the browser draws it as it goes."""
    options = {"color": colour(role, "light"), "line_dash": dash, "line_width": width, "alpha": alpha}
    return hv.Curve(([], []), "x", "y").opts(hooks=[_named(name), *([_walk] if walked else [])], **options)


def _walk(plot: Any, element: Any) -> None:
    """A hook that has the browser show the points of a line one after another, whenever they are new."""
    glyph, source = plot.handles["glyph"], plot.handles["source"]
    for across, axis in ((True, "x"), (False, "y")):
        shown = CustomJSTransform(args={"source": source, "across": across}, v_func=WALK)
        setattr(glyph, axis, field(axis, transform=shown))


def lines(name: str, *, width: float = 1.3, hover: Sequence[tuple[str, str]] = ()) -> hv.Path:
    """A family of lines whose number may change: columns xs, ys, color; `hover` as for cells."""
    options = {"line_width": width, "hooks": [_named(name, line_color="color"), _tip(hover)]}
    return hv.Path([], ["x", "y"]).opts(**options)


def band(name: str, role: str) -> hv.Area:
    """The area between two lines: columns x and y go along the lower and back along the upper."""
    return hv.Area(([], [], []), "x", ["low", "high"]).opts(
        hooks=[_named(name)], fill_color=colour(role, "light"), fill_alpha=0.14, line_alpha=0
    )


def stems(name: str, role: str, *, width: float, alpha: float) -> hv.Segments:
    """Upright lines from (x, y) to (x1, y1), in the colour of a role."""
    options = {"color": colour(role, "light"), "line_width": width, "alpha": alpha, "hooks": [_named(name)]}
    return hv.Segments(([], [], [], []), ["x", "y", "x1", "y1"]).opts(**options)


def segments(name: str, *, hover: Sequence[tuple[str, str]] = ()) -> hv.Segments:
    """Lines from (x, y) to (x1, y1) with columns color, width and alpha; `hover` as for cells."""
    fields = {"line_color": "color", "line_width": "width", "line_alpha": "alpha"}
    options = {"hooks": [_named(name, **fields), _tip(hover)]}
    return hv.Segments(([], [], [], []), ["x", "y", "x1", "y1"]).opts(**options)


def dots(name: str, mark: Dots) -> hv.Points:
    """Dots at columns x and y; those that its tip tells of are patched too."""
    options = {"color": colour(mark.role, "light"), "size": mark.size, "marker": mark.marker}
    options |= {prop: colour(role, "light") for prop, role in mark.accents.items()}
    if mark.hollow:
        options |= {"fill_alpha": 0.0, "line_width": 1.5}
    elif mark.marker == "dash":
        options |= {"line_width": 2.2}
    elif mark.fill:
        options |= {"line_width": 1.5}
    return hv.Points(([], []), ["x", "y"]).opts(hooks=[_named(name), _tip(mark.tip)], **options)


def shaded_dots(name: str, *, size: float, hover: Sequence[tuple[str, str]] = ()) -> hv.Points:
    """Dots with a colour each: columns x, y, color; `hover` as for cells."""
    hooks = [_named(name, fill_color="color", line_color="color"), _tip(hover)]
    return hv.Points(([], []), ["x", "y"]).opts(hooks=hooks, size=size)


def cells(name: str, *, hover: Sequence[tuple[str, str]] = ()) -> hv.Rectangles:
    """Filled rectangles with a colour each: columns left, right, bottom, top, color.

    `hover` lists (label, "@column{%.3g}") for the tip, whose columns are patched too.
    """
    options = {"line_alpha": 0.0, "hooks": [_named(name, fill_color="color"), _tip(hover)]}
    return hv.Rectangles(([], [], [], [])).opts(**options)


def labels(name: str, *, margin: bool = False) -> hv.Labels:
    """Text beside lines, or right of the axes: columns x, y, text, color, align, dx and dy (pixels)."""

    def hook(plot: Any, element: Any) -> None:
        glyph = plot.handles["glyph"]
        glyph.update(text_font=value(FONT), text_font_style="bold")
        if margin:
            plot.handles["glyph_renderer"].level = MARGIN

    fields = {"text_color": "color", "x_offset": "dx", "y_offset": "dy", "text_align": "align"}
    return hv.Labels(([], [], []), ["x", "y"], "text").opts(hooks=[_named(name, **fields), hook])


def image(name: str, scale: str, *, alpha: float = 1) -> hv.Image:
    """A picture over a square: columns image, x, y, dw, dh. `scale`: "diverging" around 0; others from 0."""

    def hook(plot: Any, element: Any) -> None:
        plot.handles["color_mapper"].name = name
        if scale == "grey" or scale in KINDS:  # 0 is a colour there, and would be seen until a picture comes
            source = plot.handles["source"]
            source.data = {column: [] for column in source.data}

    options = {
        "cmap": list(stops(scale, "light")),
        "clim": (-1, 1) if scale == "diverging" else (0, 1),
        "alpha": alpha,
        "hooks": [_named(name), hook],
    }
    return hv.Image(np.zeros((2, 2), np.float32), bounds=(-1, -1, 1, 1)).opts(**options)


def figure(parts: Sequence[hv.Element], spec: Figure) -> hv.Overlay:
    """The parts over each other, with ranges that follow the data until somebody zooms."""

    def finish(plot: Any, element: Any) -> None:
        fig = plot.state
        if fig.name == spec.name:
            return
        fig.name = spec.name
        for renderer in fig.renderers:  # one glyph each: nothing is selected or muted, and every visitor pays
            renderer.update(selection_glyph=None, nonselection_glyph=None, hover_glyph=None, muted_glyph=None)
        drawn = [r for r in fig.renderers if r.name and not isinstance(r.glyph, Text)]
        if spec.square:  # a line may lead out of the picture
            drawn = [r for r in drawn if isinstance(r.glyph, Image)] or drawn
        for axis, at in ((spec.x, "x_range"), (spec.y, "y_range")):
            setattr(fig, at, DataRange1d(renderers=drawn, range_padding=0.0 if spec.square else 0.06))
            ends = zip(("start", "end"), axis.ends, strict=True)
            getattr(fig, at).update(**{end: value for end, value in ends if value is not None})
        style(fig, spec.square, spec.aspect)
        fig.xaxis[0].formatter = CustomJSTickFormatter(code=PLAIN)
        for axis, grid, asked in ((fig.xaxis[0], fig.xgrid[0], spec.x), (fig.yaxis[0], fig.ygrid[0], spec.y)):
            _ticks(axis, asked)
            grid.ticker = axis.ticker  # or it keeps one of its own, and lines stand where no number does
        place(fig)

    options = {
        "logx": spec.x.log,
        "logy": spec.y.log,
        "xlabel": spec.x.label,
        "ylabel": "",
        "show_legend": False,
        "show_grid": not spec.square,
        "responsive": True,
        "min_height": HEIGHT,
        "height": HEIGHT,
        "toolbar": "above",
        "default_tools": ["pan", "box_zoom", "save", "reset"],
        "hooks": [finish],
    }
    unseen = [] if spec.square else [_extent(f"{spec.name}:{EXTENT}")]
    return hv.Overlay([*parts, *unseen]).opts(**options)


def _extent(name: str) -> hv.Points:
    """Points that are not seen, for axes that reach further than what is drawn at a moment."""
    return hv.Points(([], []), ["x", "y"]).opts(alpha=0, size=1, hooks=[_named(name)])


def _ticks(axis: Any, spec: Axis) -> None:
    if spec.log:
        axis.update(ticker=CustomJSTicker(major_code=LOG_TICKS), formatter=CustomJSTickFormatter(code=PLAIN))
    if len(spec.ticks):
        axis.ticker = FixedTicker(ticks=list(spec.ticks))
    if len(spec.names):
        axis.update(
            ticker=FixedTicker(ticks=[*range(len(spec.names))]), major_label_overrides=dict(enumerate(spec.names))
        )


def frame_in(fig: Any, theme: str, projector: bool = False) -> None:
    """Axes and grid in the theme's colours, type for a desk or for a class; the card behind shows through."""
    muted, faint, size = colour("law", theme), colour("faint", theme), LARGE_TYPE if projector else TYPE
    for axis in fig.axis:
        axis.update(major_label_text_font_size=size, axis_label_text_font_size=size)
        axis.update(major_label_text_color=muted, axis_label_text_color=muted, axis_line_color=faint)
        axis.update(major_tick_line_color=None, minor_tick_line_color=None)
    for text in texts(fig):  # after the axes, by whose type they are placed
        text.glyph.text_font_size = size
        if text.level == MARGIN:
            fig.min_border_right = round(MARGIN_WIDTH * float(size.removesuffix("px")))
    fig.grid.grid_line_color = faint
    fig.update(background_fill_color=None, border_fill_color=None, outline_line_color=None)


def style(fig: Any, square: bool, aspect: float) -> None:
    """What all figures share: canvas, tools, type; the page scrolls over them."""
    fig.output_backend = "canvas"  # HoloViews asks for WebGL, which loses lines where there is no graphics card
    # a drag or a turn of the wheel scrolls the page until somebody picks a tool
    fig.toolbar.update(autohide=True, logo=None, active_drag=None, active_scroll=None)
    fig.toolbar.stylesheets = [BEHIND_TOOLS]
    # half of the outermost tick's label stands over the end of its axis
    fig.update(min_border=4, min_border_right=14, min_border_left=10, min_border_bottom=8)
    for axis in fig.axis:
        axis.axis_label_text_font_style = "normal"
        axis.major_label_text_font = axis.axis_label_text_font = FONT
        axis.update(axis_label_standoff=2, visible=not square, major_label_policy=NoOverlap(min_distance=3))
    if square:
        fig.update(match_aspect=True, sizing_mode="scale_width", aspect_ratio=aspect, height=None, min_height=None)
        fig.update(min_border=3, min_border_right=3, min_border_left=3, min_border_bottom=3)  # it has no ticks
        fig.toolbar_location = None
    fig.xgrid.visible = False
    fig.ygrid.visible = not square
    frame_in(fig, "light")


def _tip(hover: Sequence[tuple[str, str]]) -> Hook:
    """A hook that shows `hover` beside what the pointer is on; nothing where it is empty."""

    def hook(plot: Any, element: Any) -> None:
        if hover:
            columns = re.findall(r"@\w+", " ".join(text for _, text in hover))
            tool = HoverTool(tooltips=list(hover), formatters=dict.fromkeys(columns, "printf"), visible=False)
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
