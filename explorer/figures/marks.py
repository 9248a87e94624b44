"""What figures are written in: marks. A mark holds numbers and roles, and gives columns under a theme.

A panel's `draw(tables, look)` gives its figures. Which marks these have, their names, roles and axes must be the same
for all tables: a figure is rendered once, from no tables, and from then on only the columns of its marks change
(rendering takes 18-100 ms, new columns 0.1 ms). `figures.render` draws them, `figures.columns` fills them; texts are
marks too, in `figures.texts`. What hovering tells and the run that is kept for comparison follow from the marks.
"""

import re
from collections.abc import Sequence
from dataclasses import KW_ONLY, dataclass, field
from typing import Any, ClassVar

import numpy as np

from explorer.figures.palette import colour, on_scale
from explorer.frames import Columns

Values = np.ndarray | Sequence[Any]
Column = np.ndarray | list[Any]
#: What hovering tells: labels, and columns with the printf format of their values ("@lower{%.3g}").
Tip = Sequence[tuple[str, str]]
NONE: tuple = ()


@dataclass(frozen=True)
class Mark:
    """Something drawn from columns of the source "FIGURE:NAME"; `data` are the fields that tables may change."""

    name: str

    data: ClassVar[tuple[str, ...]] = ("x", "y")
    #: Whether it stands for run A, the one kept for comparison: `draw` makes it of A's tables. Without A it is empty.
    pinned: ClassVar[bool] = False

    def columns(self, theme: str) -> dict[str, Column]:
        """What its source holds under "light" or "dark"."""
        return {name: as_column(getattr(self, name)) for name in self.data}


@dataclass(frozen=True)
class Line(Mark):
    """One line through (x, y), broken where y is unknown, in the colour of a role.

    `walked`: a new one is drawn as it goes, from its first point to its last, in about a second.
    """

    x: Values = NONE
    y: Values = NONE
    role: str = "ink"
    _: KW_ONLY
    dash: str = "solid"
    width: float = 2
    alpha: float = 1
    walked: bool = False


@dataclass(frozen=True)
class Pin(Line):
    """A line of run A."""

    pinned = True
    role: str = "pinned"
    _: KW_ONLY
    dash: str = "dashed"
    width: float = 1.8


@dataclass(frozen=True)
class Lines(Mark):
    """A family of lines whose number may change, all in one role's colour, in a role each, or on the scale of widths.

    Args:
        xs, ys: of each line. role: of all, or of each. shade: places on the scale of widths instead.
        tip: what hovering tells, "$x" and "$y" being where the pointer is. hover: its columns, a row a line.
    """

    data = ("xs", "ys", "role", "shade", "hover")
    xs: Sequence[Values] = ()
    ys: Sequence[Values] = ()
    role: str | Sequence[str] = "ink"
    _: KW_ONLY
    shade: Values | None = None
    width: float = 1.3
    tip: Tip = ()
    hover: Columns = field(default_factory=dict)

    def columns(self, theme: str) -> dict[str, Column]:
        if self.shade is not None:
            hues = on_scale(self.shade, "widths", theme)
        else:
            hues = [
                colour(role, theme)
                for role in ([self.role] * len(self.xs) if isinstance(self.role, str) else self.role)
            ]
        return _hover(self.tip, self.hover) | {"xs": list(self.xs), "ys": list(self.ys), "color": hues}


@dataclass(frozen=True)
class Band(Mark):
    """The area between two lines over the same x."""

    data = ("x", "low", "high")
    x: Values = NONE
    low: Values = NONE
    high: Values = NONE
    role: str = "found"

    def columns(self, theme: str) -> dict[str, Column]:
        """Along the lower line and back along the upper."""
        x, low, high = (np.asarray(values) for values in (self.x, self.low, self.high))
        return {"x": np.concatenate([x, x[::-1]]), "y": np.concatenate([low, high[::-1]])}


@dataclass(frozen=True)
class Stems(Mark):
    """Upright lines at x, from `low` to `high`, in the colour of a role: one a network, from found to certified."""

    data = ("x", "low", "high")
    x: Values = NONE
    low: Values = NONE
    high: Values = NONE
    role: str = "found"
    _: KW_ONLY
    width: float = 1.3
    alpha: float = 0.6

    def columns(self, theme: str) -> dict[str, Column]:
        x, low, high = map(as_column, (self.x, self.low, self.high))
        return {"x": x, "y": low, "x1": x, "y1": high}


@dataclass(frozen=True)
class PinStems(Stems):
    """Stems of run A."""

    pinned = True
    role: str = "pinned"


