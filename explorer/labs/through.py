"""Steps of which nobody wants to see more than what they come to."""

from collections.abc import Generator
from typing import TypeVar

from explorer.labs import Stop

Found = TypeVar("Found")


def through(steps: Generator[object, None, Found], stop: Stop = lambda: False) -> Generator[None, None, Found | None]:
    """What they return, and of what they yield only that they go on; None once `stop()` is true, asked before each."""
    while not stop():
        try:
            next(steps)
        except StopIteration as ended:
            return None if stop() else ended.value
        yield None
    steps.close()
    return None
