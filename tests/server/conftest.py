"""A server for the tests of many visitors, and the tabs of each."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser

from tools.pages import ROOT, Server, Tabs


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with Server(tmp_path_factory.mktemp("server"), program=("tests/server/short_lived.py",)) as server:
        yield server
        assert f'File "{ROOT / "explorer"}' not in server.said(), "a traceback of ours"


@pytest.fixture(scope="session")
def tabs(browser: Browser, server: Server) -> Iterator[Tabs]:
    tabs = Tabs(browser, server)
    yield tabs
    tabs.close()
    server.until(lambda health: not (health["viewers"] or health["running"] or health["waiting"]), "an empty server")


@pytest.fixture(autouse=True)
def watched(tabs: Tabs, request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[None]:
    with tabs.watched(lambda: request.session.testsfailed, tmp_path):
        yield
