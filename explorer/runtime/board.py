"""The board: who watches which run. One per process (server, notebook kernel, script).

All state is guarded by one lock that is held for microseconds; disk, pipe and worker are waited for by threads of
their own, and sessions are woken after it is released. Runs are told apart by their key and by a number that is
never used again, so that nothing of a superseded run can reach a session.
"""

import atexit
import itertools
import logging
import os
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from explorer import labs
from explorer.frames import FINISHED, Cell, Columns, frame_from, pack
from explorer.nets import families
from explorer.runtime import keys
from explorer.runtime.job import Job
from explorer.runtime.keeper import Keeper
from explorer.runtime.line import Line
from explorer.runtime.process import SILENCE, WorkerProcess
from explorer.runtime.store import Store
from explorer.runtime.viewer import Query, Viewer
from explorer.settings import Settings

log = logging.getLogger(__name__)

RECENT = 8  # finished runs kept in memory with no one watching: going back to one is instant


class Board:
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
        self._lock = threading.Lock()
        self._changed: set[Viewer] = set()  # to be woken when the lock is released
        self._viewers: set[Viewer] = set()
        self._jobs: dict[str, Job] = {}  # by run key: those somebody wants, and the recent
        self._line = Line()
        self._questions: dict[int, tuple[Viewer, Job, Query]] = {}
        self._numbers = itertools.count(1)
        self._started = 0
        self._worker: WorkerProcess | None = None
        self._ready: dict = {}  # what the worker said when it was ready
        self._broken = ""  # why no worker can work
        self._closed = False
        self._reader = ThreadPoolExecutor(1, "explorer-read")  # one thread each: first asked, first queued,
        self._writer = ThreadPoolExecutor(1, "explorer-write")  # and nobody waits for another's run to be written
        self._keeper = Keeper(self._store, self._writer)
        atexit.register(self.close)
        if warm:
            self._reader.submit(keys.warm, device)
            with self.locked():
                self._start()

    def viewer(self, wake: Callable[[], None], visitor: str = "") -> Viewer:
        """A new session. `wake` is called from any thread; one that raises ends the session.

        Sessions of one `visitor` share his turn in the worker; one without a name is a visitor of its own.
        """
        viewer = Viewer(self, wake, visitor or f"session {next(self._numbers)}")
        with self.locked():
            self._viewers.add(viewer)
        return viewer

    def health(self) -> dict[str, object]:
        """How busy the board is: worker (none, starting, ready) and its pid, viewers, running, waiting, started."""
        with self.locked():
            return {
                "worker": "ready" if self._ready else "starting" if self._worker else "none",
                "pid": self._ready.get("pid"),
                "viewers": len(self._viewers),
                "running": self._line.inside,
                "waiting": len(self._line),
                "started": self._started,
            }

    def close(self) -> None:
        """End the worker and wait until finished runs are stored."""
        with self.locked():
            self._closed = True
            for viewer in self._viewers:
                viewer.hold(())
            self._viewers.clear()
            self._line.lose(all=True)
            worker = self._worker
        if worker is not None:
            worker.close()
        self._reader.shutdown()
        self._writer.shutdown()
        atexit.unregister(self.close)

    def __enter__(self) -> "Board":
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # what viewers ask of it (see `viewer.Desk`)

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
                self.leave(viewer)

    def changed(self, viewers: Iterable[Viewer]) -> None:
        """Give the viewers a new version. Needs the lock."""
        for viewer in viewers:
            viewer.version += 1
            self._changed.add(viewer)

    def request(self, viewer: Viewer, lab: str, settings: Settings) -> None:
        """Show this run to the viewer, and no longer the one before."""
        found = labs.find(lab)
        key = keys.run_key(found, settings, self._device)
        with self.locked():
            if viewer not in self._viewers or self._closed:
                return
            before, job = viewer.job, self._jobs.get(key)
            if job is None:
                job = self._jobs[key] = Job(next(self._numbers), found, settings, key)
                self._reader.submit(self._look_up, job)
            viewer.show(job, settings)
            job.viewers.add(viewer)
            self._watched(job)
            if self._line.place(job):  # with another visitor it may have another place
                self._admit()
            if before is not None and before is not job:
                self._release(before, viewer)
            self.changed([viewer])

    def leave(self, viewer: Viewer) -> None:
        """Forget the viewer."""
        with self.locked():
            self._viewers.discard(viewer)
            job, viewer.job = viewer.job, None
            viewer.hold(())
            if job is not None:
                self._release(job, viewer)

    def place(self, job: Job) -> tuple[int, int]:
        """A job's place in the queue (0: none) and the queue's length. Needs the lock."""
        return self._line.place(job), len(self._line)

    def ask(self, viewer: Viewer) -> None:
        """Send the viewer's question to the worker if it can be sent now. Needs the lock."""
        job = viewer.job
        if viewer.query is None or viewer.asking or job is None or not job.arrays or self._closed:
            return
        number = next(self._numbers)
        query, viewer.query = viewer.query, None
        head = {"kind": "inspect", "request": number, "query": query, **_run(job), "visitors": [viewer.visitor]}
        self._start().send(head, job.arrays)
        viewer.asking = True
        self._questions[number] = viewer, job, query

    # jobs; all but _look_up need the lock

    def _release(self, job: Job, viewer: Viewer) -> None:
        job.viewers.discard(viewer)
        if job.viewers or self._jobs.get(job.key) is not job:
            self._watched(job)
            return
        del self._jobs[job.key]
        if job.over:  # to the end: the one most recently watched
            self._jobs[job.key] = job
            unwatched = [other.key for other in self._jobs.values() if other.over and not other.viewers]
            for key in unwatched[:-RECENT]:
                del self._jobs[key]
        elif job in self._line:
            self._start().send({"kind": "stop", "job": job.number})
        elif self._line.remove(job):
            self._line_moved()

    def _watched(self, job: Job) -> None:
        """Tell the worker whose turns a job takes."""
        if job in self._line and job.viewers:
            self._start().send({"kind": "watch", "job": job.number, "visitors": job.visitors})

    def _look_up(self, job: Job) -> None:
        """Replay a stored run, or queue the job."""
        with self.locked():
            if not job.viewers:
                return
            alike = (other for other in self._jobs.values() if other.training_key == job.training_key)
            kept = next(({FINISHED: other.arrays} for other in alike if other.state == "done" and other.arrays), {})
        stored = None
        try:
            stored = self._store.load(job.key)
            if stored is None and not kept:
                kept = self._keeper.kept(job.training_key)
        except Exception as error:  # then the run is computed
            log.warning("the store cannot be read: %r", error)
        with self.locked():
            if not job.viewers or self._closed:
                return
            if stored is not None:
                job.replay(stored)
                self._arrived(job)
            else:
                job.kept, job.resumed = kept, bool(kept)
                self._line.join(job)
                self._admit()

    def _admit(self) -> None:
        """Send waiting jobs to the worker while there is room."""
        if len(self._line):
            self._start()
        for job in self._line.admit() if self._ready else ():
            job.state, job.device = "running", self._ready["device"]
            self._started += 1
            names, arrays = pack(job.kept)
            job.kept = {}
            self._start().send({"kind": "run", "job": job.number, "kept": names, **_run(job)}, arrays)
            self.changed(job.viewers)
        self._line_moved()

    def _line_moved(self) -> None:
        for job in self._line:
            self.changed(job.viewers)

    def _arrived(self, job: Job) -> None:
        """Something new of a job: tell its viewers, and send the questions that waited for its weights."""
        self.changed(job.viewers)
        if job.arrays:
            for viewer in job.viewers:
                self.ask(viewer)

    def _fail(self, job: Job, message: str) -> None:
        job.fail(message)
        if self._jobs.get(job.key) is job:  # the next request of this key starts afresh
            del self._jobs[job.key]
        self.changed(job.viewers)

    # the worker; all but its two calls back need the lock

    def _start(self) -> WorkerProcess:
        if self._worker is None:
            self._worker = WorkerProcess(
                self._device,
                self._answer,
                self._ended,
                busy=lambda: bool(self._line.inside or self._questions),
                silence=self._silence,
            )
        return self._worker

    def _answer(self, head: dict, arrays: Columns) -> None:
        """What the worker says."""
        with self.locked():
            match head["kind"]:
                case "ready":
                    self._ready = head
                    self._admit()
                case "broken":
                    self._broken = head["reason"]
                case "inspected":
                    self._inspected(head, arrays)
                case "cell":
                    cell = Cell(head["name"], arrays)
                    self._keeper.keep(self._line.entered(head["job"]).training_key, cell)
                case "frame":
                    job = self._line.entered(head["job"])
                    job.add(frame_from(head, arrays), head["seconds"])
                    self._arrived(job)
                case _:
                    self._over(self._line.left(head["job"]), head)
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
        viewer, job, query = self._questions.pop(head["request"])
        viewer.asking = False
        if viewer.job is job:
            viewer.inspection, viewer.inspection_problem = (None if head["reason"] else arrays), head["reason"]
            viewer.inspection_query = query
            viewer.inspection_version += 1
            self.changed([viewer])
        self.ask(viewer)

    def _ended(self, reason: str) -> None:
        """The worker has gone: its jobs have failed, those that wait get a new one."""
        with self.locked():
            message = self._broken or f"{reason}; move a control to start again"
            lost = self._line.lose(all=not self._ready)  # one that never worked would not work the next time either
            self._worker, self._ready, self._broken = None, {}, ""
            for job in lost:
                self._fail(job, message)
            for viewer, *_ in self._questions.values():
                viewer.asking, viewer.inspection_problem = False, message
                self.changed([viewer])
            self._questions.clear()
            if not self._closed:
                self._admit()
        log.error("%s; runs lost: %d", message, len(lost))


def _run(job: Job) -> dict[str, object]:
    """A job as the worker is told of it."""
    own = os.environ.get(families.VARIABLE, "")  # the worker may have started before the last was registered
    return {"lab": job.lab.name, "settings": job.settings.values(), "activations": own, "visitors": job.visitors}
