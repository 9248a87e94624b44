"""What figures are written in: marks on axes, figures on cards. Pure data; `figures.render` draws it.

A panel's `draw(tables, look)` returns its cards. Which marks there are, their names, roles and axes must not depend on
the tables: figures are rendered once, from no tables, and from then on only the columns of their marks change. Sources,
empty columns, colours of a theme, tips and the run kept for comparison all follow from the marks.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, ClassVar

import numpy as np

NOTHING: tuple = ()
Values = np.ndarray | Sequence[Any]
#: What hovering tells: a label, and the column and printf format of its value ("@lower{%.3g}").
Tip = tuple[tuple[str, str], ...]


@dataclass(frozen=True, kw_only=True)
class Mark:
    """Something drawn from columns.

    Args:
        name: unique in its figure.
        role: whose colour it has (`palette.ROLES`).
        shade: a colour each instead, from 0 to 1 on `scale`; NaN is unknown.
        scale: "widths", "sequential" or "diverging".
        tip, told: what hovering tells, and the columns that it tells beside the mark's own.
        compared: whether run A is drawn too, when one is kept; as this mark of A's tables, in the colour of a kept run.
    """

    name: str
    role: str = "ink"
    shade: Values | None = None
    scale: str = "widths"
    tip: Tip = ()
    told: Mapping[str, Values] = field(default_factory=dict)
    compared: bool = False

    data: ClassVar[tuple[str, ...]] = ("x", "y")

    @property
    def columns(self) -> dict[str, Values]:
        """What its source holds, but for the colours."""
        return {name: getattr(self, name) for name in self.data} | dict(self.told)


@dataclass(frozen=True, kw_only=True)
class Line(Mark):
    """One line through (x, y), broken where y is NaN."""

    x: Values = NOTHING
    y: Values = NOTHING
    dash: str = "solid"
    width: float = 2.0
    alpha: float = 1.0


@dataclass(frozen=True, kw_only=True)
class Lines(Mark):
    """A family of lines whose number may change, each in its own shade or all in the role's colour."""

    data = ("xs", "ys")
    xs: Sequence[Values] = ()
    ys: Sequence[Values] = ()
    dash: str = "solid"
    width: float = 1.3


@dataclass(frozen=True, kw_only=True)
class Band(Mark):
    """The area between two lines over the same x."""

    x: Values = NOTHING
    low: Values = NOTHING
    high: Values = NOTHING
    alpha: float = 0.14

    @property
    def columns(self) -> dict[str, Values]:
        """Along the lower line and back along the upper."""
        x, low, high = (np.asarray(values, np.float64) for values in (self.x, self.low, self.high))
        return {"x": np.concatenate([x, x[::-1]]), "y": np.concatenate([low, high[::-1]])}


@dataclass(frozen=True, kw_only=True)
class Dots(Mark):
    """Dots at (x, y)."""

    x: Values = NOTHING
    y: Values = NOTHING
    size: float = 5.0
    hollow: bool = False


@dataclass(frozen=True, kw_only=True)
class Cells(Mark):
    """Filled rectangles: cells of a heat map, bars, bins of a histogram; `text` stands in the middle of each."""

    data = ("left", "right", "bottom", "top")
    left: Values = NOTHING
    right: Values = NOTHING
    bottom: Values = NOTHING
    top: Values = NOTHING
    alpha: float = 1.0
    text: Sequence[str] = ()


@dataclass(frozen=True, kw_only=True)
class Image(Mark):
    """Pictures, each over a rectangle with its lower left corner at (x, y), in the colours of `scale` over `limits`."""

    data = ("image", "x", "y", "dw", "dh")
    image: Sequence[np.ndarray] = ()
    x: Values = NOTHING
    y: Values = NOTHING
    dw: Values = NOTHING
    dh: Values = NOTHING
    limits: tuple[float, float] = (0.0, 1.0)


@dataclass(frozen=True, kw_only=True)
class Labels(Mark):
    """Words inside a figure."""

    words: Sequence["Word"] = ()


@dataclass(frozen=True)
class Word:
    """Some words at (x, y).

    Args:
        align: "left" has them begin there, "right" end there. dx, dy: pixels away, to the right and upwards.
        role, shade: their colour, as of a mark.
    """

    x: float
    y: float
    text: str
    role: str = "ink"
    align: str = "left"
    dx: float = 6.0
    dy: float = 0.0
    shade: float | None = None


