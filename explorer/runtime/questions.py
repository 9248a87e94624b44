"""Closer looks that sessions have asked for: each has one question under way, and the newest that waits."""

from collections.abc import Iterator

from explorer.frames import Columns
from explorer.runtime.job import Job
from explorer.runtime.viewer import Query, Viewer
from explorer.runtime.worker_client import WorkerClient


class Questions:
    """Questions under way to the worker, by number. Guarded by the scheduler's lock."""

    def __init__(self, worker: WorkerClient, numbers: Iterator[int]) -> None:
        self._worker = worker
        self._numbers = numbers
        self._asked: dict[int, tuple[Viewer, Job, Query]] = {}

    def __len__(self) -> int:
        return len(self._asked)

    def ask(self, viewer: Viewer) -> None:
        """Send what the viewer wants to know, if the arrays have come and the answer to the one before has."""
        job = viewer.job
        if viewer.query is None or viewer.asking or job is None or not job.arrays:
            return
        number = next(self._numbers)
        query, viewer.query, viewer.asking = viewer.query, None, True
        self._worker.inspect(number, job, query, viewer.visitor)
        self._asked[number] = viewer, job, query

    def answered(self, head: dict, arrays: Columns) -> tuple[Viewer, bool]:
        """Who has asked, and whether he still looks at that run, so that he sees the answer."""
        viewer, job, query = self._asked.pop(head["request"])
        viewer.asking = False
        if viewer.job is not job:
            return viewer, False
        viewer.inspection, viewer.inspection_problem = (None if head["reason"] else arrays), head["reason"]
        viewer.inspection_query = query
        viewer.inspection_version += 1
        return viewer, True

    def lose(self, message: str) -> list[Viewer]:
        """No answer will come, and why: those who wait for one."""
        waiting = [viewer for viewer, *_ in self._asked.values()]
        for viewer in waiting:
            viewer.asking, viewer.inspection_problem = False, message
        self._asked.clear()
        return waiting
