"""One browser session or notebook cell: what it looks at, and where it stands in the frames."""

from collections.abc import Callable, Iterable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO, Protocol, runtime_checkable

import numpy as np

from explorer.data import shelf
from explorer.frames import Columns, Frame, few
from explorer.runtime.job import Job
from explorer.runtime.position import Position
from explorer.settings import Settings

Query = Mapping[str, int | float | str]  # of a closer look; see `Lab.inspect`


@dataclass(frozen=True)
class View:
    """What a session sees, all of one moment.

    Args:
        version: rises with every change; an equal version is an equal view.
        state: idle (nothing was asked for), queued, running, done or failed.
        frame: the frame at the session's position; None until the run's first.
        position: the frame's index among the recorded ones; -1 without a frame.
        recorded: how many frames are recorded.
        playing: whether the position moves by itself.
        replaying: whether it moves with `Viewer.tick`, so that somebody must call that.
        source: computed, store, or shipped: then the frames are those that ship with the code, until it is computed.
        queue_place: 1 for the next run to start, 0 when not waiting in the queue.
        waiting: runs waiting in all.
        seconds: compute time of this run so far.
        speed: what the panel counts by second of compute (see `labs.Pace`), and its unit; 0 where it counts nothing.
        message: why the run failed.
        lab, settings: what was asked for last.
        device: where it was computed, in words.
        arrays: weights and data, once they have come.
        inspection: the newest answer to `Viewer.inspect` about this run.
        inspection_query: what that answers.
        inspection_version: rises with every answer and every new run.
        inspection_problem: why the newest question had no answer.
    """

    version: int = 0
    state: str = "idle"
    frame: Frame | None = None
    position: int = -1
    recorded: int = 0
    playing: bool = False
    replaying: bool = False
    source: str = "computed"
    queue_place: int = 0
    waiting: int = 0
    seconds: float = 0.0
    speed: tuple[float, str] = (0.0, "")
    message: str = ""
    lab: str = ""
    settings: Settings | None = None
    device: Mapping[str, object] | None = None
    arrays: Columns | None = None
    inspection: Mapping[str, np.ndarray] | None = None
    inspection_query: Query = field(default_factory=dict)
    inspection_version: int = 0
    inspection_problem: str = ""


@runtime_checkable
class Scheduling(Protocol):
    """The scheduler, as far as a viewer knows it."""

    def locked(self) -> AbstractContextManager:
        """Hold the lock; afterwards wake those who changed meanwhile."""

    def request(self, viewer: "Viewer", lab: str, settings: Settings, *, replay: bool = False) -> None:
        """Show this run to the viewer, from its first frame if it is to `replay`, and no longer the one before."""

    def leave(self, viewer: "Viewer") -> None:
        """Forget the viewer."""

    def ask(self, viewer: "Viewer") -> None:
        """Send the viewer's question to the worker if it can be sent now. Needs the lock."""

    def place(self, job: Job) -> tuple[int, int]:
        """A job's place in the queue and the queue's length. Needs the lock."""

    def changed(self, viewers: "Iterable[Viewer]") -> None:
        """Give the viewers a new version, and wake them when the lock is released. Needs the lock."""


