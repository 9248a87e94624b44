"""The ratio of two means over the same points, with its interval."""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

from explorer.measure.regression import LEVEL, UNKNOWN, Interval


def ratio_of_means(
    above: Float[np.ndarray, " n"], below: Float[np.ndarray, " n"], level: float = LEVEL
) -> tuple[float, Interval]:
    """mean(above) / mean(below), of values that belong together in pairs; both are 0 or more.

    The interval is Fieller's: all ratios r for which Student's t does not tell the mean of above - r * below from 0. So
    1 lies in it wherever it does not tell the means apart, which it rarely does of two samples of one law, heavy tails
    or not; to hold another ratio it takes many points, or a light tail. NaN where the lower mean is 0 or a value is
    unknown; no interval of one point, nor where the lower mean is not told from 0, as then it has no end.
    """
    n = len(above)
    if not n or not np.isfinite([*above, *below]).all() or not below.mean() > 0:
        return math.nan, UNKNOWN
    a, b = float(above.mean()), float(below.mean())
    if n < 2:
        return a / b, UNKNOWN
    if np.abs(above - a / b * below).max() <= 1e-12 * above.max():
        return a / b, (a / b, a / b)  # in proportion: no pair says anything else
    t = float(stdtrit(n - 1, (1 + level) / 2))
    (aa, ab), (_, bb) = t**2 / n * np.cov(above, below)
    square, middle, rest = b**2 - bb, a * b - ab, a**2 - aa  # of r: square r^2 - 2 middle r + rest <= 0
    if not square > 0:
        return a / b, UNKNOWN
    root = math.sqrt(max(0.0, middle**2 - square * rest))
    return a / b, (float((middle - root) / square), float((middle + root) / square))
