"""The law lab's page: its picture, its tabs, and every panel with its sliders."""

import re
from pathlib import Path

import numpy as np
import pytest

from explorer.labs.law import LAB
from tests.browser.panels import Case, look_at
from tests.data.files_of_networks import chain, perceptron, saved
from tools.pages import Server, Tab, Tabs

CASES = {
    "overview": Case(
        "n=24&d=8&widths=8,16,32&k=16&seeds=1",
        "n",
        ("picture:cells", "grouped:ball", "trained:dots"),
        ("picture", "ladder"),
    ),
    "grouped": Case("n=64&d=64&sizes=1,2,4", "d", ("grouped:ball", "grouped-transition:dots"), ("grouped",)),
    "ladder": Case("n=30&d=6&k=16", "k", ("ladder:found", "ladder:certified", "ladder-gaps:dots"), ("ladder",)),
    "trained": Case("n=30&d=6&widths=8,16,32,64&seeds=1", "n", ("trained:dots", "trained-loglog:dots"), ("trained",)),
    "one-neuron": Case("n=40&d=30", "n", ("one-neuron:ball", "one-neuron-points:ball"), ("one-neuron",)),
    "heat-map": Case(
        "d=5&ns=10,20,40&widths=4,8,16&seeds=1&max_steps=300",
        "d",
        ("heat-map:cells", "heat-map-diagonal:dots"),
        ("heat-map",),
    ),
    "degree": Case("n=30&d=12&ds=12,16&seeds=1", "p", ("degree:curves", "degree-neurons:sum"), ("degree",)),
    "proxy": Case("n=30&d=6&widths=8,16,32&seeds=1", "n", ("proxy:dots", "proxy:floor"), ("proxy",)),
    "circle": Case("n=10&draws=500", "n", ("circle:found", "circle:law"), ("circle",)),
    "noise": Case("n=40&d=5&widths=32,64&seeds=1", "sigma", ("noise:noisy", "noise-width:dots"), ("noise",)),
}


@pytest.fixture
def law(tabs: Tabs) -> Tab:
    """The page of law that all tests share, at a panel that takes a moment."""
    return tabs.shared(f"panel=circle&{CASES['circle'].query}", "law")


def test_every_panel_has_a_case() -> None:
    assert set(CASES) == {"overview", *(panel.slug for panel in LAB.panels)}


@pytest.mark.parametrize("slug", CASES)
def test_a_panel_draws_its_figures_says_what_they_show_and_follows_its_slider(tabs: Tabs, slug: str) -> None:
    look_at(tabs, "law", slug, CASES[slug])


def test_a_tab_turns_to_its_panel_and_a_strip_says_where_that_is(law: Tab) -> None:
    assert law.page.locator(".ex-card-picture").count() == 0  # the picture stands on the overview only
    assert "k is no setting here" in law.page.locator(".strip").inner_text()
    law.page.get_by_role("tab", name="Ladder").click()
    law.page.locator(".ex-card-ladder").wait_for()
    law.until_done()
    assert "You are here" in law.page.locator(".strip").inner_text()
    assert "panel=ladder" in law.page.url
    assert law.rows("ladder:found") > 0
    assert law.page.locator(".ex-card-circle").count() == 0
    assert "Seven numbers for one constant" in law.page.locator(".ex-story .story").last.inner_text()
    assert law.control("k").is_visible()
    assert not law.control("draws").is_visible()
    law.page.get_by_role("button", name="open overview").click()
    law.page.locator(".ex-card-picture").wait_for()
    assert law.page.locator(".strip").is_hidden()


def test_tabs_turn_faster_than_panels_are_computed(tabs: Tabs) -> None:
    """What is drawn never overtakes the figures in which it is drawn: the browser would not know them.

    A page of its own: where the first of two clicks finds nothing drawn yet, the second leaves a run A behind.
    """
    law = tabs.new().open(f"panel=ladder&{CASES['ladder'].query}", "law")
    for name in ("Trained", "Proxy", "Ladder"):
        law.page.get_by_role("tab", name=name).click()
        law.click("compare")
        law.click("compare")
    law.page.locator(".ex-card-ladder").wait_for()
    law.until_done()
    law.until("(source) => explorer.rows(source) > 0", "ladder:found")  # figures come after the word that it is done
    assert not [line for line in law.console if line.startswith("uncaught")]


def test_what_does_not_fit_a_panel_is_brought_within_its_reach_and_said(law: Tab) -> None:
    law.turn(f"panel=circle&{CASES['circle'].query}&d=500&ds=12,16&seeds=1")
    law.page.get_by_role("tab", name="Degree").click()
    law.page.locator(".ex-notices [role=alert]").wait_for()
    assert "d = 500" in law.notice
    assert "using 400" in law.notice
    law.until("() => new URLSearchParams(location.search).get('d') === '400'")
    assert law.page.get_by_role("tab", name="Degree").get_attribute("aria-selected") == "true"


def test_layers_are_switched_without_a_run(law: Tab, server: Server) -> None:
    law.turn(f"panel=overview&{CASES['overview'].query}")
    started = server.health()["started"]
    for layer in ("floors", "constructions", "trained"):
        with law.changes("picture:cells"):
            law.control("layer").get_by_role("button", name=layer).click()
    assert server.health()["started"] == started


def test_a_network_of_ones_own_climbs_the_ladder_and_a_bad_one_is_refused(law: Tab, tmp_path: Path) -> None:
    law.turn(f"panel=ladder&{CASES['ladder'].query}")
    rng = np.random.default_rng(0)
    own, bad = tmp_path / "own.npz", tmp_path / "bad.npz"
    np.savez(own, W=rng.normal(size=(5, 12)), b=np.zeros(12), a=rng.normal(size=12))
    np.savez(bad, W=rng.normal(size=(5, 12)), b=np.zeros(3), a=rng.normal(size=12))
    chooser = law.control("own").locator("input[type=file]")
    with law.changes("ladder:found", "ladder:certified"):
        chooser.set_input_files(own)
    law.until_done()
    assert re.search(r"network=net-[0-9a-f]{16}", law.page.url)
    chooser.set_input_files(bad)
    law.page.locator(".ex-notices [role=alert]").filter(has_text="expected").wait_for()
    assert "b has shape (3,)" in law.notice


@pytest.mark.parametrize("form", ["state dict", "onnx"])
def test_a_deep_network_of_torch_is_read_apart_and_says_what_cannot_be_known(
    law: Tab, form: str, tmp_path: Path
) -> None:
    law.turn(f"panel=ladder&{CASES['ladder'].query}")
    net = perceptron(5, 9, 7, 1)
    own = tmp_path / "net.pt"  # its name says nothing
    own.write_bytes(saved(net.state_dict()) if form == "state dict" else chain(net).SerializeToString())
    with law.changes("ladder:found", "ladder:certified"):
        law.control("own").locator("input[type=file]").set_input_files(own)
    law.until_done()
    assert ("ReLU, max(0, t) is assumed" if form == "state dict" else "states its activation: ReLU") in law.notice
    assert "certificate, slope box and ECLipsE-Fast are for one hidden layer" in law.notice
    law.page.get_by_text("the product of norms: no certificate is known for such a network").first.wait_for()
