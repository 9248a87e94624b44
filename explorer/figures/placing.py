"""Labels that keep off each other: their places are found in the browser, which alone knows the figure's size."""

from importlib import resources
from typing import Any

from bokeh.core.properties import field
from bokeh.models import CustomJS, CustomJSTransform, Segment, Text

MARGIN = "annotation"  # the level of what may stand outside of the axes
PLACE = resources.files(__package__).joinpath("place.js").read_text("utf-8")


def place(fig: Any) -> None:
    """Have the browser keep labels within the figure and off each other, whenever one of these changes."""
    places: list[CustomJSTransform] = []
    before: list[Any] = []  # sources of labels that have their places
    for text in texts(fig):
        ends: dict[str, Any] = {}
        margin = False
        for axis, column in (("x", "dx"), ("y", "dy")):
            args = {"fig": fig, "own": text.data_source, "fixed": list(before), "across": axis == "x"}
            args["margin"] = margin = text.level == MARGIN
            places.append(CustomJSTransform(args=args | {"leader": False}, v_func=PLACE))
            setattr(text.glyph, f"{axis}_offset", field(column, transform=places[-1]))
            if margin:
                ends[axis] = CustomJSTransform(args=args | {"leader": True}, v_func=PLACE)
        if margin:
            _lead(fig, text, ends)
            places += ends.values()
        before.append([text.data_source, margin])
    if not places:
        return
    anew = CustomJS(args={"places": places}, code="for (const place of places) place.change.emit()")
    for each in (fig.x_range, fig.y_range):
        each.js_on_change("start", anew)
        each.js_on_change("end", anew)
    fig.js_on_change("inner_width", anew)
    fig.js_on_change("inner_height", anew)


def _lead(fig: Any, text: Any, ends: dict[str, Any]) -> None:
    """Thin lines from the points of labels in the margin to where the browser has put them."""
    x1, y1 = (field(axis, transform=ends[axis]) for axis in "xy")
    glyph = Segment(x0="x", y0="y", x1=x1, y1=y1, line_color="color", line_alpha=0.6, line_width=1)
    added = fig.add_glyph(text.data_source, glyph, level=MARGIN)
    added.update(selection_glyph=None, nonselection_glyph=None, hover_glyph=None, muted_glyph=None, view=text.view)


def texts(fig: Any) -> list[Any]:
    """The renderers of the figure's labels."""
    return [r for r in fig.renderers if isinstance(r.glyph, Text)]
