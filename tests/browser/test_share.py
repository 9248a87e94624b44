"""The box that share opens: the link with its locks and its code, with a clipboard and without."""

import re
from urllib.parse import parse_qs, urlsplit

from playwright.sync_api import Locator, expect

from tools.pages import Tab, Tabs

REFUSED = "navigator.clipboard.writeText = () => Promise.reject(new DOMException('no', 'NotAllowedError'))"
MISSING = "Object.defineProperty(navigator, 'clipboard', { value: undefined })"
FOCUSED = """() => {
  let focused = document.activeElement
  while (focused?.shadowRoot?.activeElement) focused = focused.shadowRoot.activeElement
  return focused
}"""


def opened(tab: Tab) -> Locator:
    """The box, with its first link."""
    tab.click("share")
    box = tab.page.get_by_role("dialog", name="Share what is on screen")
    box.get_by_text("Selected: press Ctrl+C (⌘C) to copy it.").wait_for()
    return box


def field_of(box: Locator) -> Locator:
    return box.get_by_role("textbox", name="The link to this view")


def link(box: Locator) -> str:
    return field_of(box).input_value()


def drawn(box: Locator) -> str:
    return box.get_by_role("img", name="QR code of the link").inner_html()


def test_ticks_change_the_link_and_its_code_and_the_link_has_the_locks(tabs: Tabs, small: str) -> None:
    tab = tabs.new()
    tab.page.add_init_script(MISSING)  # as on plain http
    tab.open(small)
    box = opened(tab)
    assert link(box).partition("?")[0] == f"{tab.server.address}/live"
    assert parse_qs(urlsplit(link(box)).query) == parse_qs(small)
    assert box.get_by_role("button", name="copy").count() == 0
    field = tab.page.evaluate_handle(FOCUSED)
    assert field.evaluate("(field) => field.value.slice(field.selectionStart, field.selectionEnd)") == link(box)
    before = drawn(box)
    box.get_by_role("checkbox", name="d dimension").check()
    box.get_by_role("checkbox", name="everything that is folded").check()
    box.get_by_role("checkbox", name="ask before it shows (quiz)").check()
    box.get_by_role("checkbox", name="hide the story").check()
    expect(field_of(box)).to_have_value(re.compile("story=off"))
    shared = parse_qs(urlsplit(link(box)).query)
    assert shared.pop("lock")[0].startswith("d,widths,norm,")
    assert shared == parse_qs(small) | {"quiz": ["on"], "story": ["off"]}
    assert drawn(box) != before
    student = tabs.new().go(urlsplit(link(box)).query)
    assert student.slider("d").is_disabled()
    assert student.slider("n").is_enabled()
    student.control("d").get_by_text("set by your teacher").wait_for()
    student.page.locator(".ex-root.ex-nostory").wait_for()
    tab.page.keyboard.press("Escape")
    box.wait_for(state="detached")
    assert tab.page.evaluate_handle(FOCUSED).evaluate("(node) => node.textContent") == "share"
    tab.press("k_shown", "Home")  # the page goes on
    tab.until("() => location.search.includes('k_shown=4')")


def test_the_run_that_is_compared_goes_along(tabs: Tabs, small: str) -> None:
    tab = tabs.new().go(small)
    with tab.changes("pruning:pin"):
        tab.click("compare")
    tab.press("n", "ArrowRight")
    tab.until_done()
    box = opened(tab)
    assert parse_qs(parse_qs(urlsplit(link(box)).query)["beside"][0])["n"] == ["40"]
    other = tabs.new().open(urlsplit(link(box)).query)
    sources = ("pruning:pin", "lipschitz:pin", "attack:pin", "pruning:chosen", "training:all")
    other.until("(rows) => explorer.rows('pruning:pin') === rows", tab.rows("pruning:pin"))
    other.until_done()
    assert [other.data(source) for source in sources] == [tab.data(source) for source in sources]
    difference = other.page.locator(".ex-difference")
    assert difference.inner_text() == tab.page.locator(".ex-difference").inner_text()
    other.page.locator(".ex-notices").wait_for(state="hidden")
    assert "beside" not in opened(tabs.new().go(small)).inner_text()


def test_keys_in_the_box_are_not_the_page_s(tabs: Tabs, small: str) -> None:
    tab = tabs.new().open(small)
    box = opened(tab)
    before = tab.status
    box.get_by_role("checkbox", name="n points").focus()
    for key in ("Space", "s", "?", "r"):
        tab.page.keyboard.press(key)
    assert box.get_by_role("checkbox", name="n points").is_checked()
    box.get_by_role("button", name="close").click()
    box.wait_for(state="detached")
    assert tab.status == before
    assert tab.page.locator(".ex-notices").is_hidden()


def test_what_was_copied_is_said_and_where_it_opens(tabs: Tabs, small: str) -> None:
    tab = tabs.new(permissions=["clipboard-read", "clipboard-write"])
    other = tab.server.address.replace("localhost", "127.0.0.1")
    tab.page.goto(f"{other}/live?{small}")
    tab.until_done()
    tab.page.evaluate("() => history.replaceState(null, '', '/prefix' + location.pathname + location.search)")
    box = opened(tab)  # as behind a proxy that strips a prefix
    assert box.get_by_text("It opens on this computer only").is_visible()
    box.get_by_role("button", name="copy").click()
    box.get_by_text("Copied: the link is in the clipboard.").wait_for()
    assert tab.page.evaluate("() => navigator.clipboard.readText()") == link(box)
    assert link(box).startswith(f"{other}/prefix/live?")
    assert {urlsplit(url).netloc for url in tab.requested} <= {urlsplit(other).netloc, ""}
    tab.requested.clear()  # no other host than this name of the server


def test_where_the_clipboard_refuses_the_link_is_selected(tabs: Tabs, small: str) -> None:
    tab = tabs.new()
    tab.page.add_init_script(REFUSED)
    box = opened(tab.open(small))
    box.get_by_role("checkbox", name="n points").check()
    box.get_by_text("The link has changed.").wait_for()
    box.get_by_role("button", name="copy").click()
    box.get_by_text("Selected: press Ctrl+C (⌘C) to copy it.").wait_for()
    assert "lock=n" in tab.page.evaluate_handle(FOCUSED).evaluate("(field) => field.value")
