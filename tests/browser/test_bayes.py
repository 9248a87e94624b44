"""The Bayes lab's page: every panel at a size of a moment, with its slider."""

import pytest

from explorer.labs.bayes import LAB
from tests.browser.panels import Case, look_at
from tools.pages import Tabs

SMALL = {panel.slug: panel.small for panel in LAB.panels}


def case(slug: str, sources: tuple[str, ...], cards: tuple[str, ...], slider: str = "n", **changes: object) -> Case:
    """A panel's smallest run, with these changes."""
    values = {**SMALL[slug], **changes}
    query = "&".join(f"{n}={','.join(map(str, v)) if isinstance(v, tuple) else v}" for n, v in values.items())
    return Case(query, slider, sources, cards)


CASES = {
    "overview": case(
        "overview", ("arrows:average", "headline-bars:bars"), ("arrows", "headline-bars"), samples=4, samples_shown=4
    ),
    "exact": case("exact", ("fading:normal",), ("arrows", "fading"), samples_shown=5),
    "headline": case("headline", ("headline:average", "headline-bars:bars"), ("headline", "headline-bars"), samples=4),
    "rebuttal": case("rebuttal", ("rebuttal:average", "rebuttal-gap:pgd"), ("rebuttal", "rebuttal-gap"), samples=4),
    "sampler": case("sampler", ("sampler:trails", "sampler-trace:traces"), ("sampler",)),
    "directions": case("directions", ("directions:average", "collapse:dots"), ("directions", "collapse")),
    "support": case("support", ("support:dots",), ("support",)),
    "vanishing": case("vanishing", ("vanishing:mean",), ("vanishing",)),
    "samples": case("samples", ("samples-curves:own-dots",), ("samples", "samples-curves"), samples=8),
    "instrument": case("instrument", ("instrument:once",), ("instrument", "instrument-bars")),
    "masking": case("masking", ("masking:loss-dots",), ("masking",)),
    "cloud": case("cloud", ("cloud:hmc",), ("cloud", "cloud-softmax")),
    "prior": case("prior", ("prior:dots",), ("prior", "prior-robust")),
}


def test_every_panel_has_a_case() -> None:
    assert set(CASES) == {panel.slug for panel in LAB.panels}


@pytest.mark.parametrize("slug", CASES)
def test_a_panel_draws_its_figures_says_what_they_show_and_follows_its_slider(tabs: Tabs, slug: str) -> None:
    look_at(tabs, "bayes", slug, CASES[slug], said=r"\w")


@pytest.mark.parametrize("slug", ["overview", "directions"])
def test_in_a_low_window_one_reads_what_the_large_figure_says(tabs: Tabs, slug: str) -> None:
    tab = tabs.shared(f"panel={slug}&{CASES[slug].query}", "bayes")
    with tab.sized(1280, 720):
        said = tab.page.locator(".ex-hero .say b").bounding_box()
        status = tab.page.locator(".status").bounding_box()
        assert said is not None
        assert status is not None
        assert said["y"] + said["height"] <= status["y"]


def test_a_question_with_long_answers_is_read_in_lines_and_all_its_answers_are_in_its_bar(tabs: Tabs) -> None:
    tab = tabs.shared(f"panel=masking&{CASES['masking'].query}", "bayes")  # its answers are longer than the bar's half
    with tab.sized(1280, 720):
        tab.page.locator(".ex-lesson .next").click()
        tab.page.locator(".ex-lesson .answer").first.wait_for()
        bar = tab.page.locator(".ex-lesson .bar").bounding_box()
        said = tab.page.locator(".ex-lesson .said").bounding_box()
        last = tab.page.locator(".ex-lesson .skip").bounding_box()
        assert bar is not None
        assert said is not None
        assert last is not None
        assert said["width"] > 300
        assert last["x"] + last["width"] <= bar["x"] + bar["width"]
    tab.page.locator(".ex-lesson .back").click()
