"""The tabs: a tab asks, and is shown what was decided."""

from explorer.labs.law import LAB
from explorer.ui.tabs import Tabs


def test_a_tab_that_is_refused_is_left_again() -> None:
    asked = []
    tabs = Tabs(LAB, LAB.settings.make(), asked.append)
    tabs.view.active = 2
    assert asked == [LAB.panels[2].slug]
    assert tabs.view.active == 0


def test_a_tab_that_is_taken_stays() -> None:
    asked = []

    def choose(slug: str) -> None:
        asked.append(slug)
        tabs.show(slug)

    tabs = Tabs(LAB, LAB.settings.make(), choose)
    tabs.view.active = 2
    assert tabs.view.active == 2
    tabs.show("overview")
    assert tabs.view.active == 0
    assert asked == [LAB.panels[2].slug]
