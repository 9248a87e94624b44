"""Files of somebody's own are read apart: some forms take seconds, and everybody else's pages go on meanwhile.

Who takes another one before the first is read wants the other one: whichever is read sooner, the newest take counts.
"""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.ui.loop import Loop

READING = "the file is being read"
AT_ONCE = 500  # milliseconds: nothing need be said of what takes no longer


class Reading:
    """What is being read for one page. `say` is called with a word, should it take a while."""

    def __init__(self, loop: Loop, say: Callable[[str], None]) -> None:
        self._loop, self._say = loop, say
        self._takes = 0  # so far
        self._awaited = 0  # the number of the newest take; 0 once that has been read

    def take(
        self, read: Callable[[], Mapping[str, Any]], then: Callable[[Mapping[str, Any] | Exception], None]
    ) -> None:
        """Have `read` called apart, and `then` in a tick with what it gave or raised, unless a later take came."""
        self._takes += 1
        mine = self._awaited = self._takes

        def found() -> Mapping[str, Any] | Exception:
            try:
                return read()
            except Exception as error:  # raised again where somebody sees it
                return error

        def taken(what: Mapping[str, Any] | Exception) -> None:
            if mine == self._awaited:
                self._awaited = 0
                then(what)

        self._loop.apart(found, taken)
        if self._awaited:
            self._loop.later(AT_ONCE, self._still)

    def _still(self) -> None:
        if self._awaited:
            with self._loop.held():
                self._say(READING)
