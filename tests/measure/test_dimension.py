"""The dimension of points, on manifolds whose dimension is known; and the interval of a share, beside scipy's."""

import math

import numpy as np
import pytest
from scipy.stats import binomtest

from explorer.measure.dimension import principal, two_nearest
from explorer.measure.shares import wilson


def turned(X: np.ndarray, d: int, seed: int = 0) -> np.ndarray:
    """The same points in a plane of R^d."""
    Q, _ = np.linalg.qr(np.random.default_rng(seed).normal(size=(d, X.shape[1])))
    return X @ Q.T


@pytest.mark.parametrize("D", [1, 2, 5, 9])
def test_two_neighbours_find_the_dimension_of_a_gaussian_and_of_a_cube(D: int) -> None:
    rng = np.random.default_rng(D)
    for X in (rng.normal(size=(3000, D)), rng.random((3000, D))):
        assert two_nearest(turned(X, 30)) == pytest.approx(D, rel=0.12)


def test_a_sphere_is_a_dimension_less_and_a_bent_sheet_is_flat() -> None:
    rng = np.random.default_rng(0)
    X = rng.normal(size=(3000, 4))
    assert two_nearest(X / np.linalg.norm(X, axis=1, keepdims=True)) == pytest.approx(3, rel=0.1)
    t, h = 1.5 * np.pi * (1 + 2 * rng.random(3000)), 20 * rng.random(3000)
    roll = np.column_stack([t * np.cos(t), h, t * np.sin(t)])
    assert two_nearest(roll) == pytest.approx(2, rel=0.1)
    assert principal(roll) == 3


def test_the_slope_is_that_of_the_law_of_ratios() -> None:
    """Beside the maximum likelihood of the same law, n / sum log mu, which uses all of them."""
    X = np.random.default_rng(1).random((2000, 3))
    distances = np.linalg.norm(X[:, None] - X, axis=2)
    distances.sort(axis=1)
    likelihood = len(X) / np.log(distances[:, 2] / distances[:, 1]).sum()
    assert two_nearest(X) == pytest.approx(likelihood, rel=0.06)


def test_scale_and_place_change_nothing_and_equal_points_count_once() -> None:
    X = np.random.default_rng(2).random((500, 4))
    assert two_nearest(1e3 * X + 7) == pytest.approx(two_nearest(X), rel=1e-6)
    assert two_nearest(np.vstack([X, X, X[:9]])) == two_nearest(X)
    assert math.isnan(two_nearest(X[:2]))
    assert math.isnan(two_nearest(np.ones((50, 3))))


def test_principal_components_that_hold_the_share() -> None:
    spread = np.array([8.0, 4.0, 2.0, 1.0])
    X = turned(np.vstack([np.diag(spread), -np.diag(spread)]), 12)
    shares = np.cumsum(spread**2) / (spread**2).sum()
    assert [principal(X, share) for share in (0.5, shares[0], shares[1], 0.95, 1.0)] == [1, 1, 2, 3, 4]
    assert principal(X[:, :5].T) <= 5
    assert principal(np.ones((5, 3))) == 0


@pytest.mark.parametrize(("count", "n"), [(0, 10), (3, 10), (10, 10), (200, 297), (1, 1)])
def test_wilson_is_scipy_s(count: int, n: int) -> None:
    theirs = binomtest(count, n).proportion_ci(method="wilson")
    assert wilson(count / n, n) == pytest.approx((theirs.low, theirs.high), abs=1e-12)
    assert all(map(math.isnan, (*wilson(math.nan, n), *wilson(0.5, 0))))
