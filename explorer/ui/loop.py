"""How the outside wakes a view up: on a server through its document, in a notebook through the loop of its messages.

A wake carries no data. At most one is pending a view, however many frames land in the meantime; the flag falls
before the tick runs, so that nothing that lands during the tick is lost.
"""

import threading
from collections.abc import Callable
from contextlib import AbstractContextManager, suppress
from typing import Any, Protocol, TypeVar, runtime_checkable

Made = TypeVar("Made")
Tick = Callable[[], None]
REST = 40  # ms between two calls that follow a hand: a drag tells more than can be drawn
Soon = Callable[[Callable[[], Any]], None]  # has a call made in a tick


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

    def apart(self, work: Callable[[], Made], then: Callable[[Made], None]) -> None:
        """Have `work` done in a thread of its own, so that nobody waits for it, and `then` be told what came of it."""


def aside(loop: Loop, work: Callable[[], Made], then: Callable[[Made], None]) -> None:
    """`Loop.apart` by means of `soon`. `work` must not raise; a view that has gone meanwhile is not told."""

    def run() -> None:
        made = work()
        with suppress(Exception):
            loop.soon(lambda: then(made))

    threading.Thread(target=run, name="explorer-aside", daemon=True).start()


class Latest:
    """Makes calls in ticks, now and then: of the values that a hand tells meanwhile the newest of each name wins."""

    def __init__(self, loop: Loop, call: Callable[[str, Any], None]) -> None:
        self._loop, self._call = loop, call
        self._newest: dict[str, Any] = {}
        self._resting = False

    def __call__(self, name: str, value: Any) -> None:
        """Have this value told soon, unless a newer one comes before."""
        self._newest[name] = value
        if not self._resting:
            self._resting = True
            self._loop.soon(self._tell)

    def _tell(self) -> None:
        newest, self._newest = self._newest, {}
        self._resting = bool(newest)
        if newest:
            self._loop.later(REST, self._tell)
        for name, value in newest.items():
            self._call(name, value)


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
