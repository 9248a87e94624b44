"""Whole runs of presets, computed once and looked at by many tests, whichever worker they run in."""

import os
from collections.abc import Callable
from functools import lru_cache, partial

import pytest

from explorer.frames import Frame
from explorer.labs.live import LAB
from tests.labs.whole import Whole, frames


@pytest.fixture(scope="session")
def whole(tmp_path_factory: pytest.TempPathFactory) -> Whole:
    """The frames of a lab's preset, by its name; kept in the folder of this test run, which its workers share."""
    own = tmp_path_factory.getbasetemp()
    folder = (own.parent if "PYTEST_XDIST_WORKER" in os.environ else own) / "whole-runs"
    folder.mkdir(exist_ok=True)
    # the last few stay in memory: a file's tests look at the same ones again and again
    return lru_cache(maxsize=4)(partial(frames, folder))


@pytest.fixture(scope="session")
def film(whole: Whole) -> Callable[[str], list[Frame]]:
    """The frames of a preset of the live lab."""
    return partial(whole, LAB)
