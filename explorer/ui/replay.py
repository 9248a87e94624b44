"""The pace at which recorded frames are shown again."""

from collections.abc import Callable

from explorer.ui.loop import Loop

EVERY = 120  # ms a frame is shown: eight a second are still seen one by one


class Replay:
    """Calls `step` once after a while, for as long as it is asked to go on."""

    def __init__(self, loop: Loop, step: Callable[[], None]) -> None:
        self._loop, self._step = loop, step
        self._waiting = False

    def go_on(self) -> None:
        """One more step, unless one is due already."""
        if not self._waiting:
            self._waiting = True
            self._loop.later(EVERY, self._due)

    def _due(self) -> None:
        self._waiting = False
        self._step()
