"""A view or a session without server, worker and browser: what happens, happens at once."""

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from dataclasses import replace
from typing import Any

import numpy as np

from explorer.frames import Frame
from explorer.labs import find, shipped
from explorer.runtime.scheduler import Scheduler
from explorer.runtime.viewer import View, Viewer
from explorer.settings import Settings

LIVE = find("live")
FILM, CLOSER = shipped.read(LIVE)


class Now:
    """A loop in which everything happens at once; what is for later waits."""

    def __init__(self) -> None:
        self.waiting: list[Callable[[], object]] = []

    def soon(self, call: Callable[[], object]) -> None:
        call()

    def later(self, milliseconds: int, call: Callable[[], object]) -> None:
        self.waiting.append(call)

    def held(self) -> AbstractContextManager[None]:
        return nullcontext()

    def flush(self) -> None:
        pass

    def apart(self, work: Callable[[], Any], then: Callable[[Any], None]) -> None:
        then(work())


class Seen(Viewer):
    """A viewer that sees what a test says."""

    def __init__(self) -> None:
        self.view = View()
        self.asked: list[dict[str, Any]] = []
        self.moves: list[str] = []  # in the run's frames

    def look(self) -> View:
        return self.view

    def film(self, most: int = 5) -> tuple[Frame, ...]:
        return ()

    def end(self) -> None:
        self.moves.append("end")

    def request(self, lab: str, settings: Settings, *, replay: bool = False) -> None:
        """As the true one: what was known of the run before is gone."""
        if replay:
            self.moves.append("replay")
        self.view = View(
            self.view.version + 1,
            "queued",
            settings=settings,
            arrays={},
            inspection_version=self.view.inspection_version + 1,
        )

    def inspect(self, **query: Any) -> None:
        self.asked.append(query)

    def close(self) -> None:
        pass

    def has(self, **changes: Any) -> None:
        """Something new comes."""
        self.view = replace(self.view, version=self.view.version + 1, **changes)
        self.wake()

    def films(self, frame: Frame, position: int = 0, recorded: int = 1, **changes: Any) -> None:
        """A frame comes."""
        self.has(frame=frame, position=position, recorded=recorded, **{"state": "running", **changes})

    def finishes(self, frame: Frame) -> None:
        """The last frame comes, with its networks."""
        self.films(frame, 9, 10, state="done", arrays={"X": np.ones((2, 2))})

    def answers(self, query: dict[str, Any]) -> None:
        """The closer look comes."""
        version = self.view.inspection_version + 1
        look = {**CLOSER, "k": np.array([query["k"]])}
        self.has(inspection=look, inspection_query=query, inspection_version=version)


class OneViewer(Scheduler):
    """A scheduler of this one viewer."""

    def __init__(self, seen: Seen) -> None:
        self._seen = seen

    def viewer(self, wake: Callable[[], None], visitor: str) -> Seen:
        self._seen.wake = wake
        return self._seen
