"""What sentences of several panels are put together from. No torch."""

import math

from explorer.labs.prunability.settings import ImageTask, Tolerated
from explorer.measure.regression import Interval


def percent(share: float) -> str:
    """A share: 65%; a digit more close to none and to all."""
    near = 0 < share < 0.01 or 0.99 < share < 1
    return f"{100 * share:.1f}%" if near else f"{100 * share:.0f}%"


def counted(number: int, what: str) -> str:
    """1 network, 2 networks."""
    return f"{number:,} {what}" if number == 1 else f"{number:,} {what}s"


def ends(interval: Interval, digits: int = 2) -> str:
    """Both ends of an interval, or that there is none."""
    if not all(map(math.isfinite, interval)):
        return "no interval"
    low, high = (f"{end:.{digits}f}".replace("-", "−") for end in interval)
    return f"95% [{low}, {high}]"


def of_tolerance(settings: Tolerated) -> str:
    """What counts as unharmed."""
    beta = f"{settings.prune_tolerance:g}"
    return f"(1 + {beta}) × the loss" if settings.relative else f"the loss + {beta}"


def of_data(settings: ImageTask) -> str:
    """What is learned."""
    noise = f", {percent(settings.noise)} of the labels drawn anew" if settings.noise else ""
    return f"Data: {settings.source.said}, n = {settings.n}{noise}."
