"""Spearman's rank correlation, with its interval. No torch."""

import math
from dataclasses import dataclass

import numpy as np
from scipy.special import ndtri

from explorer.measure.regression import LEVEL, UNKNOWN, Interval, ranks

FEWEST = 5  # points of which an interval is given


@dataclass(frozen=True)
class RankCorrelation:
    """Of n points: rho, and its interval (Bonett, Wright 2000): artanh of it has variance (1 + rho^2 / 2) / (n - 3).

    NaN where n is too small, or where all values of a column are alike.
    """

    n: int
    rho: float
    interval: Interval


def spearman(x: np.ndarray, y: np.ndarray) -> RankCorrelation:
    """Of those points (x_i, y_i) that are finite; ties share the mean of their ranks."""
    there = np.isfinite(x) & np.isfinite(y)
    n = int(there.sum())
    if n < 2:
        return RankCorrelation(n, math.nan, UNKNOWN)
    a, b = (ranks(np.asarray(v, np.float64)[there]) - (n + 1) / 2 for v in (x, y))
    size = math.sqrt(float(a @ a) * float(b @ b))
    if not size > 0:
        return RankCorrelation(n, math.nan, UNKNOWN)
    rho = max(-1.0, min(1.0, float(a @ b) / size))
    if n < FEWEST:
        return RankCorrelation(n, rho, UNKNOWN)
    if abs(rho) == 1:
        return RankCorrelation(n, rho, (rho, rho))
    half = float(ndtri((1 + LEVEL) / 2)) * math.sqrt((1 + rho * rho / 2) / (n - 3))
    return RankCorrelation(n, rho, (math.tanh(math.atanh(rho) - half), math.tanh(math.atanh(rho) + half)))
