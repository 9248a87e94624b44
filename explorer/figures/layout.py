"""How figures stand on the page; the page reads this, the figures do not."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import ModuleType

from explorer.figures.columns import Draw, filled, patch
from explorer.figures.figure import Figure
from explorer.figures.look import Look, Patch
from explorer.figures.posteriors import Walks, all_walks, with_walks
from explorer.figures.sentence import Sentence
from explorer.frames import Columns, Tables

#: The signs of a legend, which the style sheet draws: two colour bars, dots of either label, a ring, three lines.
LEGEND = frozenset({"values", "steepness", "plus", "minus", "ring", "path", "positive", "negative"})


@dataclass(frozen=True)
class Slot:
    """A card.

    Args:
        name: under which its sentence comes, and of its figure if none is named. title, unit: its heading.
        pending: its sentence until there is something to say. key: whether the sheet's colour key stands under it.
        wide: whether it needs room beside it, when it is not the large one: two figures, say.
        legend: what its marks and colours mean, a text for each of `LEGEND`.
    """

    name: str
    title: str
    unit: str
    figures: tuple[str, ...] = ()
    key: bool = False
    pending: str = ""
    wide: bool = False
    legend: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if unknown := self.legend.keys() - LEGEND:
            raise ValueError(f"slot {self.name}: no sign for {', '.join(sorted(unknown))}")
        object.__setattr__(self, "figures", self.figures or (self.name,))


@dataclass(frozen=True)
class Key:
    """What lines from dark to light belong to, and what the one in ink is called: "k = 8", "512", "chosen k"."""

    least: str
    most: str
    chosen: str


@dataclass(frozen=True)
class Part:
    """What is made apart from the rest: where it fails, its cards (`slots`) say so, and the other parts are drawn.

    `draw` gives figures, `sentences` what stands under a card, where there is something to say.
    """

    slots: tuple[str, ...]
    draw: Draw | None = None
    sentences: Callable[[Tables, Look], Mapping[str, Sentence]] | None = None

    def patch(self, tables: Tables, look: Look) -> Patch:
        """New columns by source."""
        return patch(self.draw, tables, look) if self.draw else {}


@dataclass(frozen=True)
class Closer:
    """What a closer look at one network fills: its cards, figures of what was found ({}: nothing so far), sentences."""

    slots: tuple[str, ...]
    draw: Callable[[Columns], Iterable[Figure]]
    sentences: Callable[[Columns], Mapping[str, Sentence]]

    def patch(self, found: Columns, theme: str) -> Patch:
        """New columns by source."""
        return filled(self.draw(found), theme)


@dataclass(frozen=True, eq=False)  # there is one of each: its figures are rendered once
class Sheet:
    """Cards with all that fills them.

    Attributes:
        slots: the cards. parts: what fills them, each for itself. blank: their figures, of no tables.
        key: to colours from dark to light, where there are any. closer: what a closer look fills, where there is one.
        facts: a run in a few numbers by name, to be set beside another's. at: what they are of, such as one width.
    """

    slots: Sequence[Slot]
    parts: Sequence[Part]
    blank: Sequence[Figure]
    key: Callable[[Tables], Key | None] = lambda tables: None
    closer: Closer | None = None
    facts: Callable[[Tables, Look], Mapping[str, str]] = lambda tables, look: {}
    at: Callable[[Look], str] = lambda look: ""

    @classmethod
    def of(
        cls,
        module: ModuleType,
        look: Look,
        cards: int | None = None,
        seen: Callable[[Look], Look] = lambda look: look,
        table_names: Collection[str] = (),
    ) -> "Sheet":
        """The sheet of a panel's module, all cards or the first few; `look` has its starting settings.

        Under each card stands how the walks went of which its tables tell (`figures.posteriors`); where cards are of
        different ones the module's `walks` tells them apart, and cards that it does not name have the first of them.

        Args:
            seen: how the module is told to look, where it is not by the settings on the page.
            table_names: of the panel.
        """
        shown = tuple(module.SLOTS[:cards])

        def together(tables: Tables, look: Look) -> Mapping[str, Columns]:
            rows = all_walks(tables[name] for name in table_names if name in tables)
            return {slot.name: rows for slot in shown[:1]}  # an overview may have no card of its own

        walks: Walks = getattr(module, "walks", together)

        def sentences(tables: Tables, look: Look) -> Mapping[str, Sentence]:
            own = seen(look)
            return with_walks(module.sentences(tables, own), walks(tables, own), own.settings)

        part = Part(
            tuple(slot.name for slot in shown),
            lambda tables, look: module.draw(tables, seen(look)),
            sentences,
        )
        names = [name for slot in shown for name in slot.figures]
        return cls(shown, (part,), [figure for figure in module.draw({}, seen(look)) if figure.name in names])

    @classmethod
    def joined(cls, sheets: "Sequence[Sheet]") -> "Sheet":
        """The cards of several sheets."""
        return cls(
            slots=tuple(slot for sheet in sheets for slot in sheet.slots),
            parts=tuple(part for sheet in sheets for part in sheet.parts),
            blank=[figure for sheet in sheets for figure in sheet.blank],
        )

    @property
    def figures(self) -> dict[str, Figure]:
        """All figures on the cards, of no tables."""
        blank = {figure.name: figure for figure in self.blank}
        return {name: blank[name] for slot in self.slots for name in slot.figures}
