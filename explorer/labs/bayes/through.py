"""Steps of which nobody wants to see more than what they come to."""

from collections.abc import Generator
from typing import TypeVar

Found = TypeVar("Found")


def through(steps: Generator[object, None, Found]) -> Generator[None, None, Found]:
    """What it returns; of what it yields only that it is still there."""
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value
        yield None
