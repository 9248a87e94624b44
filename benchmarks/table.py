"""What every benchmark yields, and how two programs are timed beside each other.

Each benchmark is a module of this folder with `rows(rounds) -> Iterator[Row]`; `explorer bench` finds and prints them.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from statistics import median
from typing import Any


class Missing(RuntimeError):
    """Something a benchmark needs is not on this machine; the message says what."""


@dataclass(frozen=True)
class Row:
    """One comparison: how many times faster ours is, and whether both computed the same."""

    name: str
    peer: str
    ratio: float  # median seconds of the peer over ours; where `name` says tightness, its bound over ours
    target: float | None  # the least ratio promised, if one is
    agreement: str  # what was compared, with its number
    agrees: bool
    detail: dict[str, Any] = field(default_factory=dict)
    slower: bool = False  # the other way round: ratio is ours over the peer, target the most allowed

    @property
    def met(self) -> bool | None:
        """Whether the ratio keeps what the target promises; None where nothing was promised."""
        if self.target is None:
            return None
        return self.ratio <= self.target if self.slower else self.ratio >= self.target


def interleave(
    ours: Callable[[], Any],
    peer: Callable[[], Any],
    rounds: int,
    clock: Callable[[], float] = time.perf_counter,
) -> tuple[list[float], list[float]]:
    """Wall-clock seconds of `ours` and `peer`, called in turn so that a busy machine slows both after one call each.

    Another `clock` is `time.process_time`: on one thread the same seconds, without those of other programs.
    """
    ours(), peer()
    seconds: tuple[list[float], list[float]] = [], []
    for _ in range(rounds):
        for call, times in zip((ours, peer), seconds, strict=True):
            start = clock()
            call()
            times.append(clock() - start)
    return seconds


def ratio(ours: list[float], peer: list[float]) -> float:
    """Median of the peer's seconds over the median of ours."""
    return median(peer) / median(ours)
