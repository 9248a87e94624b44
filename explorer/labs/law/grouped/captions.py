"""What the captions of the panel `grouped` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.law.grouped import GroupedSettings, figure
from explorer.labs.law.numbers import signed

NEAR = 0.15  # from an exponent still counts as that exponent


def two_exponents(tables: Tables, settings: GroupedSettings) -> Finding | None:
    """The gradient grows like the root of n/k at the data, and like n/k itself where it is worst."""
    rows = figure.chosen(tables, settings)
    data, ball = (rows.power(column) for column in ("lip_data", "lip_ball")) if len(rows.x) else (None, None)
    if data is None or ball is None or not np.isfinite([data.slope, ball.slope]).all():
        return None
    numbers = {"at_data": signed(data.slope), "in_ball": signed(ball.slope)}
    return Finding(abs(data.slope - 0.5) <= NEAR and abs(ball.slope - 1) <= NEAR, numbers)


CHECKS: Mapping[str, Check] = {
    "two-exponents": two_exponents,
}
