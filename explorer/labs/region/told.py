"""How numbers of this lab are said."""

import math

from explorer.measure.regression import Interval


def percent(share: float) -> str:
    """A share as words; "unknown" where it is."""
    return f"{100 * share:.0f} %" if math.isfinite(share) else "unknown"


def span(ends: Interval) -> str:
    """An interval of shares; "" where there is none."""
    return f"95 % [{100 * ends[0]:.0f}, {100 * ends[1]:.0f}] %" if all(map(math.isfinite, ends)) else ""


def counted(number: int, what: str) -> str:
    """Three networks, one network."""
    return f"{number} {what}{'' if number == 1 else 's'}"
