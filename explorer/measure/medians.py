"""The median of independent numbers and its interval by their order, which asks nothing of their law. No torch."""

import math

import numpy as np
from jaxtyping import Float
from scipy.stats import binom

from explorer.measure.regression import LEVEL, UNKNOWN, Interval


def median(values: Float[np.ndarray, " n"]) -> tuple[float, Interval]:
    """The median, and two of the numbers that it lies between with probability `LEVEL` or more.

    How many of n numbers lie below the true median is binomial with 1/2 (Conover 1999, sec. 3.2). NaN where there are
    none or some are unknown; no interval where all n together do not reach the level.
    """
    n = len(values)
    if not n or np.isnan(values).any():
        return math.nan, UNKNOWN
    middle = float(np.median(values))
    rank = int(binom.ppf((1 - LEVEL) / 2, n, 0.5))  # of n, so many may lie below the lower end with too little odds
    if rank < 1:
        return middle, UNKNOWN
    ordered = np.sort(values)
    return middle, (float(ordered[rank - 1]), float(ordered[n - rank]))
