"""The Prunability lab's page: every panel at a size of a moment, with its slider."""

import pytest

from explorer.labs.prunability import LAB
from tests.browser.panels import Case, look_at
from tools.pages import Tabs

SMALL = {panel.slug: panel.small for panel in LAB.panels}


def case(slug: str, sources: tuple[str, ...], cards: tuple[str, ...], slider: str = "n", **changes: object) -> Case:
    """A panel's smallest run, with these changes."""
    values = {**SMALL[slug], **changes}
    query = "&".join(f"{n}={','.join(map(str, v)) if isinstance(v, tuple) else v}" for n, v in values.items())
    return Case(query, slider, sources, cards)


CASES = {
    "overview": case("overview", ("curve:loss",), ("curve",)),
    "curve": case("curve", ("curve:loss", "energy:global"), ("curve", "weights", "energy", "histogram")),
    "rescaling": case("rescaling", ("rescaling:global",), ("rescaling", "constant", "layers")),
    "population": case("population", ("population:dots",), ("population",), cross_entropy=2.3),
    "league": case("league", ("league:dots",), ("league",), cross_entropy=2.3, nets=6),
    "tolerance": case("tolerance", ("tolerance:smallest",), ("tolerance",), cross_entropy=2.3, nets=6),
    "double-descent": case("double-descent", ("double-descent:test",), ("double-descent",)),
    "flatness": case("flatness", ("flatness:relu",), ("flatness",)),
    "norms": case("norms", ("norms:measure",), ("norms", "learning")),
    "bound": case("bound", ("bound:dots", "least:dots"), ("bound", "least")),
}


def test_every_panel_has_a_case() -> None:
    assert set(CASES) == {panel.slug for panel in LAB.panels}


@pytest.mark.parametrize("slug", CASES)
def test_a_panel_draws_its_figures_says_what_they_show_and_follows_its_slider(tabs: Tabs, slug: str) -> None:
    look_at(tabs, "prunability", slug, CASES[slug], said=r"\w")


def test_weights_go_from_the_picture_as_they_are_dragged_away(tabs: Tabs) -> None:
    tab = tabs.shared(f"panel=curve&{CASES['curve'].query}", "prunability")
    with tab.changes("weights:first"):
        tab.press("kept", "ArrowLeft")
