"""Back and forth in the browser's history: the page follows, in place."""

import json
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from tests.browser.presets import choose
from tools.pages import Tab, Tabs


@pytest.fixture(scope="module")
def own(tabs: Tabs, small: str) -> Iterator[Tab]:
    """A page of these tests alone: a browser counts the entries of its history up to fifty."""
    with tabs.lent() as tab:
        yield tab.open(small)


@pytest.fixture
def tab(own: Tab, small: str) -> Tab:
    return own.turn(small)


MARK = "() => { window.same = true }"


def entries(tab: Tab) -> int:
    """How many there are in the history."""
    return tab.page.evaluate("() => history.length")


def test_back_and_forth_turn_the_page(tab: Tab) -> None:
    tab.page.evaluate(MARK)
    first = entries(tab)
    for k in ("4", "8", "16"):
        tab.press("k_shown", "Home" if k == "4" else "ArrowRight")
        tab.until("(k) => new URLSearchParams(location.search).get('k_shown') === k", k)
    tab.press("n", "ArrowRight")
    tab.until("() => location.search.includes('n=50')")
    tab.click("seed")
    tab.until("() => location.search.includes('seed=1')")
    assert entries(tab) == first + 3  # k, n, the seed
    moved = urlsplit(tab.page.url).query
    choose(tab, "The edge of what squares can fit")
    tab.until("() => location.search.includes('family=polynomial')")
    assert entries(tab) == first + 4

    tab.page.go_back()
    tab.until("(query) => location.search === `?${query}`", moved)
    tab.page.locator(".ex-caption h3", has_text="Your own settings").wait_for()
    tab.until("() => explorer.source('lipschitz:upper').data.x.length === 3")
    assert tab.slider("n").get_attribute("aria-valuetext") == "50"
    assert tab.slider("k_shown").get_attribute("aria-valuetext") == "16"
    assert urlsplit(tab.page.url).query == moved
    tab.page.go_forward()
    tab.page.locator(".ex-caption h3", has_text="The edge of what squares can fit").wait_for()
    assert entries(tab) == first + 4
    assert tab.page.evaluate("() => window.same")  # in place: the page was never loaded again


def test_a_drag_of_k_is_one_step_and_back_undoes_it(tab: Tab) -> None:
    first, before = entries(tab), tab.data("attack:chosen")
    handle = tab.slider("k_shown").bounding_box()
    y = handle["y"] + handle["height"] / 2
    tab.page.mouse.move(handle["x"] + handle["width"] / 2, y)
    tab.page.mouse.down()
    track = tab.control("k_shown").locator(".MuiSlider-rail").bounding_box()
    with tab.changes("attack:chosen"):
        tab.page.mouse.move(track["x"], y, steps=20)
        tab.until("() => location.search.includes('k_shown=4')")
        tab.page.mouse.move(track["x"] + track["width"], y, steps=20)
        tab.until("() => location.search.includes('k_shown=16')")
        tab.page.mouse.up()
    assert entries(tab) == first + 1
    tab.page.go_back()
    tab.until("(before) => explorer.data('attack:chosen') === before", json.dumps(before, separators=(",", ":")))
    assert tab.slider("k_shown").get_attribute("aria-valuetext") == "8"


def test_back_turns_the_tabs_of_a_lab(tabs: Tabs) -> None:
    tab = tabs.shared("panel=circle&n=10&draws=500", "law")
    tab.page.locator(".ex-tabs [role=tab][aria-selected=true]", has_text="Circle").wait_for()
    tab.page.locator(".ex-tabs [role=tab]", has_text="Ladder").click()
    tab.until("() => location.search.includes('panel=ladder')")
    tab.page.go_back()
    tab.page.locator(".ex-tabs [role=tab][aria-selected=true]", has_text="Circle").wait_for()
    tab.until("() => location.search.includes('panel=circle')")


def test_a_fragment_is_no_other_page(tab: Tab) -> None:
    with tab.keeps("lipschitz:upper"):
        tab.page.evaluate("() => { location.hash = 'figure' }")
        tab.press("k_shown", "Home")
        tab.until("() => location.search.includes('k_shown=4')")
    assert tab.page.url.endswith("#figure")
