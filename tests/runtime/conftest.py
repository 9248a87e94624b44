"""A scheduler with a real worker, and a session that a test can wait with."""

import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from explorer.labs.live.overview import LiveSettings
from explorer.runtime.scheduler import Scheduler
from explorer.runtime.store import Store
from explorer.runtime.viewer import View

PATIENCE = 120.0  # seconds until a wait is a failure; nothing is expected to come near


class Session:
    """A viewer whose wake sets an event: what a page does, without a page."""

    def __init__(self, scheduler: Scheduler, visitor: str = "") -> None:
        self._woken = threading.Event()
        self.scheduler = scheduler
        self.viewer = scheduler.viewer(self._woken.set, visitor)

    def on(self, scheduler: Scheduler, visitor: str = "") -> "Session":
        """A session of another scheduler."""
        return Session(scheduler, visitor)

    def request(self, settings: LiveSettings) -> None:
        self.viewer.request("live", settings)

    def until(self, condition: Callable[[View], object]) -> View:
        """The first view for which `condition` holds; looks only when woken, as a page does."""
        deadline = time.monotonic() + PATIENCE
        while True:
            self._woken.clear()
            view = self.viewer.look()
            if condition(view):
                return view
            assert view.state != "failed", view.message
            if not self._woken.wait(max(0.0, deadline - time.monotonic())):
                raise AssertionError(f"no wake-up brought what was waited for; last seen: {view}")

    def finish(self, settings: LiveSettings) -> View:
        """Request a run and see it to its end."""
        self.request(settings)
        return self.until(lambda view: view.state in ("done", "failed"))

    def until_running(self, settings: LiveSettings) -> View:
        """Request a run and see its first frame."""
        self.request(settings)
        return self.until(lambda view: view.frame)


@pytest.fixture(scope="session")
def scheduler(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scheduler]:
    """One scheduler with its worker for the whole test run: tests use settings of their own."""
    with Scheduler(store=Store(tmp_path_factory.mktemp("store"))) as scheduler:
        yield scheduler


@pytest.fixture
def open_session(scheduler: Scheduler) -> Iterator[Callable[..., Session]]:
    """Opens sessions, which close with the test."""
    opened: list[Session] = []

    def open_(visitor: str = "") -> Session:
        opened.append(Session(scheduler, visitor))
        return opened[-1]

    yield open_
    for session in opened:
        session.viewer.close()


@pytest.fixture
def session(open_session: Callable[[], Session]) -> Session:
    return open_session()


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "runs")


@pytest.fixture
def short() -> Callable[..., LiveSettings]:
    """Settings of a run that takes a moment."""

    def make(**changes: object) -> LiveSettings:
        small: dict = {"n": 12, "d": 3, "widths": (2, 4), "seeds": 1, "max_steps": 40, "attack_steps": 2}
        changed = small | changes
        return LiveSettings.make(**{"k_shown": changed["widths"][0]} | changed)

    return make


@pytest.fixture
def endless(short: Callable[..., LiveSettings]) -> Callable[..., LiveSettings]:
    """Settings of a run that goes on until it is stopped."""

    def make(**changes: object) -> LiveSettings:
        return short(**{"max_steps": 100_000, "tolerance": 1e-12, "n": 40, "widths": (2, 3, 4)} | changes)

    return make
