"""Numbers as the capacity panel writes them."""

import math

import numpy as np

from explorer.measure.regression import Interval


def count(value: float | np.integer | np.floating) -> str:
    """A whole number: 38,410."""
    return f"{int(value):,}"


def percent(share: float) -> str:
    """A share: 78.5%."""
    return f"{100 * share:.1f}%"


def points(difference: float) -> str:
    """A difference of two shares: +3.6 points."""
    return f"{100 * difference:+.1f} points".replace("-", "−")


def span(ends: Interval) -> str:
    """Its interval, or that there is none."""
    if not all(map(math.isfinite, ends)):
        return "too few for an interval"
    low, high = (f"{100 * end:+.1f}".replace("-", "−") for end in ends)
    return f"95% interval [{low}, {high}]"
