"""Spearman's rank correlation against scipy, and its interval by simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from explorer.measure.rank_correlation import spearman


@pytest.mark.parametrize("seed", range(5))
@pytest.mark.parametrize("ties", [False, True])
def test_it_is_that_of_scipy(seed: int, ties: bool) -> None:
    rng = np.random.default_rng(seed)
    x, y = rng.standard_normal((2, 14))
    y = y + x
    if ties:
        x, y = x.round(), y.round()
    assert spearman(x, y).rho == pytest.approx(stats.spearmanr(x, y).statistic)


def test_the_interval_holds_the_truth_in_about_95_percent() -> None:
    rng, r = np.random.default_rng(0), 0.6
    truth = 6 / math.pi * math.asin(r / 2)  # of two normal numbers with this correlation
    z = rng.standard_normal((2, 2000, 15))
    y = r * z[0] + math.sqrt(1 - r * r) * z[1]
    inside = [low <= truth <= high for low, high in (spearman(*pair).interval for pair in zip(z[0], y, strict=True))]
    assert 0.93 <= np.mean(inside) <= 0.98


def test_what_cannot_be_told_is_not() -> None:
    assert math.isnan(spearman(np.zeros(0), np.zeros(0)).rho)
    assert math.isnan(spearman(np.ones(6), np.arange(6.0)).rho)
    few = spearman(np.arange(4.0), np.arange(4.0))
    assert few.rho == 1
    assert not np.isfinite(few.interval).any()
    assert spearman(np.arange(6.0), np.arange(6.0)).interval == (1, 1)
    with_gap = spearman(np.array([1.0, np.nan, 2, 3, 4, 5]), np.array([2.0, 3, 1, 4, 5, 6]))
    assert with_gap.n == 5
    assert with_gap.rho == pytest.approx(0.9)
