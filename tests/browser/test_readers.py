"""What a screen reader is told, and a class on a small projector sees."""

import pytest

from explorer.labs import find
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


def test_a_slider_tells_its_value_with_its_unit(tab: Tab) -> None:
    """The attribute, not the accessibility tree: Chromium's protocol tells a range's own number in any case."""
    for name, told in (("n", "40 points"), ("d", "5 dimensions"), ("k_shown", "8 neurons"), ("p", "1")):
        assert (tab.slider(name).get_attribute("aria-valuetext") or "").split() == told.split()
        shown = tab.control(name).locator("strong")
        box = shown.bounding_box()
        assert box is not None
        assert box["height"] < 25, "the unit is heard, not seen"
        assert box["width"] < 60
    before = tab.slider("n").get_attribute("aria-valuetext")
    tab.press("n", "ArrowRight")
    tab.until_done()
    after = tab.slider("n").get_attribute("aria-valuetext") or ""
    assert after != before
    assert after.split()[0] in tab.page.url
    assert after.split()[1] == "points"


def test_the_lesson_exposes_its_options(tab: Tab) -> None:
    snapshot = tab.control("lesson").aria_snapshot()
    assert '- combobox "lesson":' in snapshot
    for number, preset in enumerate(find("live").presets, 1):
        assert f'option "{number}. {preset.title}"' in snapshot.replace("'", "")


@pytest.mark.parametrize(("width", "height"), [(1024, 768), (1280, 720)])
@pytest.mark.parametrize("lab", ["live", "law"])
def test_figures_are_large_for_a_class_on_a_small_projector(
    tabs: Tabs, small: str, lab: str, width: int, height: int
) -> None:
    query = small if lab == "live" else "panel=circle&draws=100&n=5"
    tab = tabs.new(viewport={"width": width, "height": height}).open(f"{query}&projector=on", lab)
    for name, (wide, high) in tab.page.evaluate("() => explorer.plots()").items():
        assert high >= 140, name
        assert wide >= 140, name
    if lab == "live":
        box = tab.page.locator(".ex-card-lipschitz .bk-Figure").bounding_box()
        assert box is not None
        assert box["height"] >= 240
        assert box["width"] >= 280
    for figure in (tab.page.locator(".bk-Figure").first, tab.page.locator(".bk-Figure").last):
        figure.scroll_into_view_if_needed()
        slider = tab.slider("n").bounding_box()
        assert slider is not None
        assert 0 <= slider["y"] < height, "the sliders stay in sight"
    assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
