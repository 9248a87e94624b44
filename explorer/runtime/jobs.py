"""The jobs of a scheduler, found by their keys: those somebody wants, and the last that nobody does any more."""

from explorer.frames import FINISHED, Kept
from explorer.runtime.job import Job

RECENT = 8  # finished runs kept in memory with no one watching: going back to one is instant


class Jobs:
    """Guarded by the scheduler's lock."""

    def __init__(self) -> None:
        self._by_key: dict[str, Job] = {}  # those nobody watches in the order in which they were left

    def get(self, key: str) -> Job | None:
        """The job of this run key."""
        return self._by_key.get(key)

    def __contains__(self, job: Job) -> bool:
        return self._by_key.get(job.key) is job

    def add(self, job: Job) -> None:
        """A job that somebody wants."""
        self._by_key[job.key] = job

    def remove(self, job: Job) -> None:
        """The next request of its key starts afresh."""
        if job in self:
            del self._by_key[job.key]

    def leave(self, job: Job) -> None:
        """Nobody watches it any more: one that is over stays until others were left after it."""
        self.remove(job)
        if job.over:  # to the end: the one most recently watched
            self.add(job)
            unwatched = [other for other in self._by_key.values() if other.over and not other.viewers]
            for other in unwatched[:-RECENT]:
                self.remove(other)

    def finished(self, training_key: str) -> Kept:
        """What a run of this training starts from, if one has come to its end."""
        alike = (job for job in self._by_key.values() if job.training_key == training_key)
        return next(({FINISHED: job.arrays} for job in alike if job.state == "done" and job.arrays), {})
