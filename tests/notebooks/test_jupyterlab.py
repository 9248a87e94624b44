"""The cell in a real JupyterLab: what it draws moves with its controls, and ends when the cell is run again."""

from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser

from tools.jupyter import JupyterLab, Notebook
from tools.pages import Tab

pytestmark = [pytest.mark.notebook, pytest.mark.slow]

EXPLORE = """import explorer

explorer.explore("live", n=40, d=5, widths=[4, 8, 16], k_shown=8, seeds=1, trainer="gauss-newton", max_steps=50)"""

COUNT = """import gc

from explorer.runtime.scheduler import Scheduler

print([thing.health()["viewers"] for thing in gc.get_objects() if type(thing) is Scheduler])"""

FORGET = """import gc

from explorer.ui.notebook import Cell

for thing in gc.get_objects():
    if type(thing) is Cell:
        thing.close()"""


@pytest.fixture(scope="module")
def tab(browser: Browser, jupyterlab: JupyterLab) -> Iterator[Tab]:
    """The page that this module's tests share: each leaves the lab with other settings."""
    tab = Tab(jupyterlab, browser.new_context(viewport={"width": 1440, "height": 900}, reduced_motion="reduce"))
    yield tab
    tab.page.context.close()


@pytest.fixture(scope="module")
def notebook(tab: Tab, jupyterlab: JupyterLab) -> Notebook:
    """The lab in the first cell, its run complete; the second tells how many views are open, the third closes them."""
    notebook = jupyterlab.notebook(tab.page, EXPLORE, COUNT, FORGET)
    notebook.run(0)
    tab.until_done()
    return notebook


@pytest.fixture(autouse=True)
def told(tab: Tab, notebook: Notebook, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    """A failure tells what the page showed."""
    before = request.session.testsfailed
    yield
    if request.session.testsfailed > before:
        print(tab.report(tmp_path))


def test_n_trains_new_networks_and_shows_their_certificates(tab: Tab) -> None:
    old = tab.data("lipschitz:upper")
    with tab.changes("lipschitz:upper", "lipschitz:lower", "attack:chosen", "pruning:chosen", "training:chosen"):
        tab.press("n", "ArrowRight")
    tab.until_done()
    new = tab.data("lipschitz:upper")
    assert new["x"] == old["x"] == [4, 8, 16]
    assert all(a != b for a, b in zip(new["y"], old["y"], strict=True))


def test_k_looks_at_another_network_and_trains_none(tab: Tab) -> None:
    with tab.keeps("lipschitz:upper"), tab.changes("attack:chosen", "pruning:chosen", "f:image"):
        tab.press("k_shown", "ArrowRight")


def test_a_run_is_pinned(tab: Tab) -> None:
    with tab.changes("lipschitz:pin-stems", "attack:pin", "pruning:pin"):
        tab.click("compare")
    assert tab.data("lipschitz:pin-stems") == tab.data("lipschitz:stems")


def test_the_story_unfolds_and_its_links_stay_in_the_notebook(tab: Tab) -> None:
    assert tab.page.locator(".ex-caption").is_hidden()
    tab.click("fold-story")
    here = tab.page.url
    tab.choose("lesson", "The edge of what squares can fit")
    tab.page.get_by_role("button", name="just show it").click()
    link = tab.page.locator(".ex-caption a", has_text="n = 100")  # what to try belongs to a step
    link.wait_for()
    tab.until_done()
    with tab.changes("lipschitz:upper"):
        link.click()
    tab.page.locator(".ex-n input[aria-valuetext='100']").wait_for()
    assert tab.page.url == here


def test_a_figures_number_makes_it_large_in_a_cell_too(tab: Tab) -> None:
    tab.page.locator(".ex-card-attack .number").click()
    tab.page.locator(".ex-hero.ex-card-attack").wait_for()


def test_the_lab_is_dark_where_the_notebook_is(tab: Tab, notebook: Notebook) -> None:
    for theme, marked in (("JupyterLab Dark", 1), ("JupyterLab Light", 0)):
        notebook.command("apputils:change-theme", theme=theme)
        tab.page.locator(f".ex-cell{'.ex-dark' if marked else ':not(.ex-dark)'}").wait_for()


def test_nothing_comes_from_elsewhere(tab: Tab, jupyterlab: JupyterLab) -> None:
    tab.click("export")
    tab.page.locator(".ex-save-npz").wait_for()
    assert {urlsplit(url).netloc for url in tab.requested} <= {urlsplit(jupyterlab.address).netloc, ""}
    assert not [line for line in tab.console if line.startswith("uncaught")]


def test_a_new_run_of_the_cell_takes_the_place_of_the_old(tab: Tab, notebook: Notebook) -> None:
    notebook.run(0)
    tab.until_done()
    assert notebook.run(1) == "[1]"
    with tab.changes("lipschitz:upper"):
        tab.press("n", "ArrowRight")


def over(tab: Tab) -> str:
    """What stands over the cell of a view that is dead; waits for it."""
    note = tab.page.locator(".ex-over")
    note.wait_for()
    return note.inner_text()


def works(tab: Tab, notebook: Notebook) -> None:
    """The cell, run again, is a view that moves, with nothing over it."""
    notebook.run(0)
    tab.until_done()
    with tab.changes("lipschitz:upper"):
        tab.press("n", "ArrowRight")
    assert tab.page.locator(".ex-over").count() == 0


def test_a_view_whose_kernel_was_restarted_says_so(tab: Tab, notebook: Notebook) -> None:
    assert tab.page.locator(".ex-over").count() == 0
    notebook.restart()
    assert "was restarted" in over(tab)
    assert tab.page.evaluate("() => document.querySelector('.ex-over').nextElementSibling.inert")
    works(tab, notebook)


def test_a_view_whose_kernel_has_crashed_says_so(tab: Tab, notebook: Notebook) -> None:
    notebook.crash()
    assert "was restarted" in over(tab)
    works(tab, notebook)


def test_a_view_that_its_kernel_does_not_know_says_so_when_it_is_touched(tab: Tab, notebook: Notebook) -> None:
    notebook.run(2)
    tab.page.locator(".ex-cell h2").first.click()
    assert "does not answer" in over(tab)
    works(tab, notebook)
