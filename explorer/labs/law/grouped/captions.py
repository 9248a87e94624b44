"""What the captions of the panel `grouped` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.grouped import GroupedSettings, figure
from explorer.measure.regression import Interval

NEAR = 0.15  # from an exponent still counts as that exponent


def two_exponents(tables: Tables, settings: GroupedSettings) -> Finding | None:
    """The gradient grows like the root of n/k at the data, and like n/k itself where it is worst."""
    rows = figure.chosen(tables, settings)
    if not len(rows.x):
        return None
    data, ball = rows.power("lip_data"), rows.power("lip_ball")
    if not np.isfinite([data.slope_interval, ball.slope_interval]).all():  # of two points there is no interval
        return None
    numbers = {
        "at_data": f"{signed(data.slope)} {interval(data.slope_interval)}",
        "in_ball": f"{signed(ball.slope)} {interval(ball.slope_interval)}",
        "widths": min(data.n, ball.n),
    }
    expected = (data, 0.5), (ball, 1.0)
    if any(abs(fit.slope - power) > NEAR and not _holds(fit.slope_interval, power) for fit, power in expected):
        return Finding(False, numbers)
    near = all(abs(fit.slope - power) <= NEAR for fit, power in expected)
    return Finding(True, numbers) if near and _below(data.slope_interval, ball.slope_interval) else None


def faster_between(tables: Tables, settings: GroupedSettings) -> Outcome | None:
    """Whether the worst gradient grows with n/k by another exponent than that at the points."""
    rows = figure.chosen(tables, settings)
    data, ball = rows.power("lip_data"), rows.power("lip_ball")
    if not np.isfinite([data.slope_interval, ball.slope_interval]).all():
        return None
    numbers = {"at_data": signed(data.slope), "in_ball": signed(ball.slope), "widths": min(data.n, ball.n)}
    if _below(data.slope_interval, ball.slope_interval) and ball.slope - data.slope > NEAR:
        return Outcome("faster", numbers)
    if _below(ball.slope_interval, data.slope_interval) and data.slope - ball.slope > NEAR:
        return Outcome("more slowly", numbers)
    widest = max(high for _, high in (data.slope_interval, ball.slope_interval))
    least = min(low for low, _ in (data.slope_interval, ball.slope_interval))
    return Outcome("at the same rate", numbers) if widest - least <= 2 * NEAR else None


def _below(one: Interval, other: Interval) -> bool:
    return one[1] < other[0]


def _holds(interval: Interval, value: float) -> bool:
    return interval[0] <= value <= interval[1]


CHECKS: Mapping[str, Check] = {
    "two-exponents": two_exponents,
}

OUTCOMES: Mapping[str, Decide] = {
    "faster-between": faster_between,
}
