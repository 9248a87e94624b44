"""What the table `support` says: columns over noise or distance, and shares, over seeds. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.regression import Interval, mean

ON = 0.0  # the distance of the half circles themselves


@dataclass(frozen=True)
class Curve:
    """Geometric means over the seeds, rising in x; `low`, `high`: 95 % interval, NaN where there are too few seeds."""

    x: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def __len__(self) -> int:
        return len(self.x)


def best(table: Columns) -> Columns:
    """The rows of repetitions that are done; as long as there are none, those of the one that walks.

    Averages of few samples and of all are not of one kind: a mean of both says nothing of either.
    """
    return where(table, table["whole"]) if table["whole"].any() else table


def far(table: Columns) -> float:
    """The largest distance; NaN of no rows."""
    known = table["distance"][np.isfinite(table["distance"])]
    return float(known.max()) if len(known) else math.nan


def over(table: Columns, x: str, column: str, part: str = "") -> Curve:
    """A column, or its share of another, against `x`."""
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log(table[column] / (table[part] if part else 1.0))
    known = np.isfinite(values)
    found = []
    for at in np.unique(table[x][known]).tolist():
        middle, (low, high) = mean(values[known & (table[x] == at)])
        found.append((at, math.exp(middle), *(math.exp(min(end, 300)) for end in (low, high))))
    return Curve(*np.array(found, np.float64).reshape(-1, 4).T)


def at_distance(table: Columns, distance: float) -> Columns:
    """The rows of one distance."""
    return where(table, table["distance"] == distance)


def of_noise(table: Columns, noise: float) -> Columns:
    """The rows of one noise."""
    return where(table, table["noise"] == noise)


def change(table: Columns, x: str, column: str, part: str = "") -> tuple[float, Interval, int]:
    """By how much the logarithm rises from the least x to the largest, seed by seed: mean, interval, seeds."""
    nothing = math.nan, (math.nan, math.nan), 0
    if len(np.unique(table[x])) < 2:
        return nothing
    with np.errstate(divide="ignore", invalid="ignore"):
        values = np.log(table[column] / (table[part] if part else 1.0))
    ends = [
        {int(seed): value for seed, value in zip(table["seed"][here], values[here], strict=True)}
        for here in (table[x] == table[x].min(), table[x] == table[x].max())
    ]
    each = np.array([ends[1][seed] - ends[0][seed] for seed in sorted(ends[0].keys() & ends[1].keys())])
    if not len(each) or not np.isfinite(each).all():
        return nothing
    return *mean(each), len(each)
