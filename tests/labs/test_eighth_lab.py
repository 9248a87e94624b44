"""A lab of two panels in one folder, `tests/eighth/dice`, is there wherever labs are; nothing else knows of it."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

import explorer
from explorer import labs
from explorer.labs import Lab
from tools.pages import ROOT, Server, Tabs

EIGHTH = ROOT / "tests" / "eighth"
PATH = os.pathsep.join([str(EIGHTH), str(ROOT)])


@pytest.fixture
def dice(monkeypatch: pytest.MonkeyPatch) -> Lab:
    """The lab, in this process and in those that it starts."""
    monkeypatch.setattr(labs, "__path__", [*labs.__path__, str(EIGHTH)])
    monkeypatch.setenv("PYTHONPATH", PATH)
    return labs.find("dice")


def call(*words: str, cwd: Path = ROOT) -> str:
    """What a command line prints, as a user types it."""
    command = [sys.executable, "-m", "explorer", *words]
    return subprocess.run(command, cwd=cwd, capture_output=True, text=True, check=True).stdout


def test_python_and_its_store_know_it(dice: Lab) -> None:
    assert [panel.slug for panel in dice.panels] == ["rolls", "largest"]
    assert dice in labs.labs()
    first, again = (explorer.run("dice", panel="largest", n=20) for _ in range(2))
    assert (first.source, again.source) == ("computed", "store")
    assert len(first.tables["largest"]["mean"]) == 5
    assert explorer.settings("dice").values()["panel"] == "rolls"


def test_the_command_line_knows_it(dice: Lab) -> None:
    assert "dice" in call("labs")
    ran = json.loads(call("run", "dice", "--set", "n=12", "--json"))
    assert sum(ran["tables"]["rolls"]["count"]) == 12
    (claim,) = json.loads(call("claims", "dice", "--json"))
    assert (claim["id"], claim["verdict"]) == ("dice-1", "supported")


def test_a_notebook_knows_it(dice: Lab, tmp_path: Path) -> None:
    nbformat, nbclient = pytest.importorskip("nbformat"), pytest.importorskip("nbclient")
    cells = [nbformat.v4.new_code_cell("import explorer\nexplorer.explore('dice', panel='largest')")]
    notebook = nbformat.v4.new_notebook(cells=cells)
    done = nbclient.NotebookClient(notebook, resources={"metadata": {"path": str(tmp_path)}}).execute()
    shown = {kind for output in done.cells[0].outputs for kind in output.get("data", {})}
    assert any("bokeh" in kind or "html" in kind for kind in shown)


def test_every_contract_of_panels_holds_for_it(dice: Lab) -> None:
    """The tests that run over every panel there is, in a process that knows of it."""
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "tests/labs/test_panels.py",
        "-k",
        "dice",
    ]
    ran = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout[-3000:]
    passed = int(ran.stdout.rsplit(" passed", 1)[0].rsplit(maxsplit=1)[-1])
    assert passed >= 2 * 10  # ten for each panel


@pytest.fixture
def tabs(dice: Lab, browser: Browser, tmp_path: Path) -> Iterator[Tabs]:
    with Server(tmp_path) as server:
        tabs = Tabs(browser, server)
        yield tabs
        tabs.close()
        assert "Traceback" not in server.said()


def test_the_page_knows_it(tabs: Tabs) -> None:
    tab = tabs.new().open("", "dice")
    assert sum(tab.data("rolls:dots")["count"]) == 60
    with tab.changes("rolls:dots"):
        tab.press("n", "ArrowRight")
    tab.until_done()
    assert "came up most often" in tab.page.locator(".ex-say-rolls .say").inner_text()
    tab = tabs.new().open("preset=many", "dice")
    assert tab.rows("largest:dots") == 9
    assert "the largest of 9 dice" in tab.page.locator(".ex-caption p").first.inner_text().lower()
