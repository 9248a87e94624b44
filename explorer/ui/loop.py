"""How the outside wakes a view up: on a server through its document, in a notebook through the loop of its messages.

A wake carries no data. At most one is pending a view, however many frames land in the meantime; the flag falls
before the tick runs, so that nothing that lands during the tick is lost.
"""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Protocol, runtime_checkable

import panel as pn
from bokeh.document import Document
from bokeh.document.models import DocumentModelManager

Tick = Callable[[], None]


@runtime_checkable
class Loop(Protocol):
    """Where a view's ticks run. `soon` may be called from any thread."""

    def soon(self, call: Tick) -> None:
        """Run `call` as soon as possible. Raises when the view is gone."""

    def later(self, milliseconds: int, call: Tick) -> None:
        """Run `call` once after a while; only from the view's own thread."""

    def held(self) -> AbstractContextManager[None]:
        """Send what changes inside together, and in order; only from the view's own thread."""

    def flush(self) -> None:
        """Send what was written to figures, which a server does by itself; only from the view's own thread."""


class ServerLoop:
    """A served page: ticks run in the document's next tick, which holds its lock.

    The tick is asked for in the server's own thread. Panel collects a document's events while it holds them, and its
    lists are no place for two threads: a next tick that another thread asks for at the wrong moment never comes.

    Changes are held by Bokeh's means. Those that `pn.io.hold` lets go (panel 1.9.4) are written past its queue: what
    comes after them may overtake them, and while the socket is busy the last of them may stay behind for good
    (`_dispatch_msgs` ends when the task before it has taken its mark away).

    Raises:
        RuntimeError: if no loop runs in this thread.
    """

    def __init__(self, doc: Document) -> None:
        self._doc, self._loop = doc, asyncio.get_running_loop()

    def soon(self, call: Tick) -> None:
        self._loop.call_soon_threadsafe(self._doc.add_next_tick_callback, call)

    def later(self, milliseconds: int, call: Tick) -> None:
        self._doc.add_timeout_callback(call, milliseconds)

    @contextmanager
    def held(self) -> Iterator[None]:
        if self._doc.callbacks.hold_value:
            yield
            return
        self._doc.hold("combine")
        try:
            with references_later(self._doc.models):
                yield
        finally:
            self._doc.unhold()

    def flush(self) -> None:
        pass


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


class Wake:
    """One view's alarm clock: any thread may ring, ticks coalesce."""

    def __init__(self, loop: Loop, tick: Tick) -> None:
        self._loop, self._tick = loop, tick
        self._pending = False
        self._lock = threading.Lock()

    def __call__(self) -> None:
        """Have the tick run soon, if it is not already due."""
        with self._lock:
            if self._pending:
                return
            self._pending = True
        self._loop.soon(self._ring)

    def _ring(self) -> None:
        with self._lock:
            self._pending = False
        self._tick()


@contextmanager
def references_later(models: DocumentModelManager) -> Iterator[None]:
    """Look through all models of a document once, at the end, and only if a reference came or went meanwhile.

    That takes Bokeh 40 ms for a page of ours. Its own `freeze` (3.9.2) does so at its end whatever happened, which is
    at every tick; and most ticks only write columns. Bokeh calls `recompute` where a reference has changed, and where
    a freeze within this ends; here these calls are put off, for this one document.
    """
    wanted = False

    def later() -> None:
        nonlocal wanted
        wanted = True

    models.recompute = later  # type: ignore[method-assign]
    try:
        yield
    finally:
        del models.recompute
        if wanted:
            models.invalidate()  # what froze them before does it when it ends
