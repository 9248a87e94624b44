"""tau-b and its relatives against scipy and pairs counted one by one; their intervals by simulation."""

import itertools
import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from explorer.measure import rank
from explorer.measure.rank import (
    difference,
    kendall,
    known,
    levels,
    partial,
    quantiles,
    resampled,
    signs,
    ties,
    weighted,
    within,
)
from explorer.measure.regression import adjusted_r2

FEW = 50  # resamples where none is looked at
column = st.lists(st.integers(-6, 6), min_size=2, max_size=14)


def cloud(n: int, rounded: bool, seed: int = 0) -> tuple[np.ndarray, np.ndarray]:
    x, y = np.random.default_rng(seed).standard_normal((2, n))
    return (x.round(), (y + x).round()) if rounded else (x, y + x)


def one_by_one(x: np.ndarray, y: np.ndarray) -> float:
    """tau-b, pair for pair."""
    above = free_x = free_y = 0
    for i, j in itertools.combinations(range(len(x)), 2):
        a, b = np.sign(x[i] - x[j]), np.sign(y[i] - y[j])
        above, free_x, free_y = above + a * b, free_x + a * a, free_y + b * b
    return above / math.sqrt(free_x * free_y) if free_x and free_y else math.nan


@pytest.mark.parametrize("n", [2, 5, 48, 300])
@pytest.mark.parametrize("rounded", [False, True])
def test_it_is_that_of_scipy(n: int, rounded: bool) -> None:
    x, y = cloud(n, rounded, n)
    assert kendall(x, y, resamples=FEW).tau == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12, nan_ok=True)


@given(st.data())
@settings(max_examples=60, deadline=None)
def test_it_is_what_the_pairs_say(data: st.DataObject) -> None:
    x = np.array(data.draw(column), float)
    y = np.array(data.draw(st.lists(st.integers(-6, 6), min_size=len(x), max_size=len(x))), float)
    found = kendall(x, y, resamples=FEW)
    assert found.tau == pytest.approx(one_by_one(x, y), abs=1e-12, nan_ok=True)
    tied = [x[i] == x[j] or y[i] == y[j] for i, j in itertools.combinations(range(len(x)), 2)]
    assert found.ties == pytest.approx(np.mean(tied), abs=1e-12)
    assert found.pairs == len(tied)


@given(st.permutations(range(12)), st.integers(0, 5))
@settings(max_examples=30, deadline=None)
def test_neither_the_order_of_networks_nor_a_rising_scale_matters(order: list[int], seed: int) -> None:
    x, y = cloud(12, bool(seed % 2), seed)
    found = kendall(x, y, seed, FEW)
    assert kendall(x[order], y[order], seed, FEW) == found
    assert kendall(np.exp(x / 3), y**3, seed, FEW) == found
    assert kendall(-x, y, seed, FEW).tau == pytest.approx(-found.tau, abs=1e-12)
    group = np.arange(12) % 3
    assert within(x[order], y[order], group[order], seed, FEW) == within(np.exp(x), y, group, seed, FEW)
    assert partial(-x, y, x[::-1], seed, FEW).tau == pytest.approx(-partial(x, y, x[::-1], seed, FEW).tau, abs=1e-12)


@pytest.mark.parametrize("rounded", [False, True])
def test_a_resample_is_the_population_with_networks_repeated(rounded: bool) -> None:
    x, y = cloud(30, rounded)
    counts = resampled(30, np.random.default_rng(1), 20)
    assert (counts.sum(1) == 30).all()
    for count, found in zip(counts, weighted(counts, x, y), strict=True):
        assert found == pytest.approx(stats.kendalltau(x.repeat(count), y.repeat(count)).statistic, abs=1e-12)


def test_a_column_of_one_value_leaves_it_undefined() -> None:
    y = np.arange(9.0)
    for found in (kendall(np.ones(9), y), partial(y, y[::-1], y), within(y, y, y), within(np.ones(9), y, y > 4)):
        assert math.isnan(found.tau)
        assert np.isnan(found.interval).all()
    assert ties(np.ones(9)) == 1
    assert kendall(np.ones(9), y).ties == 1
    assert within(y, y, y).groups == 0
    for n in (0, 1):
        assert math.isnan(kendall(y[:n], y[:n]).tau)
        assert math.isnan(ties(y[:n]))


