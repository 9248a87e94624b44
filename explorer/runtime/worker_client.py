"""The scheduler's side of the worker: what is sent there, and what is known of the process that reads it."""

import os
from collections.abc import Callable

from explorer.frames import pack
from explorer.nets import families
from explorer.runtime.job import Job
from explorer.runtime.process import WorkerProcess
from explorer.runtime.viewer import Query


class WorkerClient:
    """Messages to a worker, which is started for the first of them, and anew for the first after it has gone.

    Guarded by the scheduler's lock. `begin` starts one; nothing here waits for it.
    """

    def __init__(self, begin: Callable[[], WorkerProcess]) -> None:
        self._begin = begin
        self._worker: WorkerProcess | None = None
        self._ready: dict = {}  # what the worker said when it was ready
        self._broken = ""  # why no worker can work

    @property
    def state(self) -> str:
        """none, starting or ready."""
        return "ready" if self._ready else "starting" if self._worker else "none"

    @property
    def pid(self) -> int | None:
        """The worker's, once it is ready."""
        return self._ready.get("pid")

    @property
    def device(self) -> dict[str, object]:
        """Where a worker that is ready computes, in words."""
        return self._ready["device"]

    @property
    def worker(self) -> WorkerProcess | None:
        """Who reads the messages, if there is somebody."""
        return self._worker

    def start(self) -> WorkerProcess:
        """The worker, which may need a second until it reads."""
        if self._worker is None:
            self._worker = self._begin()
        return self._worker

    def ready(self, head: dict) -> None:
        """The worker says that it can work."""
        self._ready = head

    def broken(self, reason: str) -> None:
        """The worker says that it cannot, and will end."""
        self._broken = reason

    def gone(self, reason: str) -> str:
        """The worker has ended: why, for a person."""
        message = self._broken or f"{reason}; move a control to start again"
        self._worker, self._ready, self._broken = None, {}, ""
        return message

    def run(self, job: Job) -> None:
        """Have a job computed, from what is kept of it."""
        names, arrays = pack(job.kept)
        self.start().send({"kind": "run", "job": job.number, "kept": names, **_told(job, job.visitors)}, arrays)

    def watch(self, job: Job) -> None:
        """Say whose turns a job takes now."""
        self.start().send({"kind": "watch", "job": job.number, "visitors": job.visitors})

    def stop(self, job: Job) -> None:
        """Nobody wants a job any more."""
        self.start().send({"kind": "stop", "job": job.number})

    def inspect(self, number: int, job: Job, query: Query, visitor: str) -> None:
        """Ask for a closer look at a run whose arrays have come."""
        self.start().send({"kind": "inspect", "request": number, "query": query, **_told(job, [visitor])}, job.arrays)


def _told(job: Job, visitors: list[str]) -> dict[str, object]:
    """A job as the worker is told of it, and at whose expense."""
    own = os.environ.get(families.VARIABLE, "")  # the worker may have started before the last was registered
    return {"lab": job.lab.name, "settings": job.settings.values(), "activations": own, "visitors": visitors}