@dataclass(frozen=True)
class Segments(Mark):
    """Straight lines from (x, y) to (x1, y1), each with a role, a width (px) and an alpha; `tip` as for dots."""

    data = ("x", "y", "x1", "y1", "role", "width", "alpha", "hover")
    x: Values = NONE
    y: Values = NONE
    x1: Values = NONE
    y1: Values = NONE
    role: Sequence[str] = ()
    width: Values = NONE
    alpha: Values = NONE
    _: KW_ONLY
    tip: Tip = ()
    hover: Columns = field(default_factory=dict)

    def columns(self, theme: str) -> dict[str, Column]:
        own = {name: as_column(getattr(self, name)) for name in ("x", "y", "x1", "y1", "width", "alpha")}
        return _hover(self.tip, self.hover) | own | {"color": [colour(role, theme) for role in self.role]}


@dataclass(frozen=True)
class Dots(Mark):
    """Dots at (x, y), in the colour of a role.

    Args:
        marker: of Bokeh's: "circle", "square", "dash" (a short bar).
        hollow: rings through which one sees. edge, fill: roles of the rim or the inside, where it is another.
        tip: what hovering tells. hover: the columns that it tells of and the mark has not; others are left out.
    """

    data = ("x", "y", "hover")
    x: Values = NONE
    y: Values = NONE
    role: str = "ink"
    _: KW_ONLY
    size: float = 5
    hollow: bool = False
    marker: str = "circle"
    edge: str = ""
    fill: str = ""
    tip: Tip = ()
    hover: Columns = field(default_factory=dict)

    @property
    def accents(self) -> dict[str, str]:
        """Properties of its glyph that are in the colour of another role."""
        return {prop: role for prop, role in (("line_color", self.edge), ("fill_color", self.fill)) if role}

    def columns(self, theme: str) -> dict[str, Column]:
        return _hover(self.tip, self.hover) | {"x": as_column(self.x), "y": as_column(self.y)}


@dataclass(frozen=True)
class ShadedDots(Mark):
    """Dots at (x, y), each in a colour of its own; `tip` and `hover` as for other dots.

    Args:
        shade: places on the scale of widths; what is unknown is faint.
    """

    data = ("x", "y", "shade", "hover")
    x: Values = NONE
    y: Values = NONE
    shade: Values = NONE
    _: KW_ONLY
    size: float = 7
    tip: Tip = ()
    hover: Columns = field(default_factory=dict)

    def columns(self, theme: str) -> dict[str, Column]:
        place = {"x": as_column(self.x), "y": as_column(self.y), "color": on_scale(self.shade, "widths", theme)}
        return _hover(self.tip, self.hover) | place


@dataclass(frozen=True)
class PinDots(Dots):
    """Dots of run A."""

    pinned = True
    role: str = "pinned"


@dataclass(frozen=True)
class Rectangles(Mark):
    """Filled rectangles; `tip` and `hover` as for dots.

    Args:
        shade: places on `scale`; what is unknown is faint.
    """

    data = ("left", "right", "bottom", "top", "shade", "hover")
    left: Values = NONE
    right: Values = NONE
    bottom: Values = NONE
    top: Values = NONE
    shade: Values = NONE
    _: KW_ONLY
    scale: str = "sequential"
    tip: Tip = ()
    hover: Columns = field(default_factory=dict)

    def columns(self, theme: str) -> dict[str, Column]:
        sides = {name: as_column(getattr(self, name)) for name in self.data[:4]}
        return _hover(self.tip, self.hover) | sides | {"color": on_scale(self.shade, self.scale, theme)}


@dataclass(frozen=True)
class Image(Mark):
    """A picture over a rectangle with its lower left corner at (x, y).

    Args:
        image: (rows, columns), row 0 at the bottom; None where there is none yet.
        scale: "diverging" around 0, "sequential" from 0, "grey" from black to white, or "classes": numbers of classes,
            with limits (-.5, 9.5).
        limits: the values at its ends, a column like the others.
        alpha: below 1 for what lies behind other marks.
    """

    data = ("image", "x", "y", "dw", "dh", "limits")
    image: np.ndarray | None = None
    x: float = 0
    y: float = 0
    dw: float = 0
    dh: float = 0
    _: KW_ONLY
    scale: str = "diverging"
    limits: tuple[float, float] = (-1, 1)
    alpha: float = 1

    def columns(self, theme: str) -> dict[str, Column]:
        return {name: [] if self.image is None else [getattr(self, name)] for name in self.data}


def as_column(values: Values) -> Column:
    """Values as a source takes them."""
    return values if isinstance(values, np.ndarray) else list(values)


def _hover(tip: Tip, columns: Columns) -> dict[str, Column]:
    """The columns that a tip speaks of."""
    named = dict.fromkeys(re.findall(r"@(\w+)", " ".join(text for _, text in tip)))
    return {name: as_column(columns[name]) for name in named if name in columns}