def test_undefined_resamples_could_be_anything() -> None:
    """One value of ten differs: a resample without it, one of three, has no tau."""
    x, y = np.append(np.zeros(9), 1.0), np.arange(10.0)
    found = kendall(x, y)
    assert found.undefined == pytest.approx(0.9**10, abs=0.05)
    assert found.interval == (-1, 1)
    assert found.tau == pytest.approx(stats.kendalltau(x, y).statistic, abs=1e-12)


def test_a_measure_with_itself() -> None:
    g = np.random.default_rng(0).standard_normal(50)
    assert (kendall(g, g).tau, *kendall(g, g).interval) == (1, 1, 1)
    assert (kendall(-g, g).tau, *kendall(-g, g).interval) == (-1, -1, -1)
    assert difference(g, g, g).interval == (0, 0)
    assert np.isnan(kendall(g[:4], g[:4]).interval).all()


def test_what_is_not_finite_is_left_out() -> None:
    x, y = cloud(20, False)
    gaps = np.append(x, [math.nan, 1.0, math.inf])
    assert kendall(gaps, np.append(y, [1.0, math.nan, 2.0])) == kendall(x, y)
    with pytest.raises(ValueError, match="one length"):
        kendall(x, y[:5])


def test_within_groups_is_the_mean_over_groups_by_their_pairs() -> None:
    x, y = cloud(30, True)
    group = np.repeat(["a", "b", "c", "d"], [4, 10, 15, 1])
    parts = [(one_by_one(x[group == g], y[group == g]), math.comb((group == g).sum(), 2)) for g in "abc"]
    found = within(x, y, group)
    assert found.tau == pytest.approx(np.average([tau for tau, _ in parts], weights=[pairs for _, pairs in parts]))
    assert (found.n, found.groups, found.pairs) == (29, 3, sum(pairs for _, pairs in parts))
    low, high = found.interval
    assert low < found.tau < high


def test_within_groups_what_groups_alone_explain_is_gone() -> None:
    rng = np.random.default_rng(0)
    width = np.repeat([1.0, 2.0, 3.0, 4.0], 15)
    x, y = width * 5 + rng.standard_normal((2, 60))
    assert kendall(x, y).tau > 0.6
    low, high = within(x, y, width).interval
    assert low < 0 < high


def test_partial_tau_is_the_partial_correlation_of_the_signs() -> None:
    """Of the residuals of least squares without a constant, over ordered pairs."""
    x, y = cloud(25, True)
    z = np.random.default_rng(5).standard_normal(25).round()
    a, b, c = (np.sign(np.subtract.outer(v, v)).ravel() for v in (x, y, z))
    a, b = (v - (v @ c) / (c @ c) * c for v in (a, b))
    assert partial(x, y, z).tau == pytest.approx((a @ b) / math.sqrt((a @ a) * (b @ b)), abs=1e-12)


def test_the_difference_of_two_measures_is_told_more_finely_than_each() -> None:
    rng = np.random.default_rng(2)
    g = rng.standard_normal(60)
    first = g + rng.standard_normal(60)
    second = first + 0.1 * rng.standard_normal(60)
    found, one, other = difference(first, second, g), kendall(first, g), kendall(second, g)
    assert found.tau == pytest.approx(one.tau - other.tau, abs=1e-12)
    assert np.ptp(found.interval) < np.ptp(one.interval) / 3
    assert difference(second, first, g).tau == pytest.approx(-found.tau)


def test_levels_are_the_combinations_of_values() -> None:
    rng = np.random.default_rng(0)
    columns = [rng.integers(3, size=40), rng.integers(2, size=40).astype(str), rng.integers(4, size=40) / 7]
    found, told = levels(columns, 40), [tuple(map(str, row)) for row in zip(*columns, strict=True)]
    assert len(set(found)) == len(set(told)) == len(set(zip(found, told, strict=True))) == found.max() + 1
    assert (levels([], 3) == 0).all()


@pytest.mark.parametrize("grouped", [False, True])
@pytest.mark.parametrize("r", [0.0, 0.6])
def test_the_interval_holds_the_truth_in_about_95_percent(r: float, grouped: bool) -> None:
    """Of normal columns tau is 2 / pi arcsin r (Greiner); for 4 groups of 10 the same, if all have it."""
    rng, truth, group = np.random.default_rng(0), 2 / math.pi * math.asin(r), np.arange(40) % 4
    inside = []
    for trial in range(250):
        x, e = rng.standard_normal((2, 40))
        y = r * x + math.sqrt(1 - r * r) * e
        found = within(x, y, group, trial, 300) if grouped else kendall(x, y, trial, 300)
        inside.append(found.interval[0] <= truth <= found.interval[1])
    assert 0.92 <= np.mean(inside) <= 0.985


