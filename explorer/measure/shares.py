"""The interval of a share of independent trials, and of the difference of two shares of the same trials. No torch."""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import ndtri

from explorer.measure.regression import LEVEL, UNKNOWN, Interval


def wilson(share: float, n: int) -> Interval:
    """Wilson's score interval (1927) of a share that was found in n trials; NaN where it is unknown."""
    if n < 1 or not 0 <= share <= 1:
        return UNKNOWN
    z = float(ndtri((1 + LEVEL) / 2))
    middle = (share + z * z / (2 * n)) / (1 + z * z / n)
    half = z * math.sqrt(share * (1 - share) / n + z * z / (4 * n * n)) / (1 + z * z / n)
    return max(0.0, middle - half), min(1.0, middle + half)


def paired(differences: Float[np.ndarray, " n"]) -> tuple[float, Interval]:
    """The mean of differences between -1 and 1, point by point, and its interval; NaN where there are none.

    That of Bonett and Price (2012) for two shares of the same n points: two points are added to the interval, one that
    differs each way, so that it has a width where no point differs.
    """
    n = len(differences)
    if n < 1 or not np.isfinite(differences).all():
        return math.nan, UNKNOWN
    middle = float(differences.sum()) / (n + 2)
    variance = (float(np.square(differences).sum()) + 2) / (n + 2) - middle * middle
    half = float(ndtri((1 + LEVEL) / 2)) * math.sqrt(variance / (n + 2))
    return float(differences.mean()), (max(-1.0, middle - half), min(1.0, middle + half))
