"""Who watches a scheduler, and the lock that guards all of it."""

import logging
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from explorer.runtime.viewer import Viewer

log = logging.getLogger(__name__)


class Audience:
    """The viewers of a scheduler. What changes while the lock is held is told them when it is released.

    `gone` is called, without the lock, with a viewer who could not be woken.
    """

    def __init__(self, gone: Callable[[Viewer], None]) -> None:
        self._gone = gone
        self._lock = threading.Lock()
        self._viewers: set[Viewer] = set()
        self._changed: set[Viewer] = set()  # to be woken when the lock is released

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Hold the lock; afterwards wake those who changed meanwhile. A session whose wake raises has gone."""
        with self._lock:
            try:
                yield
            finally:
                changed, self._changed = self._changed & self._viewers, set()
        for viewer in changed:
            try:
                viewer.wake()
            except Exception:
                log.warning("a session could not be woken and is closed", exc_info=True)
                self._gone(viewer)

    # all below needs the lock

    def changed(self, viewers: Iterable[Viewer]) -> None:
        """Give the viewers a new version."""
        for viewer in viewers:
            viewer.version += 1
            self._changed.add(viewer)

    def __contains__(self, viewer: Viewer) -> bool:
        return viewer in self._viewers

    def __len__(self) -> int:
        return len(self._viewers)

    def add(self, viewer: Viewer) -> None:
        """Who watches from now on."""
        self._viewers.add(viewer)

    def discard(self, viewer: Viewer) -> None:
        """Who watches no more."""
        self._viewers.discard(viewer)

    def dismiss(self) -> None:
        """Nobody watches any more, or holds a file."""
        for viewer in self._viewers:
            viewer.hold(())
        self._viewers.clear()
