"""The Bayes lab's page: every panel with its slider."""

import pytest

from explorer.labs.bayes import LAB
from tests.browser.panels import Case, look_at
from tools.pages import Tabs

FIT = "n=40&k=8&chains=2&samples=6&warmup=10&thin=2&max_steps=20&seeds=1"
ATTACK = f"{FIT}&ensemble=2&tested=20&attack_steps=3"
CASES = {
    "overview": Case(f"{ATTACK}&n_vi=40&vi_steps=20", "n", ("headline:average", "rebuttal:average"), ("headline",)),
    "exact": Case(f"{FIT}&d=6&samples_shown=5", "n", ("fading:normal",), ("arrows", "fading")),
    "headline": Case(
        f"{ATTACK}&n_vi=40&vi_steps=20", "n", ("headline:average", "headline-bars:bars"), ("headline", "headline-bars")
    ),
    "rebuttal": Case(ATTACK, "n", ("rebuttal:average", "rebuttal-gap:pgd"), ("rebuttal", "rebuttal-gap")),
    "sampler": Case(
        "n=12&k=3&samples=24&warmup=10&leapfrogs=4", "n", ("sampler:trails", "sampler-trace:traces"), ("sampler",)
    ),
}


def test_every_panel_has_a_case() -> None:
    assert set(CASES) == {panel.slug for panel in LAB.panels}


@pytest.mark.parametrize("slug", CASES)
def test_a_panel_draws_its_figures_says_what_they_show_and_follows_its_slider(tabs: Tabs, slug: str) -> None:
    look_at(tabs, "bayes", slug, CASES[slug], said=r"\w")
