"""How the outside wakes a view up: on a server through its document, in a notebook through the loop of its messages.

A wake carries no data. At most one is pending a view, however many frames land in the meantime; the flag falls
before the tick runs, so that nothing that lands during the tick is lost.
"""

import asyncio
import threading
from collections.abc import Callable
from typing import Protocol

from bokeh.document import Document

Tick = Callable[[], None]


class Loop(Protocol):
    """Where a view's ticks run. `soon` may be called from any thread."""

    def soon(self, call: Tick) -> None:
        """Run `call` as soon as possible. Raises when the view is gone."""

    def later(self, milliseconds: int, call: Tick) -> None:
        """Run `call` once after a while; only from the view's own thread."""


class ServerLoop:
    """A served page: the only thread-safe door of a document is its next tick."""

    def __init__(self, doc: Document) -> None:
        self._doc = doc

    def soon(self, call: Tick) -> None:
        self._doc.add_next_tick_callback(call)

    def later(self, milliseconds: int, call: Tick) -> None:
        self._doc.add_timeout_callback(call, milliseconds)


class NotebookLoop:
    """A notebook cell: a document without a server never runs a next tick, the loop that brings its messages does.

    That is the loop of the thread in which the front end's messages are handled: the kernel's own, or, in JupyterLab
    since 4.4, that of a subshell, which also runs while the kernel computes a cell. So one thread alone ever touches
    a view that is shown. Until then its ticks wait: what is pushed before the comm is open arrives out of order.

    Args:
        push: sends the changes to the cell; called after every tick.
    """

    def __init__(self, push: Tick) -> None:
        self._push = push
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._waiting: list[Tick] = []

    def open(self) -> bool:
        """The cell is on the screen, again or (True) for the first time. To be called where its messages are handled."""
        with self._lock:
            first = self._loop is None
            self._loop = asyncio.get_running_loop()
            waiting, self._waiting = self._waiting, []
        for call in waiting:
            self.soon(call)
        return first

    def soon(self, call: Tick) -> None:
        with self._lock:
            loop = self._loop
            if loop is None:
                self._waiting.append(call)
                return
        loop.call_soon_threadsafe(self._run, call)

    def later(self, milliseconds: int, call: Tick) -> None:
        self.soon(lambda: asyncio.get_running_loop().call_later(milliseconds / 1000, self._run, call))

    def _run(self, call: Tick) -> None:
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
