"""What the captions of the panel `heat-map` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.heat_map import HeatMapSettings, figure
from explorer.measure.regression import side

HARDLY = 0.1  # an exponent within it of 0 hardly matters


def none_left_of_frontier(tables: Tables, settings: HeatMapSettings) -> Finding | None:
    """No network with fewer parameters than points fits."""
    grid = figure.Grid.of(tables)
    few = grid.k * (settings.d + 2) < grid.n
    if not few.any():
        return None
    numbers = {"cells": int(few.sum()), "fitting": int((few & (grid.fitting > 0)).sum())}
    return Finding(not numbers["fitting"], numbers)


def not_n_over_k_alone(tables: Tables, settings: HeatMapSettings) -> Finding | None:
    """At equal n/k the constant depends on the width too."""
    found = figure.exponents(figure.Grid.of(tables))
    if not np.isfinite(found.second_interval[0]):
        return None
    low, high = found.second_interval
    numbers = {
        "steeper": "steeper" if found.second > 0 else "flatter",
        "first": signed(found.first),
        "second": signed(found.second),
        "interval": interval(found.second_interval),
    }
    if low <= 0 <= high:
        return Finding(False, numbers)
    return Finding(True, numbers) if side(found.second_interval, 0) else None


def larger_at_equal_ratio(tables: Tables, settings: HeatMapSettings) -> Outcome | None:
    """Whether a larger network is steeper than a smaller one at the same n/k."""
    found = figure.exponents(figure.Grid.of(tables))
    low, high = found.second_interval
    if not np.isfinite([low, high]).all():
        return None
    numbers = {"first": signed(found.first), "second": signed(found.second), "interval": interval((low, high))}
    if beside := side(found.second_interval, 0):
        return Outcome("steeper" if beside > 0 else "flatter", numbers)
    return Outcome("about as steep", numbers) if max(-low, high) <= HARDLY else None


CHECKS: Mapping[str, Check] = {
    "none-left-of-frontier": none_left_of_frontier,
    "not-n-over-k-alone": not_n_over_k_alone,
}

OUTCOMES: Mapping[str, Decide] = {
    "larger-at-equal-ratio": larger_at_equal_ratio,
}
