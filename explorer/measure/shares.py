"""The interval of a share of independent trials. No torch."""

import math

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
