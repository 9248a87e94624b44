"""Steepness against training error, network by network: what the tables of `noise_film` say. No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.frames import Columns, Tables
from explorer.measure.regression import Interval, geometric_means, mean
from explorer.tables import Bound, Count, Table, Value

NOISE = Table("noise", sigma=Value(), k=Count(), seed=Count(), step=Count(), mse=Value("MSE"), lower=Bound(">=", "Lip"))
LEVELS = 10 ** (-np.arange(73) / 12)  # errors from 1 to 1e-6 at which curves of several seeds are averaged


@dataclass(frozen=True)
class Curve:
    """One network's way: errors falling, and the steepness at each."""

    k: int
    seed: int
    mse: np.ndarray
    lower: np.ndarray

    def at(self, mse: np.ndarray) -> np.ndarray:
        """The steepness at these errors, straight between measurements on logarithmic axes; NaN beyond them."""
        x, y = -np.log(self.mse), np.log(self.lower)
        return np.exp(np.interp(-np.log(mse), x, y, left=np.nan, right=np.nan))


def curves(tables: Tables, sigma: float) -> list[Curve]:
    """The ways of the networks trained at this label noise, by width and seed, where the error falls."""
    table, found = NOISE.among(tables), []
    here = (table["sigma"] == sigma) & np.isfinite(table["lower"]) & (table["lower"] > 0) & (table["mse"] > 0)
    for k, seed in sorted(set(zip(table["k"][here].tolist(), table["seed"][here].tolist(), strict=True))):
        rows = np.flatnonzero(here & (table["k"] == k) & (table["seed"] == seed))
        rows = rows[np.argsort(table["step"][rows], kind="stable")]
        mse = table["mse"][rows]
        falls = mse < np.concatenate([[np.inf], np.minimum.accumulate(mse)[:-1]])
        found.append(Curve(k, seed, mse[falls], table["lower"][rows][falls]))
    return found


def means(tables: Tables, sigma: float, tolerance: float) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """For each width, errors down to the tolerance and the geometric mean over the networks that have come that far."""
    found, out = curves(tables, sigma), {}
    levels = LEVELS[tolerance * (1 - 1e-9) <= LEVELS]
    for k in sorted({curve.k for curve in found}):
        heights = np.log(np.stack([curve.at(levels) for curve in found if curve.k == k]))
        there = np.isfinite(heights)
        reached = there.any(0)
        total = np.where(there, heights, 0).sum(0)[reached]
        out[k] = levels[reached], np.exp(total / there.sum(0)[reached])
    return out


def at_level(tables: Tables, sigma: float, mse: float) -> np.ndarray:
    """The steepness of each width at this error, a geometric mean over its networks; only widths that came to it."""
    found = curves(tables, sigma)
    heights = {k: np.concatenate([c.at(np.array([mse])) for c in found if c.k == k]) for k in {c.k for c in found}}
    return np.array([np.exp(np.log(heights[k]).mean()) for k in sorted(heights) if np.isfinite(heights[k]).all()])


def fitted(tables: Tables, sigma: float, tolerance: float) -> dict[str, np.ndarray]:
    """The last measurement of each network that fits."""
    last = [c for c in curves(tables, sigma) if len(c.mse) and c.mse[-1] <= tolerance]
    return {
        "k": np.array([c.k for c in last], np.int64),
        "seed": np.array([c.seed for c in last], np.int64),
        "sigma": np.full(len(last), sigma),
        "lower": np.array([c.lower[-1] for c in last], np.float64),
    }


def by_width(ends: Columns) -> tuple[np.ndarray, np.ndarray]:
    """Widths and geometric means over their networks."""
    return geometric_means(ends["k"], ends["lower"])


def ratios(tables: Tables, sigma: float, level: float) -> dict[tuple[int, int], float]:
    """Steepness at a tenth of the error `level` over that at it, of each network (k, seed) that has been at both."""
    found = {(curve.k, curve.seed): curve.at(np.array([level, level / 10])) for curve in curves(tables, sigma)}
    return {net: float(below / at) for net, (at, below) in found.items() if np.isfinite(at) and np.isfinite(below)}


@dataclass(frozen=True)
class Price:
    """How many times as steep networks get from an error of sigma^2 to a tenth of it.

    Attributes:
        found: of each network that came so far. both: how many of them did so without noise too.
        log_more, log_interval: the mean, over those, of the logarithm of how many times as much as without noise.
    """

    found: np.ndarray
    both: int
    log_more: float
    log_interval: Interval

    @property
    def more(self) -> float:
        """How many times as much as without noise."""
        return float(np.exp(self.log_more))

    @property
    def interval(self) -> Interval:
        """Of `more`."""
        low, high = self.log_interval
        return float(np.exp(low)), float(np.exp(high))


def price(tables: Tables, sigma: float) -> Price | None:
    """The price of this noise beside the same networks between the same errors without it; None for too few."""
    if not sigma:
        return None
    steeper, control = (ratios(tables, s, sigma**2) for s in (sigma, 0.0))
    both = sorted(steeper.keys() & control.keys())
    middle, (low, high) = mean(np.log([steeper[net] / control[net] for net in both]))
    return Price(np.array(list(steeper.values())), len(both), middle, (low, high)) if np.isfinite(low) else None
