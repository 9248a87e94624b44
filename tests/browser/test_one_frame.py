"""Everything on the page belongs to one frame; what lags behind it is grey and says what it is of."""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager

from tools.pages import Server, Tab, Tabs

CURVES = ("lipschitz", "attack", "pruning", "training")


@contextmanager
def held(server: Server) -> Iterator[None]:
    """Nothing is computed meanwhile."""
    pid = server.health()["pid"]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


def lagging(tab: Tab) -> dict[str, str]:
    """What the grey cards say."""
    script = """cards => Object.fromEntries(cards.filter((card) => card.matches('.ex-lags')).map((card) =>
        [[...card.classList].find((name) => name.startsWith('ex-card-')).slice(8),
         card.shadowRoot.querySelector('.ex-lag').shadowRoot.querySelector('.lag').textContent]))"""
    return tab.page.locator(".ex-card").evaluate_all(script)


def points(tab: Tab) -> int:
    """The n that the line of the law belongs to."""
    law = tab.data("lipschitz:law")
    return round(law["y"][0] ** 2 * law["x"][0])


def test_a_moved_slider_leaves_grey_what_is_of_the_run_before(tabs: Tabs, small: str, server: Server) -> None:
    tab = tabs.shared(small + "&seed=5")  # no other test's: a run that the server remembers needs no worker
    before = points(tab)
    with held(server), tab.keeps("lipschitz:upper", "attack:all", "pruning:all", "training:all", "f:image"):
        tab.press("n", "ArrowRight")
        tab.page.locator(".ex-card-training.ex-lags").wait_for()
        assert lagging(tab) == dict.fromkeys([*CURVES, "plane"], f"of the run before: n = {before}")
        tab.click("theme")
        tab.page.locator(".ex-root.ex-dark").wait_for()
        assert points(tab) == before
        tab.click("theme")
        tab.page.locator(".ex-root:not(.ex-dark)").wait_for()
    tab.page.locator(".ex-card-plane:not(.ex-lags)").wait_for()
    assert lagging(tab) == {}
    assert points(tab) > before


def test_after_a_reset_the_finished_networks_are_grey(tabs: Tabs) -> None:
    tab = tabs.shared("n=40&d=5&widths=4,8,16&k_shown=8&seeds=1&max_steps=200")
    tab.page.locator(".ex-card-plane:not(.ex-lags)").wait_for()
    with tab.changes("lipschitz:upper"), tab.keeps("f:image"):
        tab.click("reset")
    tab.page.locator(".ex-card-plane.ex-lags").wait_for()
    (said,) = lagging(tab).values()
    assert said.startswith("of the finished networks; the curves are at step ")
    tab.click("play")
    tab.page.locator(".ex-card-plane:not(.ex-lags)").wait_for()
    assert lagging(tab) == {}


def test_a_contradicting_pair_of_points_is_told_and_stops_nothing(tab: Tab) -> None:
    with tab.changes("lipschitz:upper", "attack:all", "pruning:all", "training:all", "f:image"):
        tab.control("own").locator("input[type=file]").set_input_files(
            [{"name": "pair.csv", "mimeType": "text/csv", "buffer": b"a,b,y\n1,2,1\n1,2,-1\n3,4,1\n"}]
        )
    tab.page.locator(".ex-card-plane", has_text="no function fits both").wait_for()
    tab.until_done()
    assert lagging(tab) == {}
    with tab.changes("lipschitz:upper"):
        tab.press("p", "ArrowRight")