@dataclass(frozen=True, kw_only=True)
class Ends(Mark):
    """The names of lines, in a margin right of the figure, each at the height of its line's end or as near as fits.

    Args:
        words: at the end of each line, the last place where it is known; see `end`. align, dx and dy have no effect.
    """

    words: Sequence[Word] = ()


def end(x: Values, y: Values, text: str, role: str = "ink", shade: float | None = None) -> tuple[Word, ...]:
    """A name for `Ends` at the last known point of a line; none where nothing of the line is known."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    there = np.flatnonzero(np.isfinite(x) & np.isfinite(y))
    return tuple(Word(float(x[i]), float(y[i]), text, role, shade=shade) for i in there[-1:])


def bars(*, name: str, at: Values, height: Values, width: float = 0.8, base: float = 0.0, **options: Any) -> Cells:
    """Upright bars around the places `at`."""
    at, height = np.asarray(at, np.float64), np.asarray(height, np.float64)
    low = np.full(len(at), base)
    return Cells(name=name, left=at - width / 2, right=at + width / 2, bottom=low, top=height, **options)


def histogram(*, name: str, values: Values, edges: Values, **options: Any) -> Cells:
    """How many of the known values lie in each bin."""
    edges = np.asarray(edges, np.float64)
    known = np.asarray(values, np.float64)
    count, _ = np.histogram(known[np.isfinite(known)], edges)
    zero = np.zeros(len(count))
    return Cells(name=name, left=edges[:-1], right=edges[1:], bottom=zero, top=count.astype(np.float64), **options)


def graph(
    *,
    name: str,
    x: Values,
    y: Values,
    edges: Sequence[tuple[int, int]] = (),
    shade: Values | None = None,
    **options: Any,
) -> tuple[Lines, Dots]:
    """Nodes at (x, y) and straight edges between pairs of them."""
    x, y = np.asarray(x, np.float64), np.asarray(y, np.float64)
    ends = [np.array(pair, np.int64) for pair in edges]
    between = Lines(name=f"{name}-edges", role="law", xs=[x[e] for e in ends], ys=[y[e] for e in ends], width=1.0)
    return between, Dots(name=name, x=x, y=y, shade=shade, **options)


@dataclass(frozen=True)
class Axis:
    """An axis: its name with the unit, whether it is logarithmic, places of its ticks (or their names), fixed ends."""

    label: str = ""
    log: bool = False
    ticks: Sequence[float] = ()
    names: Sequence[str] = ()
    ends: tuple[float | None, float | None] = (None, None)


@dataclass(frozen=True)
class Pick:
    """A mark that can be chosen from: a tap or a drag near one of its rows sets a setting to a column of it.

    Args:
        mark: the name of the mark. setting: the name of the setting. column: of the mark. drag: also while dragging.
    """

    mark: str
    setting: str
    column: str = "x"
    drag: bool = False


@dataclass(frozen=True)
class Figure:
    """Marks over each other on two axes.

    Args:
        square: equal scales and no axes, as of a map. picks: what can be chosen.
    """

    name: str
    marks: tuple[Mark, ...]
    x: Axis = Axis()
    y: Axis = Axis()
    square: bool = False
    picks: tuple[Pick, ...] = ()

    def __post_init__(self) -> None:
        names = [mark.name for mark in self.marks]
        if len(set(names)) < len(names):
            raise ValueError(f"figure {self.name}: two marks have one name")
        for pick in self.picks:
            if pick.mark not in names:
                raise ValueError(f"figure {self.name}: no mark {pick.mark} to pick from")


@dataclass(frozen=True)
class Card:
    """A heading, figures, and one sentence under them.

    Args:
        name: under which the sentence comes. title, unit: the heading. figures: side by side.
        say: the sentence that these tables speak (HTML); "" where there is nothing to say yet.
        pending: what stands there until then.
    """

    name: str
    title: str
    unit: str
    figures: tuple[Figure, ...]
    say: str = ""
    pending: str = ""


def shape(mark: Mark) -> tuple[Any, ...]:
    """What of a mark must not change from frame to frame."""
    changing = {*mark.data, "low", "high", "text", "told", "shade", "limits", "words"}
    fixed = tuple((f.name, getattr(mark, f.name)) for f in fields(mark) if f.name not in changing)
    return (type(mark), fixed, tuple(mark.told), mark.shade is None)
