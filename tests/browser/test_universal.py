"""The universal lab's page: every panel with its slider, and a data set that is not here."""

import os
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser

from explorer.labs.universal import LAB
from tests.browser.panels import Case, look_at
from tools.pages import Server, Tab, Tabs

CASES = {
    "overview": Case("n=16&ds=4,8&seeds=1", "n", ("thresholds:fits",), ("thresholds", "capacity", "calculator")),
    "thresholds": Case(
        "n=16&ds=4,8,16&widths=1,2,4,8&seeds=1", "n", ("thresholds:fits", "factor:dots"), ("thresholds", "factor")
    ),
    "capacity": Case(
        "n=60&widths=8,16&seeds=1&max_steps=40&restarts=1",
        "n",
        ("capacity:attacked", "capacity-lip:lower"),
        ("capacity",),
    ),
    "calculator": Case("", "n", ("calculator:exact", "real-data:dots"), ("calculator", "real-data")),
    "isoperimetry": Case(
        "draws=2000&ds=5,10,20", "d", ("isoperimetry:tails", "isoperimetry-values:chosen"), ("isoperimetry",)
    ),
    "finite-class": Case(
        "N=50&n=100&ds=10,20&seeds=2", "n", ("finite-class:dots", "finite-class-steep:dots"), ("finite-class",)
    ),
    "noise": Case("n=30&d=4&widths=16&seeds=1&max_steps=100", "n", ("noise:noisy",), ("noise",)),
    "gradients": Case(
        "n=30&ds=60,120,240&sizes=1,2&draws=200",
        "n",
        ("gradients:mean-dots", "gradients-max:dots"),
        ("gradients", "gradients-max"),
    ),
    "features": Case("n=20&d=4&seeds=2", "n", ("features:dots", "features-lip:random-dots"), ("features",)),
    "generalisation": Case(
        "ns=20,40&ds=4,8&n=40&seeds=2&max_steps=40", "lip", ("generalisation:dots",), ("generalisation",)
    ),
}


def test_every_panel_has_a_case() -> None:
    assert set(CASES) == {panel.slug for panel in LAB.panels}


@pytest.mark.parametrize("slug", CASES)
def test_a_panel_draws_its_figures_says_what_they_show_and_follows_its_slider(tabs: Tabs, slug: str) -> None:
    look_at(tabs, "universal", slug, CASES[slug], said=r"\w")


@pytest.fixture
def mirror() -> Iterator[str]:
    """A copy of the data folder on the web."""
    real = os.environ.get("EXPLORER_DATA", "")
    if not Path(real, "mnist").is_dir():
        pytest.skip("EXPLORER_DATA names no folder with MNIST")
    site = ThreadingHTTPServer(("127.0.0.1", 0), partial(SimpleHTTPRequestHandler, directory=real))
    thread = Thread(target=site.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{site.server_port}/"
    site.shutdown()
    thread.join()
    site.server_close()


def test_a_set_that_is_not_here_is_asked_for_brought_and_used(
    browser: Browser, mirror: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "data").mkdir()
    for name, value in {"EXPLORER_DATA": tmp_path / "data", "EXPLORER_DATA_SOURCE": mirror, "NO_PROXY": "*"}.items():
        monkeypatch.setenv(name, str(value))
    with Server(tmp_path) as server:
        tab = Tab(server, browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce"))
        query = "panel=capacity&data=mnist&n=40&widths=4,8&seeds=1&max_steps=10&restarts=1&attack_steps=2"
        tab.page.goto(f"{server.address}/universal?{query}")
        box = tab.page.locator(".ex-data-box")
        box.get_by_text("is not here. Download 11.6 MB").wait_for()
        assert tab.page.locator(".status .done").count() == 0
        box.get_by_role("button", name="use the 8x8 digits").click()
        box.wait_for(state="hidden")
        tab.until_done()
        assert "data=mnist" not in tab.page.url
        tab.page.go_back()
        box.get_by_role("button", name="download (11.6 MB)").click()
        box.wait_for(state="hidden")
        tab.until_done()
        assert "data=mnist" in tab.page.url
        assert tab.rows("capacity:attacked") == 2
        tab.page.context.close()
    assert (tmp_path / "data/mnist/train-images-idx3-ubyte.gz").is_file()
