"""A small run of a dragged slider's value, as soon as the hand rests."""

from collections.abc import Callable

from explorer.settings import Settings
from explorer.ui.loop import Loop

AFTER = 60  # ms a drag must rest before a preview starts; an arrow key's full job comes sooner than that
GONE = 1000  # ms after which a slider that no hand is on has told all that it will tell


class Preview:
    """The newest value wins. It stands as long as a hand is on the slider, which need not let it go at a value.

    A finger's drag may become a scroll, and a busy browser may tell a value late that was passed, or one that nobody
    chose: then the run of the settings comes back.

    Args:
        loop: where ticks run.
        start: called with settings of a smaller job.
        back: called when a preview stands that no hand holds.
    """

    def __init__(self, loop: Loop, start: Callable[[Settings], None], back: Callable[[], None]) -> None:
        self._loop, self._start, self._back = loop, start, back
        self._newest: Settings | None = None
        self._stands = False
        self._held = True  # until somebody tells of hands: a notebook does not

    def hold(self, held: bool) -> None:
        """A hand is on a slider, or is no more."""
        self._held = held
        self._watch()

    def offer(self, settings: Settings) -> None:
        """The slider passes these."""
        waiting, self._newest = self._newest is not None, settings
        if not waiting:
            self._loop.later(AFTER, self._rest)

    def drop(self) -> None:
        """The slider was let go: the whole run comes instead."""
        self._newest, self._stands = None, False

    def _rest(self) -> None:
        if self._newest is not None:
            self._start(self._newest.preview())
            self._newest, self._stands = None, True
            self._watch()

    def _watch(self) -> None:
        if self._stands and not self._held:
            self._loop.later(GONE, self._give_way)

    def _give_way(self) -> None:
        if self._stands and not self._held:
            self._back()
