"""A job that waits starts from what others of its training have left meanwhile: a scheduler whose worker is a test."""

from collections.abc import Callable, Iterator

import numpy as np
import pytest

from explorer.frames import FINISHED, Columns, Frame, decode, frame_to_bytes
from explorer.labs.live.overview import LiveSettings
from explorer.runtime import scheduler as schedulers
from explorer.runtime.job_queue import ABREAST
from explorer.runtime.process import WorkerProcess
from explorer.runtime.scheduler import Scheduler
from explorer.runtime.store import Store
from tests.runtime.conftest import Session

Make = Callable[..., LiveSettings]
CELL = {"inner": np.arange(3.0)}


class Scripted(WorkerProcess):
    """A worker that notes what it is told; a test says what it answers."""

    def __init__(self, device: str, answer: Callable[[dict, Columns], None], *_: object, **__: object) -> None:
        self.answer = answer
        self.runs: list[dict] = []

    def send(self, head: dict, arrays: Columns | None = None) -> None:
        if head["kind"] == "run":
            self.runs.append(head)

    def say(self, kind: str, job: int = 0, arrays: Columns | None = None, **head: object) -> None:
        self.answer({"kind": kind, "job": job, "seconds": 1.0, **head}, arrays or {})

    def close(self) -> None:
        pass


@pytest.fixture
def crowd(store: Store, short: Make, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[Scheduler, Scripted, Session]]:
    """A scheduler, its worker with as many jobs as a visitor may have there, and a session whose job waits.

    It is to measure something else of the first one's networks.
    """
    monkeypatch.setattr(schedulers, "WorkerProcess", Scripted)
    with Scheduler(store=store, warm=False) as scheduler:
        sessions = [Session(scheduler, "somebody") for _ in range(ABREAST + 1)]
        for seed, session in enumerate(sessions[:ABREAST]):
            session.request(short(seed=seed, trainer="gauss-newton"))
            if not seed:
                session.until(lambda view: view.queue_place == 1)
                worker = scheduler._worker.worker
                worker.say("ready", device={"kind": "cpu", "threads": 1}, pid=1)
            session.until(lambda view: view.state == "running")
        waits = sessions[-1]
        waits.request(short(seed=0, trainer="gauss-newton", eps_max=0.9))
        waits.until(lambda view: view.queue_place == 1)
        yield scheduler, worker, waits


def test_it_starts_from_a_run_that_was_finished_while_it_waited(crowd: tuple[Scheduler, Scripted, Session]) -> None:
    _, worker, waits = crowd
    first = worker.runs[0]["job"]
    arrays = {"X": np.ones((2, 2))}
    head, sent = decode(frame_to_bytes(Frame(1, 1, {}, arrays), kind="frame", job=first, seconds=1.0))
    worker.answer(head, sent)
    worker.say("done", first)
    waits.until(lambda view: view.state == "running")
    assert [run["kept"] for run in worker.runs] == [[]] * ABREAST + [[FINISHED]]


@pytest.mark.parametrize("end", ["failed", "done"])
def test_it_starts_from_cells_that_were_finished_while_it_waited(
    crowd: tuple[Scheduler, Scripted, Session], end: str
) -> None:
    """Of its own training: the first job's cell, not the second's."""
    _, worker, waits = crowd
    first, second, *_ = (run["job"] for run in worker.runs)
    worker.say("cell", first, CELL, name="round 0")
    worker.say("cell", second, CELL, name="round 1")
    worker.say(end, second if end == "done" else first, reason="it was tired")
    waits.until(lambda view: view.state == "running")
    assert worker.runs[-1]["kept"] == ["round 0"]
