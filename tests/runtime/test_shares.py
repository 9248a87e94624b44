"""What visitors get of one worker: long jobs of one leave another his first frame. In turns, not in seconds."""

from collections import Counter
from collections.abc import Callable
from io import RawIOBase

from explorer import frames
from explorer.labs.live.overview import LiveSettings
from explorer.runtime import messages
from explorer.runtime.task import Task
from explorer.runtime.worker import Inbox, Output, Worker

Make = Callable[..., LiveSettings]
LONG = {"trainer": "gauss-newton", "n": 400, "d": 20, "widths": (300, 350, 400, 450, 500, 512), "k_shown": 512}


class Hub(RawIOBase):
    """A worker in this process, the messages it is sent, and those it has answered."""

    def __init__(self) -> None:
        super().__init__()
        self.said: list[tuple[str, int]] = []  # kind and job
        self.inbox = Inbox()
        self.worker = Worker("cpu", self.inbox, Output(self))
        self.turns: list[int] = []  # by job

    def write(self, message: memoryview) -> int:  # type: ignore[override]
        if len(message) > messages.LENGTH.size:  # behind its length
            head, _ = frames.decode(message)
            self.said.append((head["kind"], head.get("job", 0)))
        return len(message)

    def run(self, job: int, settings: LiveSettings, visitor: str) -> None:
        head = {"kind": "run", "job": job, "lab": "live", "settings": settings.values(), "kept": []}
        self.inbox.take({**head, "activations": "", "visitors": [visitor]}, {})

    def stop(self, *jobs: int) -> None:
        for job in jobs:
            self.inbox.take({"kind": "stop", "job": job}, {})

    def turn(self) -> Task:
        task = self.worker.turn()
        assert task is not None
        self.turns.append(task.number)
        return task

    def until(self, kind: str, job: int) -> list[int]:
        """Turns up to this message: whose they were."""
        before = len(self.turns)
        while (kind, job) not in self.said:
            self.turn()
        return self.turns[before:]


def test_long_jobs_of_one_leave_another_his_first_frame(short: Make) -> None:
    hub = Hub()
    for job in (1, 2, 3):
        hub.run(job, LiveSettings.make(**LONG, seed=job), "a")
    for _ in range(12):
        hub.turn()
    assert set(hub.turns) == {1, 2, 3}
    assert not [job for kind, job in hub.said if kind == "frame"]  # each is still on its way to its first frame
    hub.run(9, short(), "b")
    taken = Counter(hub.until("frame", 9))
    # his share at least: one of two visitors, whatever the other has brought; within his credit all turns are his
    assert taken[1] + taken[2] + taken[3] <= taken[9]
    taken = Counter(hub.until("done", 9))
    assert taken[1] + taken[2] + taken[3] <= taken[9] + 1
    hub.stop(1, 2, 3)
    for job in (1, 2, 3):
        hub.until("stopped", job)


def test_a_stopped_job_leaves_at_once(endless: Make) -> None:
    hub = Hub()
    for job in (1, 2, 3):
        hub.run(job, endless(seed=job), "a")
    hub.until("frame", 3)
    hub.stop(2)
    assert hub.until("stopped", 2)[0] == 2
    hub.stop(1, 3)
    assert sorted({*hub.until("stopped", 1), *hub.until("stopped", 3)}) == [1, 3]
    assert hub.inbox.flags == {}


def test_who_watches_may_change(endless: Make) -> None:
    hub = Hub()
    for job in (1, 2, 3):
        hub.run(job, endless(seed=job), "a")
    hub.run(4, endless(seed=4), "b")
    hub.until("frame", 4)
    hub.inbox.take({"kind": "watch", "job": 1, "visitors": ["a", "b"]}, {})
    hub.inbox.take({"kind": "watch", "job": 4, "visitors": ["a"]}, {})
    hub.inbox.take({"kind": "watch", "job": 99, "visitors": ["a"]}, {})  # has ended meanwhile
    before = len(hub.turns)
    while Counter(hub.turns[before:])[2] < 10:
        hub.turn()
    assert Counter(hub.turns[before:]).most_common(1)[0][0] == 1
