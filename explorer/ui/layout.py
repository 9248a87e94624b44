"""A sheet on the page: one large card, the others beside it, and the figures in them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bokeh.models import Model

from explorer.figures.extent import NAME as EXTENT
from explorer.figures.extent import extents
from explorer.figures.layout import Key, Sheet, Slot
from explorer.figures.look import Look, Patch
from explorer.figures.sentence import Sentence
from explorer.frames import Columns, Frame, Tables
from explorer.settings import Settings
from explorer.ui.apart import Apart
from explorer.ui.cards import BELOW, BESIDE, EQUAL, HERO, THUMB, Card
from explorer.ui.export import Words
from explorer.ui.figures import Figures, Pick
from explorer.ui.origin import Moment, Origin
from explorer.ui.playable import Shot, shots
from explorer.ui.style import box

HEIGHTS = {EQUAL: 420, BESIDE: 140, BELOW: 140, THUMB: 120}  # px of a figure, its tool bar's 28 among them
LARGE = {1: 460, 2: 420, 3: 340, 4: 590, 5: 340}  # of the hero, among so many cards
CLASS = 330  # of the hero before a class


class Cards:
    """The cards of one sheet. A card whose figure or sentence cannot be made says so; the others are drawn.

    `pick` is called with a setting and its value when somebody picks it in a figure.
    """

    def __init__(self, sheet: Sheet, pick: Pick) -> None:
        self._sheet, self._apart = sheet, Apart()
        self.figures = Figures(sheet)
        self._slots = {slot.name: slot for slot in sheet.slots}
        several = len(sheet.slots) > 1
        self._cards = {slot.name: self._card(slot, i * several) for i, slot in enumerate(sheet.slots, 1)}
        views = (card.view for card in self._cards.values())
        self.view = box(*views, css_classes=[])
        self._hero, self._projector = "", False
        self.lead(sheet.slots[0].name)
        for name in self._cards:
            self._describe(name)
        self.say({slot.name: Sentence("", slot.pending) for slot in sheet.slots if slot.pending})
        self.figures.on_pick(pick)

    @property
    def names(self) -> tuple[str, ...]:
        """Of the cards, in their order: the first has the number 1."""
        return tuple(self._cards)

    @property
    def titles(self) -> list[str]:
        """Of the cards, the large one first: so they follow each other on a phone."""
        return [card.title for _, card in sorted(self._cards.items(), key=lambda item: item[0] != self._hero)]

    def lead(self, hero: str) -> None:
        """Have one card stand large, and the others beside it; nothing for a card that is not here."""
        if hero == self._hero or hero not in self._cards:
            return
        self._hero = hero
        self._paint(self.figures.theme)
        self._stand()

    def paint(self, theme: str, *, projector: bool) -> None:
        """Colours of "light" or "dark", for a desk or before a class; the rest follows with the next `draw`."""
        changed, self._projector = projector != self._projector, projector
        if changed:
            self._stand()
        self._paint(theme)

    def _stand(self) -> None:
        """Every card at its place, every figure in its size."""
        count = len(self._cards)
        self.view.css_classes = ["ex-cards", f"ex-of-{count}", *(["ex-projector"] if self._projector else [])]
        hero = CLASS if self._projector else LARGE[min(count, max(LARGE))]
        for name, place in places(self._sheet.slots, self._hero, projector=self._projector).items():
            self._cards[name].stand(place)
            height = hero if place == HERO else HEIGHTS[place]
            for figure in self._slots[name].figures:
                self.figures.resize(figure, height)

    def _paint(self, theme: str) -> None:
        hero = self._slots[self._hero].figures
        self.figures.paint(theme, projected=hero if self._projector else ())

    def facts(self, tables: Tables, look: Look) -> Mapping[str, str]:
        """A run in a few numbers; none where they cannot be made."""
        found: list[Mapping[str, str]] = []
        self._apart("the comparison", lambda: found.append(self._sheet.facts(tables, look)))
        return found[0] if found else {}

    def at(self, look: Look) -> str:
        """What these numbers are of."""
        return self._sheet.at(look)

    def hold(self, film: Sequence[Tables], look: Look) -> None:
        """Have the axes reach over all these tables of a run, so that they stand still while it is played."""
        drawn = (part.patch(tables, look) for tables in film for part in self._sheet.parts)
        self._apart("the axes", lambda: self.figures.apply(extents(drawn)))

    def shots(self, film: Sequence[Frame], look: Look) -> list[Shot]:
        """Frames of a run as they are drawn; none where one cannot be."""
        found: list[Shot] = []
        self._apart("the film", lambda: found.extend(shots(self._sheet, film, look)))
        return found

    def release(self) -> None:
        """Have the axes reach over what is drawn, and no further."""
        self.figures.apply({f"{name}:{EXTENT}": {"x": [], "y": []} for name in self._sheet.figures})

    def draw(self, tables: Tables, look: Look) -> None:
        """The tables of a run; each part of the sheet for itself."""
        origin = Origin(look.settings, tables)
        for part in self._sheet.parts:
            if part.draw:
                self._fill(part.slots, partial(part.patch, tables, look), origin)
            if part.sentences:
                self._tell(part.slots, partial(part.sentences, tables, look))
        self._apart("the key", lambda: self._explain(self._sheet.key(tables), look.pinned is not None))

    def draw_closer(self, found: Columns, origin: Origin) -> None:
        """The closer look at one network, where the sheet shows one."""
        closer = self._sheet.closer
        if closer is None:
            return
        self._fill(closer.slots, lambda: closer.patch(found, self.figures.theme), origin)
        self._tell(closer.slots, lambda: closer.sentences(found))

    def mark(self, now: Moment) -> None:
        """Grey the cards that do not belong to this moment."""
        for card in self._cards.values():
            card.mark(now)

    def models(self, run: Settings) -> dict[str, Model]:
        """The Bokeh figures that show this run, by name."""
        mine = [slot for slot in self._sheet.slots if self._cards[slot.name].shows(run)]
        return {name: self.figures.models[name] for slot in mine for name in slot.figures}

    def words(self, run: Settings) -> dict[str, Words]:
        """Heading, unit and sentence (HTML) beside each figure that shows this run, by the figure's name."""
        mine = [(slot, card) for slot in self._sheet.slots if (card := self._cards[slot.name]).shows(run)]
        return {name: Words(card.title, card.unit, card.sentence.html) for slot, card in mine for name in slot.figures}

    def say(self, sentences: Mapping[str, Sentence]) -> None:
        """The sentence of each card that has one."""
        for name, sentence in sentences.items():
            if name in self._cards:
                self._cards[name].say(sentence)
                self._describe(name)

    def _describe(self, name: str) -> None:
        """Give the figures of a card its words, for those who cannot see them."""
        figures = self._slots[name].figures
        for figure, words in zip(figures, self._cards[name].alternatives(len(figures)), strict=True):
            self.figures.describe(figure, words)

    def _explain(self, key: Key | None, pinned: bool) -> None:
        for card in self._cards.values():
            card.explain(key, pinned)

    def _fill(self, slots: Sequence[str], patch: Callable[[], Patch], origin: Origin) -> None:
        """Draw new columns; a card for which there are none keeps what it has."""
        filled: set[str] = set()

        def draw() -> None:
            changes = patch()
            self.figures.apply(changes)
            filled.update(source.partition(":")[0] for source in changes)

        done = self._apart(f"the figure of {', '.join(slots)}", draw)
        for name in slots:
            self._cards[name].undrawn = not done
            if not filled.isdisjoint(self._slots[name].figures):
                self._cards[name].origin = origin

    def _tell(self, slots: Sequence[str], sentences: Callable[[], Mapping[str, Sentence]]) -> None:
        """New sentences. What stands on another card of these goes: it is of another frame, and of its numbers.

        Frames may be left out, so that a card shows after a frame what it shows of it alone, whatever came before.
        """
        nothing = {name: Sentence("", self._slots[name].pending) for name in slots}
        done = self._apart(f"the sentence of {', '.join(slots)}", lambda: self.say({**nothing, **sentences()}))
        for name in slots:
            self._cards[name].unsaid = not done
        if not done:
            self.say(dict.fromkeys(slots, Sentence("")))

    def _card(self, slot: Slot, number: int) -> Card:
        panes = [self.figures.pane(name) for name in slot.figures]
        shown: Any = panes[0] if len(panes) == 1 else box(*panes, css_classes=["ex-several"])
        closer = self._sheet.closer is not None and slot.name in self._sheet.closer.slots
        return Card(
            slot.title,
            slot.unit,
            shown,
            slot=slot.name,
            key=slot.key,
            legend=slot.legend,
            closer=closer,
            number=number,
            figures=len(panes),
            bare=all(self._sheet.figures[name].square for name in slot.figures),
        )


def places(slots: Sequence[Slot], hero: str, *, projector: bool = False) -> dict[str, str]:
    """Where each card stands: the hero; of two the other is as large; of more there are three beside it, one below.

    Before a class (`projector`) the others are thumbnails.
    """
    others = [slot.name for slot in slots if slot.name != hero]
    if projector:
        return {hero: HERO, **dict.fromkeys(others, THUMB)}
    if len(others) == 1:
        return {hero: HERO, others[0]: EQUAL}
    below = next((slot.name for slot in slots if slot.wide and slot.name != hero), others[-1]) if others[3:] else ""
    return {hero: HERO} | {name: BELOW if name == below else BESIDE for name in others}
