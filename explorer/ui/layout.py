"""A sheet on the page: its cards in rows, and the figures in them."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from bokeh.models import Model

from explorer.figures.layout import Key, Sheet, Slot
from explorer.figures.look import Look, Patch
from explorer.figures.sentence import Sentence
from explorer.frames import Columns, Tables
from explorer.settings import Settings
from explorer.ui.apart import Apart
from explorer.ui.cards import Card
from explorer.ui.export import Words
from explorer.ui.figures import Figures, Pick
from explorer.ui.origin import Moment, Origin
from explorer.ui.style import box


class Cards:
    """The cards of one sheet. A card whose figure or sentence cannot be made says so; the others are drawn.

    `pick` is called with a setting and its value when somebody picks it in a figure.
    """

    def __init__(self, sheet: Sheet, pick: Pick) -> None:
        self._sheet, self._apart = sheet, Apart()
        self.figures = Figures(sheet)
        self._slots = {slot.name: slot for slot in sheet.slots}
        self._cards = {slot.name: self._card(slot) for slot in sheet.slots}
        self.rows = [
            box(*(self._cards[slot.name].view for slot in row), css_classes=_classes(row)) for row in sheet.rows
        ]
        for name in self._cards:
            self._describe(name)
        self.say({slot.name: Sentence("", slot.pending) for slot in sheet.slots if slot.pending})
        self.figures.on_pick(pick)

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
        for figure in self._slots[name].figures:
            self.figures.describe(figure, self._cards[name].alternative)

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
        done = self._apart(f"the sentence of {', '.join(slots)}", lambda: self.say(sentences()))
        for name in slots:
            self._cards[name].unsaid = not done
        if not done:
            self.say(dict.fromkeys(slots, Sentence("")))  # what stands there is of another frame

    def _card(self, slot: Slot) -> Card:
        panes = [self.figures.pane(name) for name in slot.figures]
        shown: Any = panes[0] if len(panes) == 1 else box(*panes, css_classes=["ex-pair"])
        closer = self._sheet.closer is not None and slot.name in self._sheet.closer.slots
        return Card(slot.title, slot.unit, shown, slot=slot.name, key=slot.key, legend=slot.legend, closer=closer)


def _classes(row: Sequence[Slot]) -> list[str]:
    """The row's class says how many cards stand in it."""
    return ["ex-row", f"ex-of-{len(row)}"]
