"""A caption speaks of a run when its last frame is on the page, and only then."""

from playwright.sync_api import Locator

from explorer.labs.captions import lesson
from explorer.labs.live import LAB
from tools.pages import Tab, Tabs

PRESET = LAB.preset("blow-up")


def paragraphs(tab: Tab) -> Locator:
    return tab.page.locator(".ex-caption p")


def test_a_caption_says_what_came_out(tabs: Tabs) -> None:
    tab = tabs.new().open(f"preset={PRESET.name}&seeds=2")  # which leaves in the middle of a long run
    paragraphs(tab).nth(len(PRESET.statements)).wait_for()
    known, *said = paragraphs(tab).all_inner_texts()
    settings = LAB.settings.make(**PRESET.settings)
    assert (known,) == lesson(LAB).caption(PRESET, settings, {})
    fitting = set(tab.data("lipschitz:dots")["k"]) - set(tab.data("lipschitz:unfit")["k"])
    assert all(f"k = {k}" not in said[0] for k in set(settings.widths) - fitting - {16})  # 16: the least that can

    tab.click("reset")  # the first of several frames: nothing has come out there
    paragraphs(tab).nth(1).wait_for(state="detached")
    assert paragraphs(tab).all_inner_texts() == [known]
    tab.click("play")
    paragraphs(tab).nth(len(PRESET.statements)).wait_for()
    assert paragraphs(tab).all_inner_texts() == [known, *said]

    tab.press("k_shown", "ArrowRight")  # only looks: what was said stays
    assert paragraphs(tab).all_inner_texts() == [known, *said]
    tab.page.locator(".ex-caption a").first.click()
    tab.until("() => new URLSearchParams(location.search).get('n') === '210'")
