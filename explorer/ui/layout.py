"""A sheet on the page: its cards in rows, and the figures in them."""

from collections.abc import Callable, Mapping, Sequence

from explorer.figures.layout import Sheet, Slot
from explorer.figures.look import Look
from explorer.frames import Columns, Tables
from explorer.ui.cards import Card
from explorer.ui.figures import Figures
from explorer.ui.style import box


class Cards:
    """The cards of one sheet. `on_k` is called with a width that somebody taps or drags, where the sheet lets him."""

    def __init__(self, sheet: Sheet, on_k: Callable[[float], None]) -> None:
        self._sheet = sheet
        self.figures = Figures(sheet)
        self._cards = {slot.name: self._card(slot) for slot in sheet.slots}
        self.rows = [
            box(*(self._cards[slot.name].view for slot in row), css_classes=_classes(row)) for row in sheet.rows
        ]
        self.say(sheet.pending)
        for name in sheet.drag_k:
            self.figures.on_drag(name, on_k)

    def draw(self, tables: Tables, look: Look) -> None:
        """The tables of a run."""
        self.figures.apply(self._sheet.patch(tables, look))
        self.say(self._sheet.sentences(tables, look))
        widths = self._sheet.widths(tables)
        for card in self._cards.values():
            card.explain(widths, look.pinned is not None)

    def draw_closer(self, found: Columns) -> None:
        """The closer look at one network, where the sheet shows one."""
        if self._sheet.closer is None:
            return
        closer = self._sheet.closer(found)
        self.figures.apply(closer.patch)
        self.figures.scale(closer.scales)
        self.say(closer.sentences)

    def say(self, sentences: Mapping[str, str]) -> None:
        """The sentence of each card that has one."""
        for name, sentence in sentences.items():
            if name in self._cards:
                self._cards[name].say(sentence)

    def _card(self, slot: Slot) -> Card:
        panes = [self.figures.pane(name) for name in slot.figures]
        shown = panes[0] if len(panes) == 1 else box(*panes, css_classes=["ex-pair"])
        return Card(slot.title, slot.unit, shown, slot=slot.name, key=slot.key)


def _classes(row: Sequence[Slot]) -> list[str]:
    """The row's class says how many cards stand in it."""
    return ["ex-row", f"ex-of-{len(row)}"]
