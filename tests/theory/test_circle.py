"""The best constant on the circle against brute force, and its law against closed forms and draws."""

import numpy as np
import pytest
from scipy import stats

from explorer.theory.circle import best_constant, flips, kolmogorov_smirnov, law


def draw(count: int, n: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng([seed, n])
    return np.sort(rng.random((count, n)), axis=1), np.where(rng.random((count, n)) < 0.5, -1.0, 1.0)


def points(turns: np.ndarray) -> np.ndarray:
    return np.stack([np.cos(2 * np.pi * turns), np.sin(2 * np.pi * turns)], axis=-1)


@pytest.mark.parametrize("n", [2, 3, 8, 25])
def test_the_best_constant_is_the_largest_over_all_pairs(n: int) -> None:
    turns, labels = draw(40, n, 0)
    X = points(turns)
    distance = np.linalg.norm(X[:, :, None] - X[:, None], axis=-1)
    opposite = labels[:, :, None] != labels[:, None]
    steepest = (2 / np.where(opposite, distance, np.inf)).max(axis=(1, 2))
    np.testing.assert_allclose(best_constant(turns, labels), steepest, rtol=1e-9)


def test_mcshanes_extension_attains_it() -> None:
    turns, labels = draw(1, 20, 1)
    X, y = points(turns)[0], labels[0]
    distance = np.linalg.norm(X[:, None] - X[None], axis=-1)
    constant = best_constant(turns, labels)[0]

    def extended(slope: float) -> np.ndarray:
        return (y + slope * distance).min(axis=1)  # slope-Lipschitz everywhere, whatever the slope

    np.testing.assert_allclose(extended(constant), y, atol=1e-9)
    assert np.abs(extended(0.99 * constant) - y).max() > 0.01


def test_one_label_needs_no_slope_and_one_place_with_two_labels_has_no_fit() -> None:
    turns = np.array([[0.1, 0.1, 0.6], [0.1, 0.1, 0.6]])
    assert best_constant(turns, np.array([[1.0, 1.0, 1.0], [1.0, -1.0, 1.0]])).tolist() == [0, np.inf]


@pytest.mark.parametrize("n", [2, 3, 20, 501, 5000])
def test_flips_are_even_and_their_chances_sum_to_one(n: int) -> None:
    j, chance = flips(n)
    assert (j % 2 == 0).all()
    assert j[-1] <= n
    assert chance.sum() == pytest.approx(1, abs=1e-9)


def test_two_points_have_the_law_that_can_be_written_down() -> None:
    """Labels differ half of the time; then T is uniform on [0, 1/2]."""
    lip = np.array([-1.0, 0.0, 0.5, 1.0, 2.0, 10.0])
    t = np.arcsin(1 / lip[3:]) / np.pi
    np.testing.assert_allclose(law(lip, 2), [0, 0.5, 0.5, *(0.5 + 0.5 * (1 - 2 * t))], atol=1e-12)


@pytest.mark.parametrize("n", [2, 3, 20, 300])
def test_draws_follow_the_law(n: int) -> None:
    lip = best_constant(*draw(4000, n, 7))
    expected = flips(n)[1][0]
    assert stats.binomtest(int((lip == 0).sum()), 4000, expected).pvalue > 0.01
    assert kolmogorov_smirnov(lip, n)[1] > 0.01


def test_the_test_is_that_of_scipy() -> None:
    for n, count in ((2, 300), (20, 100), (20, 3000)):
        lip = best_constant(*draw(count, n, 3))
        none = flips(n)[1][0]
        theirs = stats.kstest(lip[lip > 0], lambda x, n=n, none=none: (law(x, n) - none) / (1 - none))
        distance, p = kolmogorov_smirnov(lip, n)
        assert distance == pytest.approx(theirs.statistic, rel=1e-12)
        assert p == pytest.approx(theirs.pvalue, abs=1e-3)


def test_p_values_are_uniform() -> None:
    values = [kolmogorov_smirnov(best_constant(*draw(500, 20, seed)), 20)[1] for seed in range(200)]
    assert stats.kstest(values, "uniform").pvalue > 0.01


def test_a_wrong_law_is_found_out() -> None:
    assert kolmogorov_smirnov(best_constant(*draw(4000, 20, 0)), 21)[1] < 1e-3


def test_nothing_drawn_says_nothing() -> None:
    assert np.isnan(kolmogorov_smirnov(np.zeros(0), 20)).all()
    assert np.isnan(kolmogorov_smirnov(np.zeros(3), 2)).all()


def test_many_points_need_steep_functions() -> None:
    """L* grows as n^2: there are about n / 2 gaps between opposite labels, the shortest about 1 / n of their mean."""
    middle = [np.median(best_constant(*draw(400, n, 0))) for n in (50, 200, 800)]
    assert np.diff(np.log(middle)) / np.log(4) == pytest.approx([2, 2], abs=0.25)
