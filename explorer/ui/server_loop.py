"""The ticks of a served page."""

import asyncio
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from bokeh.document import Document
from bokeh.document.models import DocumentModelManager

from explorer.ui.loop import Made, Tick, aside


class ServerLoop:
    """A served page: ticks run in the document's next tick, which holds its lock.

    The tick is asked for in the server's own thread. Panel collects a document's events while it holds them, and its
    lists are no place for two threads: a next tick that another thread asks for at the wrong moment never comes.

    Changes are held by Bokeh's means. Those that `pn.io.hold` lets go (panel 1.9.4) are written past its queue: what
    comes after them may overtake them, and while the socket is busy the last of them may stay behind for good
    (`_dispatch_msgs` ends when the task before it has taken its mark away).

    No tick runs before `open`, when the browser has said that it has drawn the page. A component that changes earlier
    (somebody was quick to click) is changed on the server only: Panel takes the browser for not connected yet, and
    throws the change away (`_drain_unconnected_events`), although the page has been sent by then.

    Raises:
        RuntimeError: if no loop runs in this thread.
    """

    def __init__(self, doc: Document) -> None:
        self._doc, self._loop = doc, asyncio.get_running_loop()
        self._early: list[Tick] | None = []  # asked for before the page was there

    def soon(self, call: Tick) -> None:
        self._loop.call_soon_threadsafe(self._enter, call)

    def _enter(self, call: Tick) -> None:
        if self._early is None:
            self._doc.add_next_tick_callback(call)
        else:
            self._early.append(call)

    def open(self) -> None:
        """The page is there: what was asked for meanwhile runs, in order; only from the view's own thread."""
        early, self._early = self._early or [], None
        for call in early:
            self._doc.add_next_tick_callback(call)

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

    def apart(self, work: Callable[[], Made], then: Callable[[Made], None]) -> None:
        aside(self, work, then)


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
