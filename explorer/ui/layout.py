"""The middle of a lab's page: its cards in rows, as the lab's figure module lays them out."""

from collections.abc import Mapping, Sequence

from explorer.figures.layout import Slot
from explorer.ui.cards import Card
from explorer.ui.figures import Figures
from explorer.ui.style import box


class Cards:
    """All cards. `layout` lists rows of slots; a slot may show several figures beside each other."""

    def __init__(self, layout: Sequence[Sequence[Slot]], figures: Figures) -> None:
        self._cards = {slot.name: self._card(slot, figures) for row in layout for slot in row}
        self.rows = []
        for at, row in enumerate(layout):
            classes = ["ex-row", "ex-below"] if at else ["ex-row"]
            self.rows.append(box(*(self._cards[slot.name].view for slot in row), css_classes=classes))

    def say(self, sentences: Mapping[str, str]) -> None:
        """The sentence of each slot that has one."""
        for name, sentence in sentences.items():
            self._cards[name].say(sentence)

    def explain(self, widths: Sequence[int], pinned: bool) -> None:
        """The key of colours, on the cards that show families of curves."""
        for card in self._cards.values():
            card.explain(widths, pinned)

    @staticmethod
    def _card(slot: Slot, figures: Figures) -> Card:
        panes = [figures.pane(name) for name in slot.figures]
        shown = panes[0] if len(panes) == 1 else box(*panes, css_classes=["ex-pair"])
        return Card(slot.title, slot.unit, shown, slot=slot.name, key=slot.key)
