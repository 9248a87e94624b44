"""Downloads that a page asks for: a set comes once, however many wait for it, in a thread of its own."""

import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field

from explorer.data import download, folder
from explorer.data.files import CannotWrite
from explorer.data.public import PublicSet

STEP = 0.01  # of a set, between two reports


@dataclass(frozen=True)
class Report:
    """How far a download is: `state` is running, done or failed; `share` of its bytes are here; `why` it failed."""

    state: str
    share: float = 0.0
    why: str = ""


Tell = Callable[[Report], None]  # called from any thread; what it raises ends its interest


class _Stopped(Exception):
    """Nobody waits for it any more."""


@dataclass(eq=False)
class _Running:
    listeners: list[Tell] = field(default_factory=list)
    last: Report = Report("running")


class Fetching:
    """The downloads of one server or notebook."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._running: dict[str, _Running] = {}

    def begin(self, entry: PublicSet, tell: Tell) -> Callable[[], None]:
        """Download a set, or wait for it with those who have asked before.

        The call that is returned ends the interest; the download stops when nobody is interested any more, and a later
        one goes on from there, where the publisher gives a hash.
        """
        with self._lock:
            running = self._running.get(entry.name)
            fresh = running is None
            if running is None:
                running = self._running[entry.name] = _Running()
            running.listeners.append(tell)
            last = running.last
        tell(last)
        if fresh:
            work = threading.Thread(
                target=self._fetch, args=(entry, running), name=f"explorer-fetch-{entry.name}", daemon=True
            )
            work.start()

        def leave() -> None:
            with self._lock, suppress(ValueError):
                running.listeners.remove(tell)

        return leave

    def _fetch(self, entry: PublicSet, running: _Running) -> None:
        root = folder.folder()
        here: dict[str, int] = {}

        def progress(name: str, come: int, _: int) -> None:
            here[name] = come
            share = min(1.0, sum(here.values()) / entry.size)
            if not running.listeners:
                raise _Stopped
            if share - running.last.share >= STEP:
                self._tell(running, Report("running", share))

        try:
            download.fetch(entry, root, mirrored=download.mirrors(), progress=progress)
            end = Report("done", 1.0)
        except _Stopped:
            end = Report("failed", running.last.share, "stopped")
        except (download.FetchFailed, CannotWrite, ValueError) as error:
            end = Report("failed", running.last.share, str(error))
        except Exception as error:  # a fault of ours: whoever waits is told, and not for ever
            end = Report("failed", running.last.share, f"{type(error).__name__}: {error}")
        with self._lock:
            self._running.pop(entry.name)
        self._tell(running, end)

    def _tell(self, running: _Running, report: Report) -> None:
        with self._lock:
            running.last = report
            listeners = list(running.listeners)
        for tell in listeners:
            try:
                tell(report)
            except Exception:  # its page has gone
                with self._lock, suppress(ValueError):
                    running.listeners.remove(tell)
