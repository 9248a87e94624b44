"""Rademacher complexity: against a linear programme, all 2^n signs, a closed form, and what chance gives."""

import itertools
import math

import numpy as np
import pytest
from scipy.optimize import linprog
from scipy.spatial.distance import cdist

from explorer.data.synthetic import sphere
from explorer.theory import rademacher


def programme(X: np.ndarray, signs: np.ndarray, lip: float) -> float:
    """max sum s_i v_i / n over |v_i| <= 1 and *all* pairs |v_i - v_j| <= lip |x_i - x_j|."""
    n = len(X)
    if n == 1:
        return 1.0
    pairs = np.array(list(itertools.permutations(range(n), 2)))
    A = np.zeros((len(pairs), n))
    A[np.arange(len(pairs)), pairs[:, 0]] = 1
    A[np.arange(len(pairs)), pairs[:, 1]] = -1
    found = linprog(-signs / n, A_ub=A, b_ub=lip * cdist(X, X)[tuple(pairs.T)], bounds=(-1, 1), method="highs")
    return -float(found.fun)


@pytest.mark.parametrize(("n", "d"), [(1, 3), (2, 2), (9, 1), (30, 2), (31, 6), (40, 40)])
@pytest.mark.parametrize("lip", [0.1, 0.7, 1.5, 4.0])
def test_all_smooth_functions_are_the_linear_programme(n: int, d: int, lip: float) -> None:
    rng = np.random.default_rng([n, d])
    for X in (rng.standard_normal((n, d)), sphere(n, d, 1.0, 3).X):
        for signs in (rng.choice([-1.0, 1.0], n), np.ones(n), -np.ones(n)):
            assert rademacher.smooth(X, signs, lip) == pytest.approx(programme(X, signs, lip), abs=1e-9)


def test_its_mean_over_all_signs_is_the_complexity() -> None:
    """Two points: unlike signs reach min(L |x - x'|, 2) / 2, like ones 1. Seven: by the programme, sign by sign."""
    X = np.array([[0.0, 0.0], [0.3, 0.4]])
    mean = np.mean([rademacher.smooth(X, np.array(s), 2.0) for s in itertools.product((-1.0, 1.0), repeat=2)])
    assert mean == pytest.approx((1 + 0.5) / 2)
    X = np.random.default_rng(1).standard_normal((7, 2))
    every = [np.array(signs) for signs in itertools.product((-1.0, 1.0), repeat=7)]
    exact = np.mean([rademacher.smooth(X, signs, 0.8) for signs in every])
    assert exact == pytest.approx(np.mean([programme(X, signs, 0.8) for signs in every]))


def test_equal_points_of_unlike_signs_cannot_be_told_apart() -> None:
    X = np.zeros((6, 3))
    assert rademacher.smooth(X, np.array([1.0, -1, 1, -1, 1, -1]), 5.0) == 0
    assert rademacher.smooth(X, np.array([1.0, 1, 1, 1, 1, -1]), 5.0) == pytest.approx(4 / 6)


def test_linear_functions_are_exact_and_within_their_mean() -> None:
    """Cauchy and Schwarz: the best w points along sum s_i x_i; E |sum s_i x_i|^2 = n on the sphere."""
    rng = np.random.default_rng(2)
    X = sphere(8, 3, 1.0, 0).X
    every = [np.array(signs) for signs in itertools.product((-1.0, 1.0), repeat=8)]
    mean = np.mean([rademacher.linear(X, signs, 0.7) for signs in every])
    assert np.mean([rademacher.linear(X, signs, 0.7) ** 2 for signs in every]) == pytest.approx(0.49 / 8)
    assert 0.8 * 0.7 / math.sqrt(8) < mean <= 0.7 / math.sqrt(8)
    for signs in every[::16]:
        w = rng.standard_normal((2000, 3))
        w *= 0.7 / np.linalg.norm(w, axis=1, keepdims=True)
        assert (w @ X.T @ signs / 8).max() <= rademacher.linear(X, signs, 0.7) <= rademacher.smooth(X, signs, 0.7)


