"""The ratio of two means over the same points, with its 95 % interval."""

import math

import numpy as np
from jaxtyping import Float

from explorer.measure.regression import UNKNOWN, Interval, mean


def ratio_of_means(above: Float[np.ndarray, " n"], below: Float[np.ndarray, " n"]) -> tuple[float, Interval]:
    """mean(above) / mean(below), of values that belong together in pairs; both are 0 or more.

    The interval is that of the mean of above - ratio * below (Student's t), over mean(below): right for many points,
    too narrow for few with a heavy tail. NaN where the lower mean is 0 or a value is unknown, no interval of one point.
    """
    if not len(above) or not np.isfinite([*above, *below]).all() or not below.mean() > 0:
        return math.nan, UNKNOWN
    value = float(above.mean() / below.mean())
    _, (low, high) = mean((above - value * below) / below.mean())
    return value, (value + low, value + high)
