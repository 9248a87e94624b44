"""The ratio of two means beside a bootstrap and beside what is known exactly."""

import numpy as np
import pytest
from scipy.stats import ttest_1samp

from explorer.measure.ratios import ratio_of_means


def test_the_interval_is_that_of_a_bootstrap_over_pairs() -> None:
    rng = np.random.default_rng(0)
    below = rng.exponential(size=400)
    above = 0.7 * below * np.exp(0.5 * rng.normal(size=400))
    value, (low, high) = ratio_of_means(above, below)
    assert value == pytest.approx(above.mean() / below.mean())
    picked = rng.integers(0, 400, (4000, 400))
    drawn = above[picked].mean(1) / below[picked].mean(1)
    assert (low, high) == pytest.approx(np.quantile(drawn, [0.025, 0.975]), abs=0.015)


def test_values_in_proportion_have_no_spread() -> None:
    value, ends = ratio_of_means(np.array([2.0, 4.0, 6.0]), np.array([1.0, 2.0, 3.0]))
    assert value == 2.0
    assert ends == pytest.approx((2.0, 2.0))


def test_it_holds_the_truth_in_about_95_of_100() -> None:
    rng = np.random.default_rng(1)
    hit = 0
    for _ in range(1000):
        below = rng.gamma(4, size=60)
        _, (low, high) = ratio_of_means(1.5 * below + rng.normal(size=60) + 1, below)
        hit += low <= 1.75 <= high  # (1.5 * 4 + 1) / 4
    assert 920 <= hit <= 980


@pytest.mark.parametrize(("above", "below"), [([], []), ([1.0], [0.0]), ([np.nan, 1.0], [1.0, 1.0])])
def test_what_cannot_be_told_is_unknown(above: list[float], below: list[float]) -> None:
    value, ends = ratio_of_means(np.array(above), np.array(below))
    assert np.isnan([value, *ends]).all()


def test_one_pair_has_a_ratio_and_no_interval() -> None:
    value, ends = ratio_of_means(np.array([1.0]), np.array([2.0]))
    assert value == 0.5
    assert np.isnan(ends).all()


def test_pairs_the_other_way_round_have_the_reciprocal_interval() -> None:
    rng = np.random.default_rng(3)
    above, below = np.exp(rng.normal(size=(2, 60)))
    value, (low, high) = ratio_of_means(above, below)
    back, ends = ratio_of_means(below, above)
    assert (back, *ends) == pytest.approx((1 / value, 1 / high, 1 / low))


def test_it_holds_those_ratios_that_a_t_test_does_not_exclude() -> None:
    rng = np.random.default_rng(4)
    above, below = np.exp(rng.normal(size=(2, 40)))
    for level in (0.8, 0.95, 0.99):
        for end in ratio_of_means(above, below, level)[1]:
            assert ttest_1samp(above - end * below, 0).pvalue == pytest.approx(1 - level)


def test_two_samples_of_one_law_are_rarely_told_apart_however_heavy_its_tail() -> None:
    rng = np.random.default_rng(5)
    for spread in (1.0, 1.7, 2.5):  # of the logarithm
        told = 0
        for _ in range(1000):
            low, high = ratio_of_means(*np.exp(spread * rng.normal(size=(2, 100))))[1]
            told += low > 1 or high < 1
        assert told <= 50


def test_what_has_no_end_is_no_interval() -> None:
    rng = np.random.default_rng(6)
    below = np.array([1.0, *np.zeros(9)])  # Student's t does not tell its mean from 0
    value, ends = ratio_of_means(rng.exponential(size=10), below)
    assert value > 0
    assert np.isnan(ends).all()
