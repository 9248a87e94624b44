"""Numbers as the sentences write them."""

import math

from explorer.labs.fits import Interval


def signed(value: float) -> str:
    """Two decimals, with a real minus sign."""
    return f"{value:.2f}".replace("-", "−")


def interval(ends: Interval) -> str:
    """Both ends of an interval, or that there is none."""
    if not all(map(math.isfinite, ends)):
        return "(too few for an interval)"
    return f"[{signed(ends[0])}, {signed(ends[1])}]"
