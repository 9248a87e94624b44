"""Whose turn it is in the worker: that of the visitor who has used least time, and among his tasks of that which has.

Start-time fair queueing (Goyal, Vin and Cheng 1996) on two levels, all weights equal. Who comes starts level with
those who are there, a credit ahead: a small run among long ones has its first frame at once. Who leaves and comes back
while others stay finds the time that he has used. Pure: the clock is whoever calls `charge`.
"""

from collections.abc import Hashable, Iterable
from typing import Generic, TypeVar

from explorer.runtime.task import Task

CREDIT = 0.5  # seconds: most first frames take less, and nobody else waits longer for it

Key = TypeVar("Key", bound=Hashable)


class Fair(Generic[Key]):
    """Some that share a time, and how much each has used of it."""

    def __init__(self) -> None:
        self._used: dict[Key, float] = {}  # those who are there, and who has left with more than those who come get
        self._here: dict[Key, None] = {}  # in the order in which they came
        self._now = 0.0  # what those who are served have used

    def __bool__(self) -> bool:
        return bool(self._here)

    def __contains__(self, key: Key) -> bool:
        return key in self._here

    def join(self, key: Key) -> None:
        """Somebody comes."""
        if key in self._here:
            return
        level = self._now - CREDIT
        others = self._used.items() if self._here else ()  # all begin anew when nobody was there
        self._used = {other: used for other, used in others if used > level or other in self._here}
        self._used.setdefault(key, level)
        self._here[key] = None

    def leave(self, key: Key) -> None:
        """Somebody goes."""
        self._here.pop(key, None)

    def charge(self, key: Key, seconds: float) -> None:
        """Somebody has used this much."""
        self._now = max(self._now, self._used[key])
        self._used[key] += seconds

    def next(self) -> Key:
        """Who has used least; among equals who came first."""
        return min(self._here, key=self._used.__getitem__)


class Turns:
    """The tasks of a worker. A task of several visitors has its turn as soon as one of them has."""

    def __init__(self) -> None:
        self._visitors: Fair[str] = Fair()
        self._tasks: dict[str, Fair[Task]] = {}
        self._members: dict[Task, tuple[str, ...]] = {}

    def __bool__(self) -> bool:
        return bool(self._members)

    def join(self, task: Task, visitors: Iterable[str]) -> None:
        """A task comes, or other visitors watch it now. It keeps those it had when nobody is named: it is to end."""
        before, now = self._members.get(task, ()), tuple(dict.fromkeys(visitors)) or self._members.get(task, ("",))
        self._members[task] = now
        for visitor in now:
            self._tasks.setdefault(visitor, Fair()).join(task)
            self._visitors.join(visitor)
        self._part(task, [visitor for visitor in before if visitor not in now])

    def leave(self, task: Task) -> None:
        """A task has ended."""
        self._part(task, self._members.pop(task))

    def next(self) -> tuple[Task, str]:
        """The task whose turn it is, and at whose expense."""
        visitor = self._visitors.next()
        return self._tasks[visitor].next(), visitor

    def charge(self, task: Task, visitor: str, seconds: float) -> None:
        """What the turn has taken."""
        self._tasks[visitor].charge(task, seconds)
        self._visitors.charge(visitor, seconds)

    def _part(self, task: Task, visitors: Iterable[str]) -> None:
        for visitor in visitors:
            self._tasks[visitor].leave(task)
            if not self._tasks[visitor]:
                self._visitors.leave(visitor)
                del self._tasks[visitor]
