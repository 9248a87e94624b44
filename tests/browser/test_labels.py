"""What is written in and around figures can be read, by eyes and by a screen reader, on a desk, a wall and a phone."""

import re

import pytest

from tools import labels
from tools.pages import Tab, Tabs

SIZES = [(1440, 900), (390, 844)]


def opened(tabs: Tabs, query: str, width: int, height: int) -> Tab:
    """A page of this size whose figures note what they write."""
    tab = tabs.new(viewport={"width": width, "height": height})
    tab.page.add_init_script(labels.RECORDER)
    return tab.open(query)


def test_the_checker_sees_a_text_cut_off_and_two_that_cross() -> None:
    whole = (0.0, 0.0, 100.0, 50.0)
    texts = [
        labels.Text("a", (10, 10, 40, 20), whole),
        labels.Text("b", (35, 15, 60, 25), whole),
        labels.Text("c", (90, 30, 108, 40), whole),
    ]
    assert labels.faults(texts) == ["'c' is cut off by 8 px", "'a' crosses 'b'"]


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_ticks_and_names_of_axes_are_whole_and_apart(tabs: Tabs, small: str, width: int, height: int) -> None:
    tab = opened(tabs, small, width, height)
    tab.until("() => labels().filter((figure) => figure.texts.length > 3).length >= 4")
    found = {name: labels.faults([t for t in texts if not t.inner]) for name, texts in labels.read(tab.page).items()}
    assert not any(found.values()), found


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
    slider = tab.page.get_by_role("slider", name=re.compile("^points n"))
    assert (slider.get_attribute("aria-valuetext") or "").startswith("40")


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1280, 720)])
def test_figures_are_large_for_a_class_on_a_small_projector(tabs: Tabs, small: str, width: int, height: int) -> None:
    tab = opened(tabs, f"{small}&projector=on", width, height)
    box = tab.page.locator(".ex-card-lipschitz .bk-Figure").bounding_box()
    assert box is not None
    assert box["height"] >= 240
    assert box["width"] >= 280
    assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
