"""A visit to each panel of a lab: what it draws, what it says, and that it follows its slider."""

import re
from dataclasses import dataclass

from tools import labels
from tools.pages import Tabs


@dataclass(frozen=True)
class Case:
    """A panel at a size that takes a moment, a slider with the sources that it changes, and cards with sentences."""

    query: str
    slider: str
    sources: tuple[str, ...]
    cards: tuple[str, ...]


def look_at(tabs: Tabs, lab: str, slug: str, case: Case, said: str = r"\d") -> None:
    """One visit a panel: whatever is to be seen of one is looked at here, its labels too.

    Its cards have bold sentences in which `said` is found.
    """
    tab = tabs.shared(f"panel={slug}&{case.query}", lab)
    for source in case.sources:
        assert tab.rows(source) > 0, source
    for card in case.cards:
        assert re.search(said, tab.page.locator(f".ex-say-{card} .say b").first.inner_text())
    assert labels.walk(tab.page, labels.DESK, labels.PHONE) == []
    with tab.changes(*case.sources):
        tab.press(case.slider, "ArrowRight")
    tab.until_done()
