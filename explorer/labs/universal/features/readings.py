"""What the table `features` says: means over seeds, how much more there is at n than at 4n, and slopes beyond."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.universal.features import BEYOND, FEATURES
from explorer.measure.regression import UNKNOWN, Interval, geometric_means, line, mean, one_of, side

NEAR = (0.9, 1.1)  # params / n that count as "at n"
FLAT = 0.05  # an exponent whose interval lies within this of 0 counts as flat


def rows(tables: Tables, kind: str, beyond: float = 0.0) -> Columns:
    """The rows of a kind with at least `beyond` parameters a point."""
    table = FEATURES.among(tables)
    return where(table, (table["kind"] == kind) & (table["params"] >= beyond * table["n"]))


def means(table: Columns, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Each number of parameters, rising, and the geometric mean over seeds of what is known of a column there."""
    return geometric_means(table["params"], table[column])


@dataclass(frozen=True)
class Peak:
    """Where a column of one kind is largest, and how many times what it is at 4n it is at n.

    Attributes:
        at: params / n of the largest geometric mean. most: that mean. inside: there are smaller and larger sizes.
        times, interval: geometric mean over seeds and its interval; NaN where n or 4n has not come.
        seeds: of which both have come. n: the number of points.
        told: whether n has more than each size that is not at n, by more than chance, seed by seed: of sizes that are
            all alike one is the largest, too. elsewhere: whether the largest is not at n, and n has less by more than
            chance, though it is the largest of many.
    """

    n: int
    at: float
    most: float
    inside: bool
    times: float
    interval: Interval
    log_interval: Interval
    seeds: int
    told: bool
    elsewhere: bool


def peak(tables: Tables, kind: str, column: str) -> Peak | None:
    """None as long as nothing is known."""
    table = rows(tables, kind)
    params, values = means(table, column)
    if not len(params):
        return None
    n = int(table["n"][0])
    top = int(values.argmax())
    at_n, far = (_by_seed(table, column, size) for size in (n, BEYOND * n))
    both = sorted(at_n.keys() & far.keys())
    times, ends = mean(_over(at_n, far))
    outside = [size for size in params.tolist() if not NEAR[0] * n <= size <= NEAR[1] * n]
    beside = {size: _over(at_n, _by_seed(table, column, size)) for size in outside}
    less = mean(beside[params[top]], one_of(len(outside)))[1] if params[top] in beside else UNKNOWN
    return Peak(
        n=n,
        at=float(params[top] / n),
        most=float(values[top]),
        inside=bool(params[0] < NEAR[0] * n and params[-1] > NEAR[1] * n),
        times=float(np.exp(times)),
        interval=(float(np.exp(ends[0])), float(np.exp(ends[1]))),
        log_interval=ends,
        seeds=len(both),
        told=bool(beside) and all(side(mean(more)[1], 0) > 0 for more in beside.values()),
        elsewhere=side(less, 0) < 0,
    )


def _over(one: dict[int, float], other: dict[int, float]) -> np.ndarray:
    """The logarithm of how many times as much, of each seed that has both."""
    return np.array([np.log(one[seed] / other[seed]) for seed in sorted(one.keys() & other.keys())])


def _by_seed(table: Columns, column: str, params: int) -> dict[int, float]:
    there = (table["params"] == params) & np.isfinite(table[column]) & (table[column] > 0)
    return dict(zip(table["seed"][there].tolist(), table[column][there].tolist(), strict=True))


def _common(tables: Tables) -> float:
    """The most parameters that both kinds have come to, or the one that there is."""
    table = FEATURES.among(tables)
    tops = [table["params"][table["kind"] == kind].max() for kind in np.unique(table["kind"])]
    return float(min(tops, default=np.inf))


@dataclass(frozen=True)
class Slope:
    """How the steepness of one kind goes with the number of parameters: mean exponent over seeds.

    Attributes:
        first, last: numbers of parameters, from 4n to the most that both kinds have.
    """

    value: float
    interval: Interval
    seeds: int
    first: int
    last: int

    @property
    def word(self) -> str:
        """What it does; "" where the interval does not tell."""
        beside = side(self.interval, 0)
        if max(-self.interval[0], self.interval[1]) <= FLAT:
            return "stays flat"
        return {-1: "falls", 0: "", 1: "rises"}[beside]


def slope(tables: Tables, kind: str) -> Slope | None:
    """A line through the logarithms for each seed, whose models share points; None unless two sizes have come.

    It ends where the other kind ends: the curves get flatter, so slopes over unlike ranges could not be compared.
    """
    table = rows(tables, kind, BEYOND)
    table = where(table, table["params"] <= _common(tables))
    found = []
    for seed in np.unique(table["seed"]):
        one = where(table, (table["seed"] == seed) & (table["lip"] > 0))
        fit = line(np.log(one["params"]), np.log(one["lip"]))
        if np.isfinite(fit.slope):
            found.append(fit.slope)
    if not found:
        return None
    value, interval = mean(np.array(found))
    return Slope(
        value,
        interval if len(found) > 1 else UNKNOWN,
        len(found),
        int(table["params"].min()),
        int(table["params"].max()),
    )
