"""A small run of a dragged slider's value, as soon as the hand rests."""

from collections.abc import Callable

from explorer.settings import Settings
from explorer.ui.loop import Loop

AFTER = 60  # ms a drag must rest before a preview starts; an arrow key's full job comes sooner than that


class Preview:
    """The newest value wins; `start` is called with settings of a smaller job."""

    def __init__(self, loop: Loop, start: Callable[[Settings], None]) -> None:
        self._loop, self._start = loop, start
        self._newest: Settings | None = None

    def offer(self, settings: Settings) -> None:
        """The slider passes these."""
        waiting, self._newest = self._newest is not None, settings
        if not waiting:
            self._loop.later(AFTER, self._rest)

    def drop(self) -> None:
        """The slider was let go: the whole run comes instead."""
        self._newest = None

    def _rest(self) -> None:
        if self._newest is not None:
            self._start(self._newest.preview())
            self._newest = None