def test_the_cover_covers() -> None:
    """Weights nearer than eps / J give networks nearer than eps; the count is that of such balls in the ball W."""
    k, d, outer = 3, 4, 2.0
    rng = np.random.default_rng(3)
    J = math.sqrt(2 * (k + outer**2))
    x = sphere(200, d, 1.0, 1).X * rng.random((200, 1)) ** (1 / d)
    x = np.column_stack([x, np.ones(200)])
    for _ in range(200):
        a, b = (outer * v / np.linalg.norm(v) for v in rng.standard_normal((2, k)))
        V, U = (v / np.linalg.norm(v, axis=1, keepdims=True) for v in rng.standard_normal((2, k, d + 1)))
        t = rng.random()
        b, U = a + t * (b - a), V + t * (U - V)  # the ball is convex
        apart = math.sqrt(np.square(a - b).sum() + np.square(V - U).sum())
        assert np.abs(np.maximum(x @ V.T, 0) @ a - np.maximum(x @ U.T, 0) @ b).max() <= J * apart
    assert rademacher.log_cover(k, d, outer, 0.1) == pytest.approx(18 * math.log(1 + 2 * math.sqrt(7) * J / 0.1))


def test_a_smooth_function_has_the_moments_that_the_bound_rests_on() -> None:
    """On the sphere log E exp(t (f - E f)) <= t^2 lip^2 / (2 (d - 1)): a coordinate, a distance and a kink."""
    for d in (3, 10, 50):
        X = sphere(200_000, d, 1.0, d).X
        for f in (X[:, 0], np.linalg.norm(X - X[0], axis=1), np.abs(X[:, 0]), np.maximum(X[:, 0], X[:, 1])):
            for t in (0.5, 1, 2, 4):
                moment = math.log(np.exp(t * (f - f.mean())).mean())
                assert moment <= t**2 / (2 * (d - 1)) + 0.01


@pytest.mark.parametrize(("n", "d", "k", "lip"), [(200, 20, 4, 1.0), (1000, 50, 2, 0.5), (50, 2, 8, 3.0)])
def test_the_bound_is_the_least_of_all_covers(n: int, d: int, k: int, lip: float) -> None:
    eps = np.geomspace(1e-6, 2, 4000)
    log_count = math.log(2) + k * (d + 2) * np.log1p(2 * math.sqrt(2) * (k + 100) / eps)
    smooth = eps + lip * np.sqrt(2 * log_count / (n * (d - 1))) + 1 / math.sqrt(n)
    assert rademacher.bound(n, d, k, lip, 10.0) == pytest.approx(smooth.min(), rel=1e-4)
    assert rademacher.massart(n, d, k, 10.0) == pytest.approx((eps + np.sqrt(2 * log_count / n)).min(), rel=1e-4)
    assert rademacher.bound(4 * n, d, k, lip, 10.0) < rademacher.bound(n, d, k, lip, 10.0)
    if lip < 0.9 * math.sqrt(d - 1):
        gain = (rademacher.bound(n, d, k, lip, 10.0) - 1 / math.sqrt(n)) / rademacher.massart(n, d, k, 10.0)
        assert gain == pytest.approx(lip / math.sqrt(d - 1), rel=0.3)


def test_a_finite_class_keeps_to_its_part_of_the_bound() -> None:
    """N functions u_j . x on the sphere: E max is at most sqrt(2 log(2 N) / (n (d - 1)))."""
    n, d, N = 100, 20, 300
    U = sphere(N, d, 1.0, 9).X
    found = [abs(U @ X.T @ y / n).max() for X, y in ((p.X, p.y) for p in (sphere(n, d, 1.0, s) for s in range(200)))]
    limit = math.sqrt(2 * math.log(2 * N) / (n * (d - 1)))
    assert 0.5 * limit <= np.mean(found) <= limit
