"""Moving a control changes the data of the figures that depend on it, and of no others."""

import pytest

from tests.browser.presets import choose
from tools.pages import Server, Tab

CHOSEN = (
    "lipschitz:k",
    "attack:chosen",
    "pruning:chosen",
    "training:chosen",
    "f:image",
    "slope:image",
    "neurons:neurons",
)
FIGURES = ("lipschitz:upper", "lipschitz:lower", "attack:all", "pruning:all", "training:all", "f:image")


@pytest.mark.parametrize("name", ["n", "d", "p"])
def test_a_slider_changes_every_figure(tab: Tab, name: str) -> None:
    with tab.changes(*FIGURES):
        tab.press(name, "ArrowRight")
    tab.until_done()


def test_k_shows_another_network_and_trains_none(tab: Tab, server: Server) -> None:
    started = server.health()["started"]
    with tab.keeps("training:all", "attack:all", "pruning:all", "lipschitz:upper"):
        for key in ("Home", "ArrowRight"):
            with tab.changes(*CHOSEN):
                tab.press("k_shown", key)
        assert tab.data("lipschitz:k")["x"] == [8, 8]
    assert server.health()["started"] == started


def test_a_dragged_slider_shows_a_small_run_and_starts_the_whole_one_when_let_go(tab: Tab) -> None:
    address = tab.page.url
    box = tab.control("n").locator(".MuiSlider-root").bounding_box()
    thumb = tab.control("n").locator(".MuiSlider-thumb").bounding_box()
    assert box is not None
    assert thumb is not None
    middle = thumb["y"] + thumb["height"] / 2
    tab.page.mouse.move(thumb["x"] + thumb["width"] / 2, middle)
    with tab.changes(*FIGURES[:-1]):
        tab.page.mouse.down()
        tab.page.mouse.move(box["x"] + box["width"] / 2, middle, steps=5)
        tab.page.locator(".status", has_text="preview").wait_for()
    assert tab.page.url == address
    tab.page.mouse.up()
    tab.page.wait_for_url(lambda url: url != address)
    tab.page.locator(".status:not(:has-text('preview')) .done").wait_for()
    assert f"n={tab.slider('n').get_attribute('aria-valuetext')}" in tab.page.url


def test_a_drag_that_ends_without_a_release_leaves_no_preview(tab: Tab) -> None:
    """As that of a finger does which becomes a scroll."""
    address, thumb = tab.page.url, tab.control("n").locator(".MuiSlider-thumb")
    value = tab.slider("n").get_attribute("aria-valuetext")
    box = thumb.bounding_box()
    assert box is not None
    middle = box["y"] + box["height"] / 2
    tab.page.mouse.move(box["x"] + box["width"] / 2, middle)
    tab.page.mouse.down()
    tab.page.mouse.move(box["x"] + 60, middle, steps=5)
    tab.page.locator(".status", has_text="preview").wait_for()
    tab.page.evaluate("() => { dispatchEvent(new PointerEvent('pointercancel')) }")
    tab.until_done()
    tab.control("n").locator(f"input[aria-valuetext='{value}']").wait_for(state="attached")
    assert tab.page.url == address
    tab.page.mouse.up()
    tab.page.wait_for_url(lambda url: url != address)
    tab.until_done()


@pytest.mark.parametrize("steps", [1, 4])
def test_dragging_in_the_first_figure_chooses_k(tab: Tab, steps: int) -> None:
    tab.press("k_shown", "Home")
    tab.until("() => explorer.source('lipschitz:k').data.x[0] === 4")
    tab.drag("lipschitz", (0.4, 0.5), (0.74, 0.5), steps=steps)  # its margin has the labels
    tab.until("() => explorer.source('lipschitz:k').data.x[0] === 16")
    assert tab.slider("k_shown").get_attribute("aria-valuetext") == "16"
    tab.drag("lipschitz", (0.15, 0.5))
    tab.until("() => explorer.source('lipschitz:k').data.x[0] === 4")


def test_a_width_that_does_not_fit_is_ringed(tab: Tab) -> None:
    dots, rings = tab.data("lipschitz:dots"), tab.data("lipschitz:unfit")
    assert 4 in rings["k"]  # it has fewer parameters than there are points
    assert min(rings["mse"]) > 1e-3 >= max(dots["mse"])
    assert sorted(dots["x"] + rings["x"]) == sorted(tab.data("lipschitz:stems")["x"])


def test_a_preset_is_turned_to_and_explained(tab: Tab) -> None:
    choose(tab, "Real data, random labels")
    tab.until("() => new URLSearchParams(location.search).get('data') === 'digits'")
    with tab.changes(*FIGURES):  # nobody waits for the run of the preset before
        choose(tab, "The edge of what squares can fit")
