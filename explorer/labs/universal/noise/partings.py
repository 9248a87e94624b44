"""Where a network on noisy labels parts from its twin: the same network, from the same start, on clean labels."""

from dataclasses import dataclass

import numpy as np

from explorer.frames import Tables
from explorer.labs.noise_curves import LEVELS, curves
from explorer.measure.regression import Interval, line, mean

PART = 1.5  # times as steep as its twin, at the same error, a network has parted


def partings(tables: Tables, sigma: float) -> dict[tuple[int, int], float]:
    """The error at which each network (k, seed) parts, NaN where it does not.

    That is the largest from which on it is `PART` times as steep as its twin, at every error to which both have come;
    between two of the errors at which they are compared, straight on logarithmic axes. Without a twin so far there is
    no entry.
    """
    twins = {(curve.k, curve.seed): curve for curve in curves(tables, 0.0)}
    found = {}
    for curve in curves(tables, sigma):
        if twin := twins.get((curve.k, curve.seed)):
            ratio = np.log(curve.at(LEVELS) / twin.at(LEVELS))
            there = np.isfinite(ratio)
            found[curve.k, curve.seed] = _crossing(np.log(LEVELS[there]), ratio[there] - np.log(PART))
    return found


def _crossing(level: np.ndarray, over: np.ndarray) -> float:
    """exp of the level from which on, as it falls, `over` is 0 or more; NaN where it never is."""
    first = len(over) - int(np.cumprod(over[::-1] >= 0).sum())
    if first == len(over):
        return np.nan
    if not first:
        return float(np.exp(level[0]))
    return float(np.exp(np.interp(0.0, over[first - 1 : first + 1], level[first - 1 : first + 1])))


def middle(errors: dict[tuple[int, int], float]) -> float:
    """Their geometric mean; NaN unless all have parted."""
    return float(np.exp(np.mean(np.log(list(errors.values()))))) if errors else np.nan


@dataclass(frozen=True)
class Power:
    """The errors of parting as a power of sigma^2: the mean exponent over networks, its interval, how many these are.

    `errors` are the geometric means over networks, noise by noise.
    """

    exponent: float
    interval: Interval
    networks: int
    sigmas: list[float]
    errors: list[float]


def power(tables: Tables, sigmas: list[float]) -> Power | None:
    """None where there is less than two noises, a network did not part, or too few tell no interval."""
    found = [partings(tables, sigma) for sigma in sigmas]
    nets = sorted(set().union(*found))
    if len(sigmas) < 2 or any(not np.isfinite(each.get(net, np.nan)) for each in found for net in nets):
        return None
    x = 2 * np.log(sigmas)
    exponents = np.array([line(x, np.log([each[net] for each in found])).slope for net in nets])
    exponent, interval = mean(exponents)
    if not np.isfinite(interval[0]):
        return None
    return Power(exponent, interval, len(nets), sigmas, [middle(each) for each in found])
