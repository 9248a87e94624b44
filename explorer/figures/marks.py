"""What figures are written in: marks on two axes. Pure data, drawn by `figures.render` and filled by `figures.columns`.

A panel's `draw(tables, look)` gives its figures. Which marks these have, their names, roles and axes must be the same
for all tables: a figure is rendered once, from no tables, and from then on only the columns of its marks change
(rendering takes 18-100 ms, new columns 0.1 ms). Sources, empty columns, the colours of a theme, what hovering tells,
and the run that is kept for comparison follow from the marks.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

from explorer.figures.palette import colour, ink_on, on_scale
from explorer.frames import Columns

Values = np.ndarray | Sequence[Any]
Column = np.ndarray | list[Any]
#: What hovering tells: labels, and columns with the printf format of their values ("@lower{%.3g}").
Tip = Sequence[tuple[str, str]]
NONE: tuple = ()
POWERS = tuple(2**i for i in range(13))  # ticks of an axis of widths
TEXT = ("x", "y", "text", "color", "align", "dx", "dy")  # columns of texts


@dataclass(frozen=True)
class Mark:
    """Something drawn from columns of the source "FIGURE:NAME"; `data` are the fields that tables may change."""

    name: str

    data: ClassVar[tuple[str, ...]] = ("x", "y")

    def columns(self, theme: str) -> dict[str, Column]:
        """What its source holds under "light" or "dark"."""
        return {name: _column(getattr(self, name)) for name in self.data}

    @property
    def fixed(self) -> tuple[Any, ...]:
        """What of it must not change from frame to frame."""
        return (type(self), *((f.name, getattr(self, f.name)) for f in fields(self) if f.name not in self.data))


@dataclass(frozen=True)
class Line(Mark):
    """One line through (x, y), broken where y is unknown, in the colour of a role."""

    x: Values = NONE
    y: Values = NONE
    role: str = "ink"
    _: KW_ONLY
    dash: str = "solid"
    width: float = 2
    alpha: float = 1


@dataclass(frozen=True)
class Pin(Line):
    """A line of run A, the one kept for comparison: `draw` makes it of A's tables. Without such a run it is empty."""

    role: str = "pinned"
    _: KW_ONLY
    dash: str = "dashed"
    width: float = 1.8


@dataclass(frozen=True)
class Lines(Mark):
    """A family of lines whose number may change, all in one role's colour, in a role each, or on the scale of widths.

    Args:
        xs, ys: of each line. role: of all, or of each. shade: places on the scale of widths instead.
    """

    data = ("xs", "ys", "role", "shade")
    xs: Sequence[Values] = ()
    ys: Sequence[Values] = ()
    role: str | Sequence[str] = "ink"
    _: KW_ONLY
    shade: Values | None = None
    width: float = 1.3

    def columns(self, theme: str) -> dict[str, Column]:
        if self.shade is not None:
            hues = on_scale(self.shade, "widths", theme)
        else:
            hues = [
                colour(role, theme)
                for role in ([self.role] * len(self.xs) if isinstance(self.role, str) else self.role)
            ]
        return {"xs": list(self.xs), "ys": list(self.ys), "color": hues}


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
class Dots(Mark):
    """Dots at (x, y), in the colour of a role.

    Args:
        tip: what hovering tells. told: has the columns that it tells of and the mark has not; others are left out.
    """

    data = ("x", "y", "told")
    x: Values = NONE
    y: Values = NONE
    role: str = "ink"
    _: KW_ONLY
    size: float = 5
    hollow: bool = False
    tip: Tip = ()
    told: Columns = field(default_factory=dict)

    def columns(self, theme: str) -> dict[str, Column]:
        return _told(self.tip, self.told) | {"x": _column(self.x), "y": _column(self.y)}


@dataclass(frozen=True)
class Cells(Mark):
    """Filled rectangles; `tip` and `told` as for dots.

    Args:
        shade: places on `scale`; what is unknown is faint.
    """

    data = ("left", "right", "bottom", "top", "shade", "told")
    left: Values = NONE
    right: Values = NONE
    bottom: Values = NONE
    top: Values = NONE
    shade: Values = NONE
    _: KW_ONLY
    scale: str = "sequential"
    tip: Tip = ()
    told: Columns = field(default_factory=dict)

    def columns(self, theme: str) -> dict[str, Column]:
        sides = {name: _column(getattr(self, name)) for name in self.data[:4]}
        return _told(self.tip, self.told) | sides | {"color": on_scale(self.shade, self.scale, theme)}


