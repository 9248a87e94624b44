"""Compare: pin a run, move on, and see both."""

from tools.pages import Tab

PINS = ("lipschitz:pin-stems", "lipschitz:pin", "attack:pin", "pruning:pin")


def test_a_pinned_run_stays_under_the_next_and_goes_when_unpinned(tab: Tab) -> None:
    assert [tab.rows(pin) for pin in PINS] == [0, 0, 0, 0]
    shown = tab.data("lipschitz:stems"), tab.data("attack:chosen"), tab.data("pruning:chosen")
    with tab.changes(*PINS):
        tab.click("compare")
    with tab.keeps(*PINS), tab.changes("lipschitz:upper", "attack:chosen", "pruning:chosen"):
        tab.press("n", "ArrowRight")
    tab.until_done()
    assert (tab.data("lipschitz:pin-stems"), tab.data("attack:pin"), tab.data("pruning:pin")) == shown
    with tab.keeps(*PINS), tab.changes("attack:chosen"):
        tab.press("k_shown", "ArrowRight")
    tab.click("compare")
    tab.until("(pins) => pins.every((pin) => explorer.rows(pin) === 0)", list(PINS))