class Viewer:
    """A session of the scheduler (`Scheduler.viewer` makes one). Methods may be called from any thread; none waits.

    `wake` is called, without data, whenever `look` would give a new version. `visitor` says whose session it is.
    """

    def __init__(self, scheduler: Scheduling, wake: Callable[[], None], visitor: str = "") -> None:
        self._scheduler = scheduler
        self.wake = wake
        self.visitor = visitor
        # all below changes only while the scheduler is locked
        self.version = 0
        self.job: Job | None = None
        self.settings: Settings | None = None
        self.position = Position()
        self.query: Query | None = None  # the newest question, not yet sent
        self.asking = False  # whether an answer is under way
        self._held: list[BinaryIO] = []  # files of his own that he looks at
        self.inspection: Columns | None = None
        self.inspection_query: Query = {}
        self.inspection_version = 0
        self.inspection_problem = ""

    def request(self, lab: str, settings: Settings, *, replay: bool = False) -> None:
        """Look at the run of these settings: a new one, or one that others watch, or a finished one.

        It is seen at its newest frame, or from its first if it is to `replay`. The run looked at so far stops if nobody
        else watches it. Raises UnknownName when there is no such lab.
        """
        self._scheduler.request(self, lab, settings, replay=replay)

    def close(self) -> None:
        """Look at nothing any more; a run that nobody watches stops."""
        self._scheduler.leave(self)

    def look(self) -> View:
        """What there is to see now."""
        with self._scheduler.locked():
            job = self.job
            if job is None:
                return View(self.version)
            index = job.recording.index(self.position.number(job.recording))
            frame = job.recording[index] if index >= 0 else None
            place, waiting = self._scheduler.place(job)
            return View(
                version=self.version,
                state=job.state,
                frame=frame,
                position=index,
                recorded=len(job.recording),
                playing=self.position.playing and not (job.over and self.position.at is None),
                replaying=self.position.replaying,
                source=job.source,
                queue_place=place,
                waiting=waiting,
                seconds=job.seconds,
                speed=job.speed,
                message=job.message,
                lab=job.lab.name,
                settings=self.settings,
                device=job.device,
                arrays=job.arrays,
                inspection=self.inspection,
                inspection_query=self.inspection_query,
                inspection_version=self.inspection_version,
                inspection_problem=self.inspection_problem,
            )

    def film(self, most: int = 5) -> tuple[Frame, ...]:
        """Some of the frames of a run that is known to its end, the first and the last among them; else none."""
        with self._scheduler.locked():
            job = self.job
            known = job is not None and (job.state == "done" or job.source == "shipped")
            return few(job.recording.frames, most) if job is not None and known else ()

    def play(self) -> None:
        """Go on from here; from the first frame, when this is the end of a run that is over."""
        self._move(lambda job: self.position.play(job.recording, job.over))

    def pause(self) -> None:
        """Stay at this frame; the run goes on."""
        self._move(lambda job: self.position.pause(job.recording))

    def step(self) -> None:
        """One frame on, and stay there."""
        self._move(lambda job: self.position.step(job.recording))

    def reset(self) -> None:
        """Back to the first frame, and stay there; `play` replays from it."""
        self._move(lambda job: self.position.reset())

    def seek(self, index: int) -> None:
        """To the frame of this index among the recorded ones, or the nearest, and stay there."""
        self._move(lambda job: self.position.seek(job.recording, index))

    def end(self) -> None:
        """To the newest frame, and on with the run."""
        self._move(lambda job: Position())

    def tick(self, stride: int = 1) -> None:
        """Some frames on while `View.replaying`: the caller's timer sets the pace of a replay."""
        self._move(lambda job: self.position.tick(job.recording, job.over, stride))

    def inspect(self, **query: int | float | str) -> None:
        """Ask for a closer look at the run shown (see `Lab.inspect`). The newest question wins.

        It waits until the run's weights have come, and for the answer to the one before.
        """
        with self._scheduler.locked():
            self.query = query
            self._scheduler.ask(self)

    def show(self, job: Job, settings: Settings, *, replay: bool = False) -> None:
        """Turn to a job, at its newest frame or its first; of the one already shown only the settings are new.

        Needs the lock.
        """
        self.settings = settings
        self.hold(settings.files())
        if self.job is job:
            return
        self.job, self.position = job, Position(0 if replay else None)
        self.query, self.inspection, self.inspection_problem = None, None, ""
        self.inspection_version += 1

    def hold(self, files: Iterable[Path]) -> None:
        """Keep these files of the user's own, and no longer the ones before. Needs the lock."""
        before, self._held = self._held, [held for path in files if (held := shelf.hold(path))]
        for held in before:
            held.close()

    def _move(self, where: Callable[[Job], Position]) -> None:
        with self._scheduler.locked():
            if self.job is None:
                return
            before, self.position = self.position, where(self.job)
            if self.position != before:
                self._scheduler.changed([self])