def test_adjusted_r2_is_that_of_the_textbook() -> None:
    rng = np.random.default_rng(1)
    x, z, e = rng.standard_normal((3, 40))
    y = x + 1e6 * e + 5
    x = 1e-9 * x + 3
    design = np.stack([np.ones(40), (x - 3) * 1e9, z], 1)
    residual = y - design @ np.linalg.solve(design.T @ design, design.T @ y)
    assert adjusted_r2(y, x, z) == pytest.approx(1 - residual.var() / y.var() * 39 / 37, abs=1e-6)
    r = stats.pearsonr(x, y).statistic
    assert adjusted_r2(y, x) == pytest.approx(1 - (1 - r * r) * 39 / 38, abs=1e-6)
    assert adjusted_r2(y, x, 2 * x) == pytest.approx(adjusted_r2(y, x))
    assert adjusted_r2(y, y) == pytest.approx(1)
    assert math.isnan(adjusted_r2(y, np.full(40, 0.1)))
    assert math.isnan(adjusted_r2(np.full(40, 0.1), y))
    assert math.isnan(adjusted_r2(y[:2], x[:2]))


def test_adjusted_r2_of_noise_is_zero_in_the_mean() -> None:
    rng = np.random.default_rng(0)
    assert np.mean([adjusted_r2(*rng.standard_normal((4, 20))) for _ in range(400)]) == pytest.approx(0, abs=0.02)


def test_an_interval_lies_between_the_quantiles_of_its_draws() -> None:
    draws = np.random.default_rng(0).permutation(np.linspace(-1, 1, 2001))
    assert quantiles(draws, 20)[0] == pytest.approx((-0.95, 0.95))
    assert np.isnan(quantiles(draws, 4)[0]).all()
    assert np.isfinite(quantiles(draws, 5)[0]).all()
    unknown = np.append(draws, np.full(100, math.nan))
    (low, high), undefined = quantiles(unknown, 20, 2.0)
    assert (low, high) == (-2, 2)
    assert undefined == pytest.approx(100 / 2101)


def test_a_difference_that_is_undefined_could_be_two() -> None:
    """A resample without the only other value, one of three, has no tau."""
    x, y = np.append(np.zeros(9), 1.0), np.arange(10.0)
    assert difference(x, y, y).interval == (-2, 2)


def test_another_seed_draws_other_networks() -> None:
    x, y = cloud(15, False)
    assert kendall(x, y, 0).interval != kendall(x, y, 1).interval
    assert within(x, y, np.arange(15) % 2, 0).interval != within(x, y, np.arange(15) % 2, 1).interval


def test_networks_come_in_the_order_of_the_first_column_of_equals_by_the_next() -> None:
    first, second = known(np.array([2.0, 1.0, 2.0, 1.0]), np.array([0.0, 9.0, -1.0, 5.0]))
    assert (first.tolist(), second.tolist()) == ([1, 1, 2, 2], [5, 9, -1, 0])


def test_within_groups_ties_and_undefined_resamples_count_by_pairs() -> None:
    """Groups of which one ties often: ties by its pairs; a resample takes the groups in which it has a tau."""
    x = np.array([0.0, 0, 0, 1, *np.arange(8.0)])
    y = np.array([0.0, 1, 2, 3, *np.random.default_rng(3).permutation(8)])
    group = np.repeat([0, 1], [4, 8])
    found = within(x, y, group, 7, 300)
    assert found.ties == pytest.approx(3 / (6 + 28))
    rng, means = np.random.default_rng(7), []
    for label in (0, 1):
        a, b = known(y[group == label], x[group == label])
        counts = resampled(len(a), rng, 300)
        means.append([stats.kendalltau(b.repeat(count), a.repeat(count)).statistic for count in counts])
    drawn = np.array(means)
    there = np.isfinite(drawn)
    weights = np.array([[6.0], [28.0]]) * there
    assert not there[0].all()
    expected = np.quantile((weights * np.where(there, drawn, 0)).sum(0) / weights.sum(0), [0.025, 0.975])
    assert found.interval == pytest.approx(tuple(expected))


def test_sums_of_signs_are_exact_however_many_networks(monkeypatch: pytest.MonkeyPatch) -> None:
    assert rank.EXACT**2 <= 2**24
    assert signs(np.arange(4.0)).dtype == np.float32
    monkeypatch.setattr(rank, "EXACT", 3)
    assert signs(np.arange(4.0)).dtype == np.float64
