"""A server beside somebody's homework, and a way to ask it without a browser."""

import asyncio
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest

from tools.pages import ROOT, Server

Do = Callable[[Coroutine[Any, Any, Any]], Any]


@pytest.fixture(scope="session")
def homework(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a program that says when it was run."""
    folder = tmp_path_factory.mktemp("homework")
    (folder / "homework.py").write_text("import pathlib\npathlib.Path('ran').touch()\nraise SystemExit(5)\n")
    return folder


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory, homework: Path) -> Iterator[Server]:
    """Started there as a user does."""
    folder, program = tmp_path_factory.mktemp("server"), (str(ROOT / "tests/web/few_pages.py"),)
    with Server(folder, "--allow-origin", "https://lab.example", program=program, cwd=homework) as server:
        yield server
        assert server.process.poll() is None, "the server ended"
        said = server.said()
        assert f'File "{ROOT / "explorer"}' not in said, "a traceback of ours"
        assert "Uncaught" not in said, "an answer that failed"
        assert max(map(len, said.splitlines())) < 500, "somebody's message in the log"


@pytest.fixture
def do(server: Server) -> Iterator[Do]:
    """Runs a coroutine; Playwright, where it was used before, has a loop running in this thread."""
    with ThreadPoolExecutor(1) as thread:
        yield lambda work: thread.submit(asyncio.run, work).result()


@pytest.fixture
def log(server: Server) -> Callable[[], str]:
    """What the server has said since the test began."""
    before = len(server.said())
    return lambda: server.said()[before:]
