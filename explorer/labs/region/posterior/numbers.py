"""What the tables of the panel `posterior` say, repetition by repetition. No torch."""

import math

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.defence.numbers import less, over_networks
from explorer.labs.region.posterior import AVERAGE, ITSELF, MAP, ONE, OTHER, WHOLE
from explorer.measure.regression import Interval, side

FOUND_FOR = (MAP, ONE, AVERAGE)  # rows of the matrix, from the top
TRIED_ON = (MAP, ITSELF, OTHER, WHOLE)  # its columns


def largest(carried: Columns) -> int:
    """Samples in the largest average against which something was sought; 0 where there is none."""
    return int(carried["samples"][carried["found_for"] == AVERAGE].max(initial=0))


def of(carried: Columns, found_for: str, tried_on: str, samples: int | None = None) -> Columns:
    """The rows of one pair; of averages those of the largest, unless another is asked for."""
    count = (largest(carried) if samples is None else samples) if found_for == AVERAGE else 1
    here = (carried["found_for"] == found_for) & (carried["tried_on"] == tried_on) & (carried["samples"] == count)
    return where(carried, here)


def cell(carried: Columns, found_for: str, column: str) -> Columns:
    """The rows of a cell of the matrix: who is tried on itself stands in the column of its own kind."""
    if (found_for, column) in ((MAP, MAP), (AVERAGE, WHOLE)):
        return of(carried, found_for, ITSELF)
    if column == ITSELF and found_for != ONE:
        return where(carried, np.zeros(len(carried["samples"]), bool))
    return of(carried, found_for, column)


def curve(carried: Columns, tried_on: str, column: str = "success") -> tuple[np.ndarray, ...]:
    """Samples in the average that was attacked, the mean over repetitions, and the ends of its interval."""
    own = where(carried, (carried["found_for"] == AVERAGE) & (carried["tried_on"] == tried_on))
    return over(own, column)


def over(rows: Columns, column: str) -> tuple[np.ndarray, ...]:
    """A column against the number of samples: mean over repetitions, and the ends of its interval."""
    counts = np.unique(rows["samples"])
    found = [over_networks(where(rows, rows["samples"] == count), column) for count in counts]
    parts = [(value, *ends) for value, ends in found]
    value, low, high = (np.array([part[i] for part in parts], np.float64) for i in range(3))
    return counts.astype(float), value, low, high


def apart(one: Columns, two: Columns, column: str = "success") -> tuple[float, Interval, int]:
    """One less the other, repetition by repetition: mean, interval, and of how many both are known."""
    return less(one, column, two, column)


def way(ends: Interval) -> int:
    """1 where an interval of a difference is clearly above 0, -1 below, 0 where it is neither or there is none."""
    return side(ends, 0) if all(map(math.isfinite, ends)) else 0
