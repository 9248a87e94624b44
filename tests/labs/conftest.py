"""Whole runs of presets, computed once and looked at by many tests."""

from collections.abc import Callable
from functools import cache

import pytest

from explorer.device import pick
from explorer.frames import Frame
from explorer.labs.live import LAB


@pytest.fixture(scope="session")
def film() -> Callable[[str], list[Frame]]:
    """The frames of a preset of the live lab."""

    @cache
    def compute(name: str) -> list[Frame]:
        return list(LAB.stream(LAB.settings.make(**LAB.preset(name).settings), pick(), lambda: False))

    return compute