@dataclass(frozen=True)
class Inside(Mark):
    """Texts in the middle of cells with these shades, black or white; muted where the shade is unknown."""

    data = ("x", "y", "text", "shade")
    x: Values = NONE
    y: Values = NONE
    text: Sequence[str] = ()
    shade: Values = NONE
    _: KW_ONLY
    scale: str = "sequential"

    def columns(self, theme: str) -> dict[str, Column]:
        cells = zip(np.isfinite(self.shade), on_scale(self.shade, self.scale, theme), strict=True)
        hues = [ink_on(hue) if known else colour("law", theme) for known, hue in cells]
        still = np.zeros(len(self.text))
        values = (self.x, self.y, self.text, hues, ["center"] * len(still), still, still)
        return {name: _column(each) for name, each in zip(TEXT, values, strict=True)}


@dataclass(frozen=True)
class Image(Mark):
    """A picture over a rectangle with its lower left corner at (x, y).

    Args:
        image: (rows, columns), row 0 at the bottom; None where there is none yet.
        scale: "diverging" around 0 or "sequential" from 0. limits: the values at its ends, a column like the others.
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

    def columns(self, theme: str) -> dict[str, Column]:
        return {name: [] if self.image is None else [getattr(self, name)] for name in self.data}


@dataclass(frozen=True)
class Label:
    """A text beside a line.

    Args:
        x, y: the line; the text, if any, stands at its last known point. Two numbers are one point.
        above: how many pixels over it. align: "right" ends there, "left" begins there. dx: pixels to the right.
        shade: a place on the scale of widths, for the role's colour.
    """

    x: Values | float
    y: Values | float
    text: str
    role: str = "ink"
    above: float = 0
    _: KW_ONLY
    align: str = "right"
    dx: float = 0
    shade: float | None = None


@dataclass(frozen=True)
class Labels(Mark):
    """Texts beside lines instead of a legend; the browser keeps them within the figure and off each other."""

    data = ("labels",)
    labels: Sequence[Label] = ()

    def columns(self, theme: str) -> dict[str, Column]:
        rows = []
        for label in self.labels:
            x, y = np.atleast_1d(label.x), np.atleast_1d(label.y)
            both = min(len(x), len(y))
            there = np.flatnonzero(np.isfinite(x[:both]) & np.isfinite(y[:both]))
            if len(there) and label.text:
                at = there[-1]
                hue = colour(label.role, theme) if label.shade is None else on_scale([label.shade], "widths", theme)[0]
                rows.append((float(x[at]), float(y[at]), label.text, hue, label.align, label.dx, -label.above))
        return {column: [row[i] for row in rows] for i, column in enumerate(TEXT)}


@dataclass(frozen=True)
class Axis:
    """An axis.

    Args:
        label: with the unit. ticks: where; none for Bokeh's own. names: of 0, 1, ..., instead of numbers.
        ends: that stay where they are (a share lies in [0, 1]); None follows the data.
    """

    label: str = ""
    _: KW_ONLY
    log: bool = False
    ticks: Sequence[float] = ()
    names: Sequence[str] = ()
    ends: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True)
class Figure:
    """Marks over each other.

    Args:
        square: equal scales and no axes. ready: whether its tables have come; until then what is drawn stays.
        pick: for a mark the setting that is chosen by a tap or a drag in the figure: that of its x nearest to there.
    """

    name: str
    marks: Sequence[Mark]
    x: Axis = Axis()
    y: Axis = Axis()
    _: KW_ONLY
    square: bool = False
    ready: bool = True
    pick: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        names = [mark.name for mark in self.marks]
        if len({*names}) < len(names):
            raise ValueError(f"figure {self.name}: two marks have one name")
        if lost := self.pick.keys() - {*names}:
            raise ValueError(f"figure {self.name}: no mark {', '.join(sorted(lost))} to pick from")

    @property
    def fixed(self) -> tuple[Any, ...]:
        """What of it must not change from frame to frame."""
        return (self.name, self.x, self.y, self.square, dict(self.pick), [mark.fixed for mark in self.marks])

    def source(self, mark: Mark) -> str:
        """The name of a mark's source."""
        return f"{self.name}:{mark.name}"


def _column(values: Values) -> Column:
    return values if isinstance(values, np.ndarray) else list(values)


def _told(tip: Tip, told: Columns) -> dict[str, Column]:
    """The columns that a tip speaks of."""
    named = dict.fromkeys(re.findall(r"@(\w+)", " ".join(text for _, text in tip)))
    return {name: _column(told[name]) for name in named if name in told}
