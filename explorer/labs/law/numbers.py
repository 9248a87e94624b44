"""Numbers as the sentences write them."""

import math

import numpy as np
from jaxtyping import Float

from explorer.measure.regression import Interval

ROUNDING = 1e-9  # by which two numbers that are equal may come out apart


def settled(ratio: Float[np.ndarray, "*m"]) -> Float[np.ndarray, "*m"]:
    """Numbers over their floors, 1 where only rounding has brought them below."""
    return np.where((ratio < 1) & (ratio >= 1 - ROUNDING), 1.0, ratio)


def signed(value: float) -> str:
    """Two decimals, with a real minus sign."""
    return f"{value:.2f}".replace("-", "−")


def interval(ends: Interval) -> str:
    """Both ends of an interval, or that there is none."""
    if not all(map(math.isfinite, ends)):
        return "(too few for an interval)"
    return f"[{signed(ends[0])}, {signed(ends[1])}]"
