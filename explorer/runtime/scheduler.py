"""The scheduler: who watches which run. One per process (server, notebook kernel, script).

All state is guarded by one lock that is held for microseconds; disk, pipe and worker are waited for by threads of
their own, and sessions are woken after it is released. Runs are told apart by their key and by a number that is
never used again, so that nothing of a superseded run can reach a session.
"""

import atexit
import itertools
import logging
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from explorer import labs
from explorer.frames import Cell, Columns, Frame, frame_from
from explorer.labs import shipped
from explorer.runtime import keys
from explorer.runtime.audience import Audience
from explorer.runtime.job import Job
from explorer.runtime.job_queue import JobQueue
from explorer.runtime.jobs import Jobs
from explorer.runtime.keeper import Keeper
from explorer.runtime.process import SILENCE, WorkerProcess
from explorer.runtime.questions import Questions
from explorer.runtime.store import Store
from explorer.runtime.viewer import Viewer
from explorer.runtime.worker_client import WorkerClient
from explorer.settings import Settings

log = logging.getLogger(__name__)


class Scheduler:
    """Runs and who watches them.

    Args:
        device: "cpu" or "cuda".
        store: where finished runs are kept; the user's own by default.
        warm: start the worker now, so that the first run need not wait for torch.
        silence: seconds after which a worker that computes and gives no sign of life counts as hung.
    """

    def __init__(
        self, device: str = "cpu", store: Store | None = None, *, warm: bool = True, silence: float = SILENCE
    ) -> None:
        self._device = device
        self._silence = silence
        self._store = store or Store()
        self._audience = Audience(self.leave)
        self.locked, self.changed = self._audience.locked, self._audience.changed  # as `viewer.Scheduling` has them
        self._jobs = Jobs()
        self._queue = JobQueue()
        self._numbers = itertools.count(1)
        self._started = 0
        self._worker = WorkerClient(self._begin)
        self._questions = Questions(self._worker, self._numbers)
        self._closed = False
        self._reader = ThreadPoolExecutor(1, "explorer-read")  # one thread each: first asked, first queued,
        self._writer = ThreadPoolExecutor(1, "explorer-write")  # and nobody waits for another's run to be written
        self._keeper = Keeper(self._store, self._writer)
        atexit.register(self.close)
        if warm:
            self._reader.submit(keys.warm, device)
            with self.locked():
                self._worker.start()

    def viewer(self, wake: Callable[[], None], visitor: str = "") -> Viewer:
        """A new session. `wake` is called from any thread; one that raises ends the session.

        Sessions of one `visitor` share his turn in the worker; one without a name is a visitor of its own.
        """
        viewer = Viewer(self, wake, visitor or f"session {next(self._numbers)}")
        with self.locked():
            self._audience.add(viewer)
        return viewer

    def health(self) -> dict[str, object]:
        """How busy the scheduler is: worker (none, starting, ready) and its pid, viewers, running, waiting, started."""
        with self.locked():
            return {
                "worker": self._worker.state,
                "pid": self._worker.pid,
                "viewers": len(self._audience),
                "running": self._queue.inside,
                "waiting": len(self._queue),
                "started": self._started,
            }

    def close(self) -> None:
        """End the worker and wait until finished runs are stored."""
        with self.locked():
            self._closed = True
            self._audience.dismiss()
            self._queue.lose(all=True)
            worker = self._worker.worker
        if worker is not None:
            worker.close()
        self._reader.shutdown()
        self._writer.shutdown()
        atexit.unregister(self.close)

    def __enter__(self) -> "Scheduler":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # what viewers ask of it (see `viewer.Scheduling`)

    def request(self, viewer: Viewer, lab: str, settings: Settings, *, replay: bool = False) -> None:
        """Show this run to the viewer, from its first frame if it is to `replay`, and no longer the one before."""
        found = labs.find(lab)
        key = keys.run_key(found, settings, self._device)
        with self.locked():
            if viewer not in self._audience or self._closed:
                return
            before, job = viewer.job, self._jobs.get(key)
            if job is None:
                job = Job(next(self._numbers), found, settings, key)
                self._jobs.add(job)
                self._reader.submit(self._look_up, job)
            viewer.show(job, settings, replay=replay)
            job.viewers.add(viewer)
            self._watched(job)
            if self._queue.place(job):  # with another visitor it may have another place
                self._admit()
            if before is not None and before is not job:
                self._release(before, viewer)
            self.changed([viewer])

    def leave(self, viewer: Viewer) -> None:
        """Forget the viewer."""
        with self.locked():
            self._audience.discard(viewer)
            job, viewer.job = viewer.job, None
            viewer.hold(())
            if job is not None:
                self._release(job, viewer)

    def place(self, job: Job) -> tuple[int, int]:
        """A job's place in the queue (0: none) and the queue's length. Needs the lock."""
        return self._queue.place(job), len(self._queue)

    def ask(self, viewer: Viewer) -> None:
        """Send the viewer's question to the worker if it can be sent now. Needs the lock."""
        if not self._closed:
            self._questions.ask(viewer)

    # jobs; all but _look_up need the lock

    def _release(self, job: Job, viewer: Viewer) -> None:
        job.viewers.discard(viewer)
        if job.viewers or job not in self._jobs:
            self._watched(job)
            return
        self._jobs.leave(job)
        if job in self._queue:
            self._worker.stop(job)
        elif self._queue.remove(job):
            self._queue_moved()

    def _watched(self, job: Job) -> None:
        """Tell the worker whose turns a job takes."""
        if job in self._queue and job.viewers:
            self._worker.watch(job)

    def _look_up(self, job: Job) -> None:
        """Replay a stored run, or queue the job."""
        with self.locked():
            if not job.viewers:
                return
            kept = self._jobs.finished(job.training_key)
        stored = None
        film: tuple[Frame, ...] = ()
        try:
            stored = self._store.load(job.key)
            if stored is None and not kept:
                kept = self._keeper.kept(job.training_key)
                film = shipped.film(job.lab, job.settings)
        except Exception as error:  # then the run is computed
            log.warning("the store cannot be read: %r", error)
        with self.locked():
            if not job.viewers or self._closed:
                return
            if stored is not None:
                job.replay(stored)
                self._arrived(job)
            else:
                job.kept = kept
                job.foresee(film)
                self._queue.join(job)
                self._admit()

    def _keep(self, job: Job, cell: Cell) -> None:
        """A part of a job is finished: for the disk, and for those of equal training that wait."""
        self._keeper.keep(job.training_key, cell)
        for other in self._queue:
            if other.training_key == job.training_key:
                other.kept = {**other.kept, cell.name: cell.arrays}

    def _admit(self) -> None:
        """Send waiting jobs to the worker while there is room."""
        if len(self._queue):
            self._worker.start()
        for job in self._queue.admit() if self._worker.state == "ready" else ():
            job.state, job.device = "running", self._worker.device
            self._started += 1
            # what ran while it waited may have done its work
            job.kept = self._jobs.finished(job.training_key) or job.kept
            job.resumed = bool(job.kept)
            self._worker.run(job)
            job.kept = {}
            self.changed(job.viewers)
        self._queue_moved()

    def _queue_moved(self) -> None:
        for job in self._queue:
            self.changed(job.viewers)

    def _arrived(self, job: Job) -> None:
        """Something new of a job: tell its viewers, and send the questions that waited for its weights."""
        self.changed(job.viewers)
        if job.arrays:
            for viewer in job.viewers:
                self.ask(viewer)

    def _fail(self, job: Job, message: str) -> None:
        job.fail(message)
        self._jobs.remove(job)
        self.changed(job.viewers)

    # the worker; all but its two calls back need the lock

    def _begin(self) -> WorkerProcess:
        return WorkerProcess(
            self._device,
            self._answer,
            self._ended,
            busy=lambda: bool(self._queue.inside or self._questions),
            silence=self._silence,
        )

    def _answer(self, head: dict, arrays: Columns) -> None:
        """What the worker says."""
        with self.locked():
            match head["kind"]:
                case "ready":
                    self._worker.ready(head)
                    self._admit()
                case "broken":
                    self._worker.broken(head["reason"])
                case "inspected":
                    self._inspected(head, arrays)
                case "cell":
                    self._keep(self._queue.entered(head["job"]), Cell(head["name"], arrays))
                case "frame":
                    job = self._queue.entered(head["job"])
                    job.add(frame_from(head, arrays), head["seconds"])
                    self._arrived(job)
                case _:
                    self._over(self._queue.left(head["job"]), head)
                    self._admit()

    def _over(self, job: Job, head: dict) -> None:
        job.seconds = head["seconds"]
        if head["kind"] == "failed":
            self._fail(job, head["reason"])
        elif head["kind"] == "done":
            job.state = "done"
            self.changed(job.viewers)
            self._writer.submit(self._store.save, job.key, job.result())

    def _inspected(self, head: dict, arrays: Columns) -> None:
        viewer, seen = self._questions.answered(head, arrays)
        if seen:
            self.changed([viewer])
        self.ask(viewer)

    def _ended(self, reason: str) -> None:
        """The worker has gone: its jobs have failed, those that wait get a new one."""
        with self.locked():
            lost = self._queue.lose(all=self._worker.state != "ready")  # one that never worked will not the next time
            message = self._worker.gone(reason)
            for job in lost:
                self._fail(job, message)
            self.changed(self._questions.lose(message))
            if not self._closed:
                self._admit()
        log.error("%s; runs lost: %d", message, len(lost))
