"""The cards of a lab's page: a heading, a figure, a live sentence, and a key to its colours."""

from collections.abc import Mapping
from html import escape

import panel as pn

from explorer.figures.layout import Key
from explorer.figures.sentence import Sentence
from explorer.settings import Settings
from explorer.ui.origin import Moment, Origin, lag
from explorer.ui.style import box, html

# the style sheet knows where
PLACES = HERO, EQUAL, BESIDE, BELOW, THUMB = "ex-hero", "ex-equal", "ex-beside", "ex-below", "ex-thumb"
UNDRAWN = "this figure could not be drawn"
UNSAID = "this figure could not be put into words"


class Card:
    """One figure with its words.

    Args:
        title, unit: the heading; the unit stands for the label of the vertical axis.
        figure: the pane. slot: the name under which sentences come. key: whether its colours are explained.
        legend: what its signs mean. closer: whether a closer look fills the card, not the tables.
        number: of the key that makes it large; 0: none. figures: how many there are. bare: whether all are pictures,
            which have no tool bar and go with the card's width.
    """

    def __init__(
        self,
        title: str,
        unit: str,
        figure: pn.viewable.Viewable,
        *,
        slot: str,
        key: bool,
        legend: Mapping[str, str],
        closer: bool = False,
        number: int = 0,
        figures: int = 1,
        bare: bool = False,
    ) -> None:
        self._closer, self.title, self.unit, self.sentence = closer, title, unit, Sentence("")
        self.origin: Origin | None = None  # of what is drawn
        self.undrawn = self.unsaid = False  # whether the newest could not be
        large = (
            f'<button class="number" data-figure="{number}" aria-label="{escape(title)}, large">{number}</button>'
            if number
            else ""
        )
        named = f'<b role="heading" aria-level="2">{escape(title)}</b>'  # a screen reader goes from one to the next
        self._head = html(f'<div class="head">{named}<span>{escape(unit)}</span>{large}</div>')
        self._say = html(_said(self.sentence), css_classes=[f"ex-say-{slot}"])
        self._key = html("")
        self._lag = html("", css_classes=["ex-lag"])
        signs = [html(_legend(legend), css_classes=["ex-legend"])] if legend else []
        parts = [self._head, figure, *signs, self._say, *([self._key] if key else []), self._lag]
        marked = [f"ex-figures-{figures}", *(["ex-bare"] if bare else [])]
        self.view = box(*parts, css_classes=["ex-card", f"ex-card-{slot}", *marked])

    def stand(self, place: str) -> None:
        """Stand large, or at another of the places."""
        kept = [name for name in self.view.css_classes if name not in PLACES]
        self.view.css_classes = [*kept, place]

    def say(self, sentence: Sentence) -> None:
        """The sentence under the figure, with its details folded away."""
        self.sentence = sentence
        self._say.object = _said(sentence)

    def alternatives(self, figures: int) -> list[str]:
        """What a screen reader has instead of each figure: heading, unit and sentence as plain text.

        Of several the first has them; the others have a name of their own, and nothing is read three times.
        """
        of = [f", picture {i} of {figures}" for i in range(1, figures + 1)] if figures > 1 else [""]
        first = ". ".join(filter(None, (f"{self.title}{of[0]}: {self.unit}", self.sentence.text)))
        return [first, *(f"{self.title}{place}, told with the first" for place in of[1:])]

    def explain(self, key: Key | None, pinned: bool) -> None:
        """The key: from the darkest line to the lightest, the chosen one, and the pinned run."""
        if key is None:
            return
        least, most, chosen = map(escape, (key.least, key.most, key.chosen))
        pin = '<u class="pin"></u> pinned A' if pinned else ""
        self._key.object = f'<p class="key">{least} <i></i> {most} <u></u> {chosen} {pin}</p>'

    def shows(self, run: Settings) -> bool:
        """Whether what is drawn is of this run."""
        return self.origin is not None and self.origin.settings.same_run(run)

    def mark(self, now: Moment) -> None:
        """Grey the card, and say what it is of, where it does not belong to this moment."""
        of = lag(self.origin, now) if self.origin else ""
        failed = f"the closer look failed: {now.problem}" if self._closer and now.problem else ""
        lines = [UNDRAWN if self.undrawn else "", UNSAID if self.unsaid else "", failed, of]
        self._note("; ".join(filter(None, lines)), grey=bool(of) or self.undrawn)

    def _note(self, line: str, *, grey: bool) -> None:
        """Show the line, if any, over the figure."""
        text = f'<p class="lag">{escape(line)}</p>' if line else ""
        if self._lag.object != text:
            self._lag.object = text
        self.view.attributes = {"class": "ex-lags"} if grey else {}


def _said(sentence: Sentence) -> str:
    """The sentence as HTML; `ex-fold` (fold.js) keeps open what was opened, for the text is new at every frame."""
    aside = f'<p class="aside">{sentence.aside}</p>' if sentence.aside else ""
    if not sentence.lead:  # nothing is known so far
        return f'<div class="say">{sentence.details}{aside}</div>'
    more = f"<ex-fold><details><summary>details</summary>{sentence.details}</details></ex-fold>"
    return f'<div class="say"><b>{sentence.lead}</b> {more if sentence.details else ""}{aside}</div>'


def _legend(legend: Mapping[str, str]) -> str:
    """Signs with their meanings."""
    signs = (f'<span><i class="sign-{sign}"></i> {escape(text)}</span>' for sign, text in legend.items())
    return f'<p class="legend">{"".join(signs)}</p>'
