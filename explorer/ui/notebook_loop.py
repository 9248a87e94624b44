"""The ticks of a notebook cell."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import panel as pn

from explorer.ui.loop import Made, Tick, aside


class NotebookLoop:
    """A notebook cell: a document without a server never runs a next tick, the loop that brings its messages does.

    JupyterLab brings a cell's messages in the kernel's main thread at first and in a subshell's soon after, which
    goes on while the kernel computes other cells; ticks follow them there. Ticks and messages take turns: what two
    threads push at once arrives in pieces that the browser cannot put together.

    Args:
        push: sends to the cell what was written to its figures.

    Raises:
        RuntimeError: if no loop runs in this thread.
    """

    def __init__(self, push: Tick) -> None:
        self._kernel = self._loop = asyncio.get_running_loop()
        self._push = push
        self._turn = threading.RLock()

    def soon(self, call: Tick) -> None:
        try:
            self._loop.call_soon_threadsafe(self._run, call)
        except RuntimeError:  # the subshell has ended, as when the browser loads the notebook again
            self._loop = self._kernel
            self._loop.call_soon_threadsafe(self._run, call)

    def later(self, milliseconds: int, call: Tick) -> None:
        def wait() -> None:
            asyncio.get_running_loop().call_later(milliseconds / 1000, self._run, call)

        self.soon(wait)

    def held(self) -> AbstractContextManager[None]:
        return pn.io.hold()

    def flush(self) -> None:
        self._push()

    def apart(self, work: Callable[[], Made], then: Callable[[Made], None]) -> None:
        aside(self, work, then)

    @contextmanager
    def message(self) -> Iterator[None]:
        """While a message is handled: no tick runs; from then on they run where it came in."""
        with self._turn:
            self._loop = asyncio.get_running_loop()
            yield

    def _run(self, call: Tick) -> None:
        with self._turn:
            call()
            self._push()
