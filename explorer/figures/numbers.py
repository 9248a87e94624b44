"""Numbers in words. A bound is rounded to the side on which it still holds."""

import math
from collections.abc import Sequence
from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal

from explorer.measure.regression import Interval

DIGITS = 3


def down(value: float, digits: int = DIGITS) -> str:
    """At most `value`, so that "at least" before it stays true: 9.6196 is 9.61."""
    return _rounded(_exact(value), digits, ROUND_FLOOR)


def up(value: float, digits: int = DIGITS) -> str:
    """At least `value`, so that "at most" before it stays true: 11.788 is 11.8."""
    return _rounded(_exact(value), digits, ROUND_CEILING)


def percent_down(share: float, digits: int = DIGITS) -> str:
    """A share as a percentage that it reaches."""
    return f"{_rounded(100 * _exact(share), digits, ROUND_FLOOR)}%"


def percent_up(share: float, digits: int = DIGITS) -> str:
    """A share as a percentage that it does not exceed."""
    return f"{_rounded(100 * _exact(share), digits, ROUND_CEILING)}%"


def listed(values: Sequence[int]) -> str:
    """4, 8 and 16."""
    *most, last = map(str, values)
    return f"{', '.join(most)} and {last}" if most else last


def signed(value: float) -> str:
    """Two decimals, with a real minus sign."""
    return f"{value:.2f}".replace("-", "−")


def interval(ends: Interval) -> str:
    """Both ends of an interval, or that there is none."""
    if not all(map(math.isfinite, ends)):
        return "(too few for an interval)"
    return f"[{signed(ends[0])}, {signed(ends[1])}]"


def _exact(value: float) -> Decimal:
    return Decimal(repr(float(value)))  # its shortest form: 0.29 is 0.29, not a little less


def _rounded(value: Decimal, digits: int, rounding: str) -> str:
    if not value.is_finite() or not value:
        return f"{float(value):g}"
    step = Decimal(1).scaleb(value.adjusted() - digits + 1)
    return f"{float(value.quantize(step, rounding)):.{digits}g}"
