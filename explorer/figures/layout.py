"""How figures stand on the page; the page reads this, the figures do not."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any

import holoviews as hv

from explorer.figures.columns import Draw, patch, pictures, roles
from explorer.figures.look import Look, Patch
from explorer.figures.render import overlay
from explorer.frames import Columns, Tables


@dataclass(frozen=True)
class Slot:
    """A card.

    Args:
        name: under which its sentence comes, and of its figure if none is named. title, unit: its heading.
        pending: its sentence until there is something to say. key: whether the colours of widths are explained.
    """

    name: str
    title: str
    unit: str
    figures: tuple[str, ...] = ()
    key: bool = False
    pending: str = ""

    def __post_init__(self) -> None:
        object.__setattr__(self, "figures", self.figures or (self.name,))


@dataclass(frozen=True)
class Part:
    """What is made apart from the rest: where it fails, its cards (`slots`) say so, and the other parts are drawn.

    `draw` gives figures, `sentences` what stands under a card (HTML), where there is something to say. `fill` gives
    columns by source, where a panel is not written in marks.
    """

    slots: tuple[str, ...]
    draw: Draw | None = None
    sentences: Callable[[Tables, Look], Mapping[str, str]] | None = None
    fill: Callable[[Tables, Look], Patch] | None = None

    def patch(self, tables: Tables, look: Look) -> Patch:
        """New columns by source."""
        if self.fill:
            return self.fill(tables, look)
        return patch(self.draw, tables, look) if self.draw else {}


@dataclass(frozen=True)
class Closer:
    """What a closer look at one network fills: its cards, columns by source, colour limits by picture, sentences."""

    slots: tuple[str, ...]
    patch: Callable[[Columns], Patch]
    scales: Callable[[Columns], Mapping[str, tuple[float, float]]]
    sentences: Callable[[Columns], Mapping[str, str]]


@dataclass(frozen=True)
class Sheet:
    """Rows of cards with all that fills them. A source is called "FIGURE:PART", after the figure that it is in.

    Attributes:
        rows: the cards. declare: the figures by name, all empty. parts: what fills them, each for itself.
        pending: what is said until then. roles: the role of each source that is drawn in one colour.
        pictures: the scale, "diverging" or "sequential", of each source that is a picture.
        drag_k: figures in which a width can be tapped or dragged. widths: those on the page, for the colour key.
        closer: what a closer look fills; None where there is no such look.
    """

    rows: Sequence[Sequence[Slot]]
    declare: Callable[[], Mapping[str, hv.Overlay]]
    parts: Sequence[Part]
    pending: Mapping[str, str] = field(default_factory=dict)
    roles: Mapping[str, str] = field(default_factory=dict)
    pictures: Mapping[str, str] = field(default_factory=dict)
    drag_k: Sequence[str] = ()
    widths: Callable[[Tables], Sequence[int]] = lambda tables: ()
    closer: Closer | None = None

    @classmethod
    def of(cls, module: ModuleType, look: Look, slots: Sequence[Slot] | None = None) -> "Sheet":
        """The sheet of a panel's module, in one row; of only some of its slots, where these are named.

        `look` is at no tables, with settings at their starting values.
        """
        shown = tuple(slots or module.SLOTS)
        if hasattr(module, "draw"):
            figures = tuple(module.draw({}, look))
            return cls(
                rows=(shown,),
                declare=lambda: {figure.name: overlay(figure) for figure in figures},
                parts=(Part(tuple(slot.name for slot in shown), module.draw, module.sentences),),
                pending={slot.name: slot.pending for slot in shown if slot.pending},
                roles=roles(figures),
                pictures=pictures(figures),
            )
        return cls(
            rows=(shown,),
            declare=module.declare,
            parts=(Part(tuple(slot.name for slot in shown), sentences=module.sentences, fill=module.patch),),
            pending=module.PENDING,
            roles=module.ROLES,
            pictures=getattr(module, "PICTURES", {}),
        )

    @classmethod
    def joined(cls, sheets: "Sequence[Sheet]") -> "Sheet":
        """The cards of several sheets in one row."""
        return cls(
            rows=(tuple(slot for sheet in sheets for slot in sheet.slots),),
            declare=lambda: _merged(sheet.declare() for sheet in sheets),
            parts=tuple(part for sheet in sheets for part in sheet.parts),
            pending=_merged(sheet.pending for sheet in sheets),
            roles=_merged(sheet.roles for sheet in sheets),
            pictures=_merged(sheet.pictures for sheet in sheets),
        )

    @property
    def slots(self) -> tuple[Slot, ...]:
        """All cards."""
        return tuple(slot for row in self.rows for slot in row)

    @property
    def figures(self) -> tuple[str, ...]:
        """The names of all figures on the cards."""
        return tuple(name for slot in self.slots for name in slot.figures)


def _merged(parts: Iterable[Mapping[str, Any]]) -> dict[str, Any]:
    return {name: value for part in parts for name, value in part.items()}
