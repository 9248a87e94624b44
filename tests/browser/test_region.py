"""The Region lab's page: every panel at a size of a moment, with its slider."""

import pytest

from explorer.labs.region import LAB
from tests.browser.panels import Case, look_at
from tools.pages import Tabs

SMALL = {panel.slug: panel.small for panel in LAB.panels}


def case(slug: str, sources: tuple[str, ...], cards: tuple[str, ...], slider: str = "n", **changes: object) -> Case:
    """A panel's smallest run, with these changes."""
    values = {**SMALL[slug], **changes}
    query = "&".join(f"{n}={','.join(map(str, v)) if isinstance(v, tuple) else v}" for n, v in values.items())
    return Case(query, slider, sources, cards)


CASES = {
    "overview": case("overview", ("gallery:places", "defence:new"), ("gallery", "defence", "rivals")),
    "gallery": case("gallery", ("success:dots",), ("gallery", "added", "success", "meaning")),
    "defence": case("defence", ("defence:new",), ("defence", "kinds", "attacks")),
    "rivals": case("rivals", ("rivals:dots",), ("rivals", "access")),
    "images": case("images", ("images:dots",), ("images", "gap", "made")),
    "sharing": case("sharing", ("sharing:dots",), ("sharing", "cost")),
    "boundary": case("boundary", ("distance:new",), ("boundary", "distance")),
    "posterior": case("posterior", ("posterior:each",), ("posterior", "carried", "cancelled")),
}


def test_every_panel_has_a_case() -> None:
    assert set(CASES) == {panel.slug for panel in LAB.panels}


@pytest.mark.parametrize("slug", CASES)
def test_a_panel_draws_its_figures_says_what_they_show_and_follows_its_slider(tabs: Tabs, slug: str) -> None:
    look_at(tabs, "region", slug, CASES[slug], said=r"\w")
