"""Lines with intervals, against scipy.stats and by simulation."""

import math

import numpy as np
import pytest
from scipy import stats

from explorer.measure.regression import Interval, LineFit, line, mean, plane, ranks, side

RNG = np.random.default_rng(3)
CLOUDS = [(RNG.standard_normal(n) * 2 + 5, RNG.standard_normal(n)) for n in (3, 4, 9, 200)]


@pytest.mark.parametrize(("x", "y"), CLOUDS, ids=lambda v: len(v))
def test_the_line_is_that_of_scipy(x: np.ndarray, y: np.ndarray) -> None:
    found, theirs = line(x, y), stats.linregress(x, y)
    quantile = stats.t.ppf(0.975, len(x) - 2)
    assert found.n == len(x)
    assert found.slope == pytest.approx(theirs.slope, rel=1e-10)
    assert found.intercept == pytest.approx(theirs.intercept, rel=1e-10)
    assert found.correlation == pytest.approx(theirs.rvalue, rel=1e-10)
    for interval, middle, error in (
        (found.slope_interval, theirs.slope, theirs.stderr),
        (found.intercept_interval, theirs.intercept, theirs.intercept_stderr),
    ):
        assert interval == pytest.approx((middle - quantile * error, middle + quantile * error), rel=1e-8)


@pytest.mark.parametrize(("x", "y"), CLOUDS[1:], ids=lambda v: len(v))
def test_the_interval_of_the_correlation_is_that_of_scipy(x: np.ndarray, y: np.ndarray) -> None:
    theirs = stats.pearsonr(x, y).confidence_interval(0.95)
    assert line(x, y).correlation_interval == pytest.approx((theirs.low, theirs.high), rel=1e-8)


def test_the_band_at_zero_is_the_interval_of_the_intercept() -> None:
    found = line(*CLOUDS[2])
    (half,), (middle,) = found.margin(np.zeros(1)), found.at(np.zeros(1))
    assert (middle - half, middle + half) == pytest.approx(found.intercept_interval)


def test_the_intervals_hold_the_truth_as_often_as_they_say() -> None:
    rng, x, trials = np.random.default_rng(0), np.linspace(0, 3, 7), 2000
    inside = np.zeros(2)
    for _ in range(trials):
        found = line(x, 2 + 0.5 * x + 0.3 * rng.standard_normal(7))
        inside += [
            low <= true <= high for (low, high), true in ((found.intercept_interval, 2), (found.slope_interval, 0.5))
        ]
    assert inside / trials == pytest.approx(0.95, abs=0.015)


def test_points_on_a_line_have_no_margin() -> None:
    x = np.array([1.0, 2.0, 4.0, 8.0])
    found = line(x, 3 * x - 1)
    assert (found.intercept, found.slope, found.correlation) == pytest.approx((-1, 3, 1))
    assert found.slope_interval == pytest.approx((3, 3))
    assert found.correlation_interval == pytest.approx((1, 1))
    assert line(x, -x).correlation == pytest.approx(-1)


def test_what_is_not_a_number_is_left_out() -> None:
    x, y = CLOUDS[2]
    holes = np.append(y, [math.nan, math.inf])
    assert line(np.append(x, [0.0, 1.0]), holes) == line(x, y)


def unknown(found: LineFit) -> list[bool]:
    numbers = found.slope, found.correlation, found.slope_interval[0], found.correlation_interval[0]
    return [math.isnan(number) for number in numbers]


@pytest.mark.parametrize(
    ("x", "y", "missing"),
    [
        ([], [], [True] * 4),
        ([1], [2], [True] * 4),
        ([1, 1, 1], [1, 2, 3], [True] * 4),
        ([1, 2], [1, 3], [False, False, True, True]),
        ([1, 2, 3], [1, 3, 2], [False, False, False, True]),
        ([1, 2, 3, 4], [5, 5, 5, 5], [False, True, False, True]),
    ],
)
def test_few_points_tell_little(x: list[float], y: list[float], missing: list[bool]) -> None:
    assert unknown(line(np.array(x), np.array(y))) == missing


