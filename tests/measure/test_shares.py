"""Intervals of shares: beside simulated trials, and where there is nothing to go by."""

import numpy as np
import pytest

from explorer.measure.shares import paired


@pytest.mark.parametrize(("one", "both", "n"), [(0.5, 0.4, 50), (0.1, 0.02, 100), (0.9, 0.85, 300), (0.02, 0.0, 300)])
def test_the_interval_of_a_paired_difference_holds_it_about_as_often_as_it_says(
    one: float, both: float, n: int
) -> None:
    """Images that two models have right: each with probability `one`, together with probability `both`."""
    rng, held = np.random.default_rng(0), 0
    for _ in range(1000):
        u = rng.random(n)
        first = u < one
        second = (u < both) | ((u >= one) & (u < 2 * one - both))
        _, (low, high) = paired(first.astype(float) - second)
        held += low <= 0 <= high
    assert held >= 940


def test_it_is_that_of_bonett_and_price() -> None:
    """12 points differ one way, 5 the other, of 60: their adjusted Wald interval, written out."""
    differences = np.repeat([1.0, -1.0, 0.0], [12, 5, 43])
    p, q = 13 / 62, 6 / 62
    half = 1.959963984540054 * np.sqrt((p + q - (p - q) ** 2) / 62)
    middle, ends = paired(differences)
    assert middle == pytest.approx(7 / 60)
    assert ends == pytest.approx((p - q - half, p - q + half))


def test_no_difference_still_has_a_width_and_no_points_have_none() -> None:
    middle, (low, high) = paired(np.zeros(300))
    assert middle == 0
    assert low < 0 < high < 0.02
    assert np.isnan([paired(np.zeros(0))[0], *paired(np.array([0.1, np.nan]))[1]]).all()
