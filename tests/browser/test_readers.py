"""What a screen reader is told, and a class on a small projector sees."""

import pytest

from explorer.labs import find
from tools.pages import Tab, Tabs, until


def test_a_figure_tells_a_screen_reader_its_name_and_its_sentence(tab: Tab) -> None:
    def sentence() -> str:
        return tab.page.locator(".ex-say-lipschitz .say > b").inner_text()

    figure = tab.page.locator(".ex-card-lipschitz .bk-Figure")
    assert figure.get_attribute("role") == "img"
    until(lambda: tab.page.get_by_role("img", name=sentence()).count(), "the figure's sentence")
    assert (figure.get_attribute("aria-label") or "").startswith("Lipschitz constant")
    before = sentence()
    tab.press("k_shown", "ArrowLeft")
    until(lambda: sentence() != before, "another sentence")
    until(lambda: tab.page.get_by_role("img", name=sentence()).count(), "the figure's new sentence")


def test_details_stay_open_when_the_sentence_changes(tab: Tab) -> None:
    """Their text is put there anew at every frame."""
    card = tab.page.locator(".ex-say-lipschitz")
    lead, rest, summary = card.locator(".say > b"), card.locator("details"), card.locator("summary")
    closed = "e => e.innerText === 'details'"  # what is folded has no text on the screen
    assert rest.evaluate(closed)
    summary.focus()
    tab.page.keyboard.press("Enter")
    for key in ("ArrowLeft", "ArrowRight"):
        before = lead.inner_text()
        tab.press("k_shown", key)
        until(lambda before=before: lead.inner_text() != before, "another sentence")
        assert "certificate" in rest.inner_text()
    summary.click()
    before = lead.inner_text()
    tab.press("k_shown", "ArrowLeft")
    until(lambda: lead.inner_text() != before, "another sentence")
    assert rest.evaluate(closed)


def test_a_slider_tells_what_it_counts_and_its_value(tab: Tab) -> None:
    """Its name has the unit; its value is not the place of the stop."""
    for name, heard, value in (("n", "n points", "40"), ("d", "d dimension", "5"), ("seeds", "seeds", "1")):
        slider = tab.slider(name)
        assert (slider.get_attribute("aria-label") or "").startswith(heard), name
        assert slider.get_attribute("aria-valuetext") == value, name
    tab.press("n", "ArrowRight")
    after = tab.slider("n").get_attribute("aria-valuetext")
    assert after != "40"
    tab.until(f"() => location.search.includes('n={after}&')")


def test_the_lesson_exposes_its_options(tab: Tab) -> None:
    snapshot = tab.control("lesson").aria_snapshot()
    assert '- combobox "step of the lesson":' in snapshot
    for number, preset in enumerate(find("live").presets, 1):
        assert f'option "{number}. {preset.title}"' in snapshot.replace("'", "")


@pytest.mark.parametrize("lab", ["live", "law"])
def test_figures_are_large_for_a_class_on_a_small_projector(tabs: Tabs, small: str, lab: str) -> None:
    query = small if lab == "live" else "panel=circle&draws=100&n=5"
    tab = tabs.shared(f"{query}&projector=on", lab)
    tab.page.locator(".ex-root.ex-projector").wait_for()
    for width, height in ((1024, 768), (1280, 720)):
        with tab.sized(width, height):
            box = tab.page.locator(".ex-hero .bk-Figure").bounding_box()
            assert box is not None
            assert box["height"] >= 300, width
            assert box["width"] >= 0.8 * width, width
            assert tab.page.locator(".ex-thumb").count() == (4 if lab == "live" else 1)
            for drawer, part in (("controls", ".ex-side"), ("story", ".ex-story")):
                assert tab.page.locator(part).is_hidden(), (width, drawer)
                tab.page.get_by_role("button", name=drawer, exact=True).click()
                tab.page.locator(part).wait_for()
                tab.page.get_by_role("button", name=drawer, exact=True).click()
                tab.page.locator(part).wait_for(state="hidden")
            assert tab.page.evaluate("() => document.documentElement.scrollWidth") <= width
