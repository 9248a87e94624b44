"""Themes, the projector, a teacher's links, the phone."""

import re
from collections.abc import Iterator

import pytest

from explorer.figures.palette import colour
from explorer.labs import labs
from tools.pages import Tab, Tabs, until


def wears(tab: Tab, theme: str) -> None:
    """Wait until page and figures have the theme."""
    tab.page.locator(f".ex-root{'.ex-dark' if theme == 'dark' else ':not(.ex-dark)'}").wait_for()
    tab.until("(colour) => explorer.colour('lipschitz:upper') === colour", colour("certified", theme))
    tab.until("(theme) => document.documentElement.dataset.exTheme === theme", theme)


@pytest.fixture(scope="module")
def phone(tabs: Tabs, small: str) -> Iterator[Tab]:
    """A phone whose system is dark."""
    small_screen = {"width": 390, "height": 844}
    with tabs.lent(viewport=small_screen, has_touch=True, is_mobile=True, color_scheme="dark") as tab:
        yield tab.open(small)


def in_sight(phone: Tab, name: str) -> bool:
    """Whether this slider is on the screen, and nothing lies over it."""
    box = phone.slider(name).bounding_box()
    assert box is not None
    assert box["x"] >= 0, name
    assert box["x"] + box["width"] <= 390, name
    return box["y"] >= 0 and box["y"] + box["height"] <= 844


def test_on_a_phone_k_stays_in_reach_and_the_other_sliders_are_in_a_drawer(phone: Tab) -> None:
    last = phone.page.locator(".ex-card-training .bk-Figure")
    last.scroll_into_view_if_needed()  # which swipes
    figure = last.bounding_box()
    assert figure is not None
    assert 0 < figure["y"] < 844
    assert 0 <= figure["x"] <= figure["x"] + figure["width"] <= 390
    assert figure["width"] > 250
    assert phone.page.evaluate("() => document.documentElement.scrollWidth") <= 390
    assert in_sight(phone, "k_shown")
    assert not in_sight(phone, "p")
    phone.page.get_by_role("button", name="controls", exact=True).click()
    until(lambda: all(in_sight(phone, name) for name in ("k_shown", "n", "d", "p")), "the drawer")
    phone.page.get_by_role("button", name="controls", exact=True).click()
    until(lambda: not in_sight(phone, "p"), "the closed drawer")
    with phone.changes("attack:chosen"):
        phone.press("k_shown", "ArrowRight")


def test_on_a_phone_every_lab_is_named_whole(phone: Tab) -> None:
    places = phone.page.locator(".ex-brand")
    assert places.get_by_role("link").all_inner_texts() == [lab.title for lab in labs()]
    assert places.evaluate("(node) => node.scrollWidth <= node.clientWidth")


def test_on_a_phone_dots_say_which_figure_is_seen_and_lead_to_the_others(phone: Tab) -> None:
    figures = phone.page.get_by_role("navigation", name="figures")
    dots = figures.get_by_role("button", name=re.compile("figure . of 5"))

    def seen() -> str | None:
        return figures.locator("[aria-current]").get_attribute("aria-label")

    def within(card: str) -> bool:
        box = phone.page.locator(f".ex-card-{card}").bounding_box()
        return box is not None and box["x"] >= 0 and box["x"] + box["width"] <= 390

    dots.first.click()
    until(lambda: within("lipschitz") and seen() == "Lipschitz constant, figure 1 of 5", "the first figure")
    figures.get_by_role("button", name="swipe: Attack success").click()
    until(lambda: within("attack") and seen() == "Attack success, figure 2 of 5", "the second figure")
    phone.page.locator(".ex-card-training .bk-Figure").scroll_into_view_if_needed()  # a swipe
    until(lambda: seen() == "Training, figure 5 of 5", "the last figure")
    assert figures.get_by_role("button", name="swipe").count() == 0  # none comes after it
    phone.key("3")  # which has it stand first
    until(lambda: within("pruning") and seen() == "Pruning curve, figure 1 of 5", "the third figure, first")
    phone.key("1")
    until(lambda: seen() == "Lipschitz constant, figure 1 of 5", "the first figure")
    phone.page.set_viewport_size({"width": 1440, "height": 900})
    figures.wait_for(state="hidden")
    phone.page.set_viewport_size({"width": 390, "height": 844})


def test_the_theme_follows_the_system_until_somebody_chooses(phone: Tab) -> None:
    wears(phone, "dark")
    phone.page.emulate_media(color_scheme="light")
    wears(phone, "light")
    phone.click("theme")
    wears(phone, "dark")
    phone.until("() => location.search.includes('theme=dark')")
    phone.page.emulate_media(color_scheme="dark")
    phone.click("theme")
    wears(phone, "light")


def test_a_teachers_link_hides_locks_and_enlarges(tabs: Tabs, small: str) -> None:
    tab = tabs.new().open(small + "&hide=d,family&lock=n,trainer&projector=on&theme=dark")
    wears(tab, "dark")
    tab.page.locator(".ex-root.ex-projector").wait_for()
    tab.page.get_by_role("button", name="controls", exact=True).click()
    assert tab.control("d").count() == tab.control("family").count() == 0
    assert tab.slider("n").is_disabled()
    assert tab.control("trainer").locator("button").first.is_disabled()
    assert tab.slider("p").is_enabled()
    with tab.keeps("lipschitz:upper"), tab.changes("attack:chosen"):
        tab.press("k_shown", "ArrowRight")
    tab.until("() => location.search.includes('k_shown=16')")
    for kept in ("hide=d,family", "lock=n,trainer", "projector=on"):
        assert kept in tab.page.url
