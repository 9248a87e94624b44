"""The tabs: a tab asks, and is shown what was decided."""

from collections.abc import Callable

import pytest

from explorer.labs.law import LAB
from explorer.ui.tabs import Tabs

SLUGS = [panel.slug for panel in LAB.panels]


def at_once(call: Callable[[], object]) -> None:
    call()


def test_a_tab_that_is_refused_is_left_again() -> None:
    asked = []
    tabs = Tabs(LAB, LAB.settings.make(), asked.append, at_once)
    tabs.view.active = 2
    assert asked == [SLUGS[2]]
    assert tabs.view.active == 0


def test_a_tab_that_is_taken_stays() -> None:
    asked = []

    def choose(slug: str) -> None:
        asked.append(slug)
        tabs.show(slug)

    tabs = Tabs(LAB, LAB.settings.make(), choose, at_once)
    tabs.view.active = 2
    assert tabs.view.active == 2
    tabs.show("overview")
    assert tabs.view.active == 0
    assert asked == [SLUGS[2]]


@pytest.mark.parametrize("clicks", [[2], [2, 3], [2, 3, 0], [3, 2, 3], [1, 0, 1, 0]], ids=str)
def test_of_clicks_that_come_faster_than_ticks_the_last_one_is_taken(clicks: list[int]) -> None:
    """And the tab is never moved under the hand: each click is one that the browser tells."""
    waiting: list[Callable[[], object]] = []
    taken: list[str] = []

    def choose(slug: str) -> None:
        taken.append(slug)
        tabs.show(slug)

    tabs = Tabs(LAB, LAB.settings.make(), choose, waiting.append)
    for click in clicks:
        tabs.view.active = click
        assert tabs.view.active == click
    while waiting:
        waiting.pop(0)()
    assert taken == [SLUGS[clicks[-1]]]
    assert tabs.view.active == clicks[-1]