@pytest.mark.parametrize(("x", "y"), [(np.zeros(2), np.zeros(3)), (np.zeros((2, 2)), np.zeros((2, 2)))])
def test_columns_of_different_lengths_are_refused(x: np.ndarray, y: np.ndarray) -> None:
    with pytest.raises(ValueError, match="length"):
        line(x, y)


def test_the_interval_of_a_plane_holds_the_truth_as_often_as_it_says() -> None:
    rng, held = np.random.default_rng(1), np.zeros(2)
    x, y = rng.standard_normal(12), rng.standard_normal(12)
    for _ in range(2000):
        found = plane(x, y, 3 + 2 * x - y + rng.standard_normal(12))
        held += [
            low <= truth <= high for truth, (low, high) in ((2, found.first_interval), (-1, found.second_interval))
        ]
    assert (np.abs(held / 2000 - 0.95) < 0.02).all()


def test_a_plane_agrees_with_the_line_that_it_contains() -> None:
    x, z = CLOUDS[3]
    y = RNG.standard_normal(len(x))
    flat = plane(x, y, 2 * x - 3 * y + 1)
    assert (flat.first, flat.second) == pytest.approx((2, -3))
    assert flat.first_interval == pytest.approx((2, 2))
    design = np.stack([np.ones_like(x), x, y], 1)
    theirs = np.linalg.solve(design.T @ design, design.T @ z)
    assert (plane(x, y, z).first, plane(x, y, z).second) == pytest.approx(tuple(theirs[1:]))


def test_a_plane_leaves_out_the_unknown_and_says_when_it_knows_too_little() -> None:
    x, y, z = np.array([0, 1, 0, 2.0]), np.array([0, 0, 1, 1.0]), np.array([1, 3, 2, np.nan])
    three = plane(x, y, z)
    assert three.n == 3
    assert (three.first, three.second) == pytest.approx((2, 1))
    assert np.isnan(three.first_interval).all()
    assert math.isnan(plane(x, x, z).first)
    assert math.isnan(plane(x[:0], x[:0], x[:0]).first)
    with pytest.raises(ValueError, match="one length"):
        plane(x, y, z[:2])


def test_the_interval_of_a_mean_is_that_of_scipy() -> None:
    values = CLOUDS[2][0]
    middle, interval = mean(values)
    theirs = stats.ttest_1samp(values, 0).confidence_interval(0.95)
    assert middle == pytest.approx(values.mean())
    assert interval == pytest.approx((theirs.low, theirs.high))
    assert mean(values[:1])[0] == values[0]
    assert np.isnan([mean(values[:1])[1], mean(values[:0])[1]]).all()
    assert math.isnan(mean(values[:0])[0])


@pytest.mark.parametrize(
    ("interval", "value", "where"),
    [
        ((1.0, 3.0), 0, 1),
        ((0.2, 2.2), 0, 0),  # a quarter wider it would reach -0.05
        ((0.3, 2.3), 0, 1),
        ((-3.0, -1.0), 0, -1),
        ((-1.0, 1.0), 0, 0),
        ((2.0, 2.0), 2, 0),
        ((2.0, 2.0), 1, 1),
        ((math.nan, math.nan), 0, 0),
    ],
)
def test_an_interval_lies_on_a_side_only_if_it_keeps_clear(interval: Interval, value: float, where: int) -> None:
    assert side(interval, value) == where


def test_chance_puts_an_interval_on_a_side_in_fewer_than_three_runs_of_a_hundred() -> None:
    rng, x = np.random.default_rng(2), np.arange(5.0)
    assert np.mean([side(line(x, rng.standard_normal(5)).slope_interval, 0) != 0 for _ in range(4000)]) < 0.03


def test_ranks_are_those_of_scipy() -> None:
    values = np.array([3.0, 1, 2, 2, 5, 2, 1, 0])
    assert ranks(values).tolist() == stats.rankdata(values).tolist()
    assert len(ranks(values[:0])) == 0
