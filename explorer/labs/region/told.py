"""How numbers of this lab are said."""

import math

from explorer.measure.regression import Interval, side


def percent(share: float) -> str:
    """A share as words; "unknown" where it is."""
    return f"{100 * share:.0f} %" if math.isfinite(share) else "unknown"


def span(ends: Interval) -> str:
    """An interval of shares; "" where there is none."""
    low, high = (f"{100 * end:.0f}".replace("-0", "0") for end in ends)
    return f"95 % [{low}, {high}] %" if all(map(math.isfinite, ends)) else ""


def doubt(ends: Interval, called: str = "0") -> str:
    """Why a difference is not called clear although its interval keeps clear of 0; "" where it is, or reaches 0.

    `called`: what 0 is called, as of logarithms.
    """
    apart = all(map(math.isfinite, ends)) and (ends[0] > 0 or ends[1] < 0)
    return f", a quarter wider it reaches {called}" if apart and not side(ends, 0) else ""


def counted(number: int, what: str) -> str:
    """Three networks, one network."""
    return f"{number} {what}{'' if number == 1 else 's'}"
