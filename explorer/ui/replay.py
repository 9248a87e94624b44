"""The pace at which recorded frames are shown again: all of them in about three seconds."""

from collections.abc import Callable

from explorer.ui.loop import Loop

EVERY = 120  # ms a frame is shown: eight a second are still seen one by one
SHOWN = 25  # frames of a run


class Replay:
    """Calls `step` once after a while, for as long as it is asked to go on, with how many frames to go."""

    def __init__(self, loop: Loop, step: Callable[[int], None]) -> None:
        self._loop, self._step = loop, step
        self._waiting = False
        self._stride = 1

    def go_on(self, recorded: int) -> None:
        """One more step, unless one is due already, through so many frames."""
        self._stride = -(-recorded // SHOWN)
        if not self._waiting:
            self._waiting = True
            self._loop.later(EVERY, self._due)

    def _due(self) -> None:
        self._waiting = False
        self._step(self._stride)
