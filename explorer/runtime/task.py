"""Something that the worker computes in turns.

A stream's next frame may be minutes away, but it asks `stop()` at least every 50 ms of work. That is where its turn
ends: each task has a thread of its own, which runs only while the worker waits for it, so that never two compute at
once and nobody's numbers depend on who else is there.
"""

import threading
import time
from collections.abc import Callable, Iterator
from typing import Any

from explorer.labs import Stop


class Task:
    """A generator that goes on in turns.

    Args:
        number: by which the scheduler knows it.
        work: makes the generator, given its `stop`.
        stopped: set by whoever does not want it any more.
    """

    def __init__(self, number: int, work: Callable[[Stop], Iterator[Any]], stopped: threading.Event) -> None:
        self.number = number
        self.stopped = stopped
        self.seconds = 0.0
        self.over = False
        self._work = work
        self._until = 0.0
        self._found: Any = None
        self._error: BaseException | None = None
        self._go, self._back = threading.Semaphore(0), threading.Semaphore(0)
        self._thread = threading.Thread(target=self._live, name=f"task-{number}", daemon=True)
        self._thread.start()

    def turn(self, seconds: float) -> Any:
        """Go on for so long, or to the next thing that the generator yields: that thing, else None.

        Afterwards `over` says whether it has ended. Raises what the generator raises.
        """
        began = time.perf_counter()
        self._until = began + seconds
        self._go.release()
        self._back.acquire()
        self.seconds += time.perf_counter() - began
        found, self._found = self._found, None
        if isinstance(self._error, Exception):
            raise self._error
        if self._error is not None:  # a module of somebody's own that wants to end the process
            raise RuntimeError(f"{self._error!r} was raised")
        return found

    def _live(self) -> None:
        self._go.acquire()
        try:
            found = iter(()) if self.stopped.is_set() else self._work(self._stop)
            for self._found in found:
                self._rest()
                if self.stopped.is_set():
                    break
        except BaseException as error:
            self._error = error
        self.over = True
        self._back.release()

    def _stop(self) -> bool:
        if time.perf_counter() >= self._until and threading.current_thread() is self._thread:
            self._rest()
        return self.stopped.is_set()

    def _rest(self) -> None:
        self._back.release()
        self._go.acquire()
