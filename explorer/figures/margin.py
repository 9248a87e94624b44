"""Names of lines in the margin of a figure: each as near to the height of its line's end as they fit. Pure."""

import numpy as np
from jaxtyping import Float
from scipy.optimize import isotonic_regression


def spread(at: Float[np.ndarray, " m"], gap: float, low: float, high: float) -> Float[np.ndarray, " m"]:
    """Heights at least `gap` apart within [low, high], in the order of `at`, at the least sum of squared moves.

    Where so many do not fit they stand evenly over the whole margin, closer than `gap`.
    """
    if not len(at):
        return at
    order = np.argsort(at, kind="stable")
    gap = min(gap, (high - low) / max(len(at) - 1, 1))
    steps = gap * np.arange(len(at))
    # z_i = w_i + i gap keeps its distance exactly when w rises; clipping the best w keeps it the best within bounds
    rising = isotonic_regression(at[order] - steps).x
    out = np.empty(len(at))
    out[order] = np.clip(rising, low, high - steps[-1]) + steps
    return out
