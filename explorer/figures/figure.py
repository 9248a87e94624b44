"""A figure: marks over each other, on two axes."""

from collections.abc import Mapping, Sequence
from dataclasses import KW_ONLY, dataclass, field

from explorer.figures.marks import Mark

POWERS = tuple(2**i for i in range(13))  # ticks of an axis of widths
DECADES = tuple(digit * 10.0**power for power in range(-4, 7) for digit in (1, 2, 5))  # ticks of other logarithmic axes


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
        square: equal scales and no axes; it ends where its pictures end. aspect: its width over its height then.
        ready: whether its tables have come; until then what is drawn stays.
        pick: for a mark the setting that is chosen by a tap or a drag in the figure: that of its x nearest to there.
        choose: the same of the dot nearest to there in both directions, whose column of that name says the value.
        place: the setting that takes both coordinates of a tap or a drag.
    """

    name: str
    marks: Sequence[Mark]
    x: Axis = Axis()
    y: Axis = Axis()
    _: KW_ONLY
    square: bool = False
    aspect: float = 1.0
    ready: bool = True
    pick: Mapping[str, str] = field(default_factory=dict)
    choose: Mapping[str, str] = field(default_factory=dict)
    place: str = ""

    def __post_init__(self) -> None:
        names = [mark.name for mark in self.marks]
        if len({*names}) < len(names):
            raise ValueError(f"figure {self.name}: two marks have one name")
        if lost := (self.pick.keys() | self.choose.keys()) - {*names}:
            raise ValueError(f"figure {self.name}: no mark {', '.join(sorted(lost))} to pick from")

    def source(self, mark: Mark) -> str:
        """The name of a mark's source."""
        return f"{self.name}:{mark.name}"
