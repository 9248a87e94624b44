"""The cards of a lab's page: a heading, a figure, a live sentence, and a key to its colours."""

from collections.abc import Sequence
from html import escape

import panel as pn

from explorer.ui.style import box, html


class Card:
    """One figure with its words.

    Args:
        title, unit: the heading; the unit stands for the label of the vertical axis.
        figure: the pane. slot: the name under which sentences come. key: whether the ramp of widths is explained.
    """

    def __init__(self, title: str, unit: str, figure: pn.viewable.Viewable, *, slot: str, key: bool) -> None:
        whole = f'<span title="{escape(unit)}">{escape(unit)}</span>'  # the tip tells what a narrow card cuts off
        self._head = html(f'<p class="head"><b>{escape(title)}</b>{whole}</p>')
        self._say = html('<p class="say"></p>', css_classes=[f"ex-say-{slot}"])
        self._key = html("")
        parts = [self._head, figure, self._say, *([self._key] if key else [])]
        self.view = box(*parts, css_classes=["ex-card", f"ex-card-{slot}"])

    def say(self, sentence: str) -> None:
        """The sentence under the figure (HTML)."""
        self._say.object = f'<p class="say">{sentence}</p>'

    def explain(self, widths: Sequence[int], pinned: bool) -> None:
        """The key: from the narrowest width to the widest, the chosen one, and the pinned run."""
        if not len(widths):
            return
        pin = '<u class="pin"></u> pinned A' if pinned else ""
        self._key.object = f'<p class="key">k = {min(widths)} <i></i> {max(widths)} <u></u> chosen k {pin}</p>'
