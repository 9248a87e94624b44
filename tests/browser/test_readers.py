"""What a screen reader is told, and a class on a small projector sees."""

import re

import pytest

from tools.pages import Tab, Tabs


def test_a_figure_tells_a_screen_reader_its_name_and_its_sentence(tab: Tab) -> None:
    figure = tab.page.locator(".ex-card-lipschitz .bk-Figure")
    assert figure.get_attribute("role") == "img"
    said = tab.page.locator(".ex-say-lipschitz .say").inner_text()
    tab.page.get_by_role("img", name=said).wait_for()
    assert (figure.get_attribute("aria-label") or "").startswith("Lipschitz constant")
    with tab.changes("attack:chosen"):
        tab.press("k_shown", "ArrowLeft")
    said = tab.page.locator(".ex-say-lipschitz .say").inner_text()
    tab.page.get_by_role("img", name=said).wait_for()


def test_a_slider_tells_its_value_and_not_the_place_of_its_stop(tab: Tab) -> None:
    slider = tab.page.get_by_role("slider", name=re.compile("^n points"))
    assert (slider.get_attribute("aria-valuetext") or "").startswith("40")


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1280, 720)])
def test_figures_are_large_for_a_class_on_a_small_projector(tabs: Tabs, small: str, width: int, height: int) -> None:
    tab = tabs.new(viewport={"width": width, "height": height}).open(f"{small}&projector=on")
    box = tab.page.locator(".ex-card-lipschitz .bk-Figure").bounding_box()
    assert box is not None
    assert box["height"] >= 240
    assert box["width"] >= 280
    assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
