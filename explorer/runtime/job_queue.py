"""The queue of jobs: those in the worker, which take turns, and those that wait for a place. Pure."""

from collections import Counter, deque
from collections.abc import Iterator

from explorer.runtime.job import Job

ABREAST = 4  # jobs of one visitor that take turns: more would only make each of them late
MOST = 16  # jobs of all together: each has a thread, with threads of torch's own
MEMORY = 4 * 2**30  # bytes for all but the small ones, by their own estimate: what a single job may take
SMALL = 64 * 2**20  # bytes: a job of no more finds room beside whatever is there


class JobQueue:
    """Jobs that wait: those first of whose visitors fewest are inside, then in the order in which they came.

    A job that stops keeps its place inside until the worker says that it has.
    """

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
        """Jobs that may enter now, in order.

        A large job waits for memory, and no other large one overtakes it; small ones do, which take nothing from it.
        """
        while job := self._next():
            self._waiting.remove(job)
            self._inside[job.number] = job
            yield job

    def remove(self, job: Job) -> bool:
        """Take a job out of the queue if it waits there; False when it has entered, or never joined."""
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
        """Empty the worker, or the whole queue; the jobs that were there."""
        lost = [*self._inside.values(), *(self._waiting if all else ())]
        self._inside.clear()
        if all:
            self._waiting.clear()
        return lost

    def place(self, job: Job) -> int:
        """1 for the next job to enter; 0 for one that does not wait."""
        return self._order().index(job) + 1 if job in self._waiting else 0

    def _order(self) -> list[Job]:
        return sorted(self._waiting, key=self._beside)

    def _beside(self, job: Job) -> int:
        """How many jobs are inside of that visitor of a job who has fewest there."""
        counts = Counter(visitor for other in self._inside.values() for visitor in other.visitors)
        return min((counts[visitor] for visitor in job.visitors), default=0)

    def _next(self) -> Job | None:
        if len(self._inside) >= MOST:
            return None
        taken = sum(_size(job) for job in self._inside.values() if _size(job) > SMALL)
        blocked = False
        for job in self._order():
            large = _size(job) > SMALL
            if self._beside(job) >= ABREAST or (large and blocked):
                continue
            if not large or not taken or taken + _size(job) <= MEMORY:
                return job
            blocked = True
        return None


def _size(job: Job) -> float:
    return job.settings.work().bytes
