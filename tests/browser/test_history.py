"""Back and forth in the browser's history: the page follows, in place; the clipboard, and what stands in for it."""

import json
from collections.abc import Iterator
from urllib.parse import parse_qs, urlsplit

import pytest

from tools.pages import Tab, Tabs, until


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


def lesson(tab: Tab, title: str) -> None:
    """Choose a preset."""
    tab.choose("lesson", title)
    tab.page.get_by_role("button", name="just show it").click()
    tab.page.locator(".ex-caption h3", has_text=title).wait_for()


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
    lesson(tab, "The edge of what squares can fit")
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


REFUSED = """Object.defineProperty(navigator, 'clipboard', { configurable: true, value: {
    writeText: () => Promise.reject(new DOMException('no', 'NotAllowedError')) } })"""
MISSING = "Object.defineProperty(navigator, 'clipboard', { configurable: true, value: undefined })"
THERE = "delete navigator.clipboard"  # what hides the browser's own


def test_where_the_clipboard_is_out_of_reach_the_link_stands_there_selected(tab: Tab, small: str) -> None:
    for lack in (REFUSED, MISSING):
        tab.turn(small).page.evaluate(f"() => {{ {lack} }}")
        tab.click("share")
        box = tab.page.get_by_role("dialog")
        field = box.get_by_role("textbox", name="The link to this view")
        field.wait_for()
        link = field.input_value()
        assert link.partition("?")[0] == f"{tab.server.address}/live"
        assert parse_qs(urlsplit(link).query) == parse_qs(small)
        assert tab.page.evaluate("() => getSelection().toString() || document.activeElement.value") == link
        assert tab.page.evaluate("() => document.activeElement.selectionEnd") == len(link)
        assert tab.page.locator(".ex-notices").is_hidden()
        tab.page.keyboard.press("Escape")
        box.wait_for(state="detached")
        tab.press("k_shown", "Home")
        tab.until("() => location.search.includes('k_shown=4')")
        tab.page.evaluate(f"() => {THERE}")


def test_a_link_names_the_address_by_which_the_page_was_reached(tabs: Tabs, small: str) -> None:
    tab = tabs.new(permissions=["clipboard-read", "clipboard-write"])
    other = tab.server.address.replace("localhost", "127.0.0.1")
    tab.page.goto(f"{other}/live?{small}")
    tab.until_done()
    tab.click("share")
    tab.page.locator(".ex-notices", has_text="It opens on this computer only").wait_for()
    assert tab.page.evaluate("() => navigator.clipboard.readText()").startswith(f"{other}/live?")
    tab.page.evaluate("() => history.replaceState(null, '', '/prefix' + location.pathname + location.search)")
    tab.click("share")  # as behind a proxy that strips a prefix
    read = "() => navigator.clipboard.readText()"
    until(lambda: tab.page.evaluate(read).startswith(f"{other}/prefix/live?"), "the link with the prefix")
    assert {urlsplit(url).netloc for url in tab.requested} <= {urlsplit(other).netloc, ""}
    tab.requested.clear()  # no other host than this name of the server
