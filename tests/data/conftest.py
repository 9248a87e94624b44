"""A server for downloads, and the folder with the real sets where there is one."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.data.sites import Site, serving


@pytest.fixture
def site(monkeypatch: pytest.MonkeyPatch) -> Iterator[Site]:
    monkeypatch.setenv("NO_PROXY", "*")
    with serving() as started:
        yield started


@pytest.fixture
def real() -> Path:
    """The data folder that holds the real sets."""
    named = os.environ.get("EXPLORER_DATA")
    if not named or not Path(named, "mnist").is_dir():
        pytest.skip("EXPLORER_DATA names no folder with the real data sets")
    return Path(named)
