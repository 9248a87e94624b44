"""One server for all browser tests, and the tabs of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tools.pages import ROOT, Server, Tab, Tabs

pytest.register_assert_rewrite("tests.browser.panels")  # else a failed visit does not say which labels cross


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server")) as server:
        yield server
        assert f'File "{ROOT / "explorer"}' not in server.said(), "a traceback of ours"
        assert "not taken" not in server.said(), "a page said what the server does not take"


@pytest.fixture(scope="session")
def tabs(browser: Browser, server: Server) -> Iterator[Tabs]:
    tabs = Tabs(browser, server)
    yield tabs
    tabs.close()


@pytest.fixture
def tab(tabs: Tabs, small: str) -> Tab:
    """The page of live that all tests share, at `small` and done. What is no setting (size, pins) a test puts back."""
    return tabs.shared(small)


@pytest.fixture(autouse=True)
def watched(tabs: Tabs, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    with tabs.watched(lambda: request.session.testsfailed, tmp_path):
        yield


@pytest.fixture(scope="session")
def small() -> str:
    """A run that takes a moment; the widths 4 and 8 cannot fit."""
    return "n=40&d=5&widths=4,8,16&k_shown=8&seeds=1&trainer=gauss-newton&max_steps=50"


@pytest.fixture(scope="session")
def film() -> str:
    """A run of many frames that takes minutes: sixteen seeds make its steps slow, but only the first is measured."""
    return "n=400&d=20&widths=32,64&k_shown=64&seeds=16&max_steps=100000&tolerance=1e-12"
