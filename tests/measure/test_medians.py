"""The median and its interval: beside scipy, and how often it holds the truth."""

import math

import numpy as np
import pytest
from scipy.stats import quantile_test

from explorer.measure.medians import median


@pytest.mark.parametrize("n", [6, 7, 20, 101, 297])
def test_it_is_scipys(n: int) -> None:
    values = np.random.default_rng(n).exponential(size=n)
    middle, ends = median(values)
    assert middle == np.median(values)
    assert ends == pytest.approx(tuple(quantile_test(values, q=np.median(values), p=0.5).confidence_interval(0.95)))


def test_it_holds_the_true_median_as_often_as_it_says() -> None:
    rng = np.random.default_rng(0)
    found = [median(rng.lognormal(size=31))[1] for _ in range(2000)]
    held = np.mean([low <= 1 <= high for low, high in found])
    assert 0.95 <= held <= 0.98


def test_what_few_numbers_do_not_tell() -> None:
    assert median(np.array([3.0, 1.0]))[0] == 2
    assert all(math.isnan(end) for end in median(np.arange(5.0))[1])
    assert median(np.arange(6.0))[1] == (0, 5)
    for values in ([], [1.0, np.nan]):
        middle, ends = median(np.array(values))
        assert math.isnan(middle)
        assert all(map(math.isnan, ends))
