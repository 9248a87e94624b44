"""The line of jobs: those in the worker, which take turns, and those that wait for a place. Pure."""

from collections import deque
from collections.abc import Iterator

from explorer.runtime.job import Job

ABREAST = 4  # jobs that take turns: more would only make everybody's first frame late
MEMORY = 4 * 2**30  # bytes for all of them by their own estimate: what a single job may take


class Line:
    """Jobs in the order in which they came. One that stops keeps its place until the worker says that it has."""

    def __init__(self) -> None:
        self._waiting: deque[Job] = deque()
        self._inside: dict[int, Job] = {}

    def __iter__(self) -> Iterator[Job]:
        return iter(self._waiting)

    def __len__(self) -> int:
        return len(self._waiting)

    @property
    def inside(self) -> int:
        """How many jobs are in the worker."""
        return len(self._inside)

    def join(self, job: Job) -> None:
        """Wait behind the others."""
        self._waiting.append(job)

    def admit(self) -> Iterator[Job]:
        """Jobs that may enter now, in order."""
        while self._waiting and self._room(self._waiting[0]):
            job = self._waiting.popleft()
            self._inside[job.number] = job
            yield job

    def remove(self, job: Job) -> bool:
        """Take a job out of the line if it waits there; False when it has entered, or never joined."""
        if job not in self._waiting:
            return False
        self._waiting.remove(job)
        return True

    def __contains__(self, job: Job) -> bool:
        """Whether the job is in the worker."""
        return job.number in self._inside

    def entered(self, number: int) -> Job:
        """The job of this number, which is in the worker."""
        return self._inside[number]

    def left(self, number: int) -> Job:
        """A job has ended: its place is free."""
        return self._inside.pop(number)

    def lose(self, *, all: bool) -> list[Job]:
        """Empty the worker, or the whole line; the jobs that were there."""
        lost = [*self._inside.values(), *(self._waiting if all else ())]
        self._inside.clear()
        if all:
            self._waiting.clear()
        return lost

    def place(self, job: Job) -> int:
        """1 for the next job to enter; 0 for one that does not wait."""
        return self._waiting.index(job) + 1 if job in self._waiting else 0

    def _room(self, job: Job) -> bool:
        if not self._inside:
            return True
        taken = sum(other.settings.work().bytes for other in self._inside.values())
        return len(self._inside) < ABREAST and taken + job.settings.work().bytes <= MEMORY
