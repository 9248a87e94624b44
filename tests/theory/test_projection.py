"""The projection floor: its constant, where it applies, and real functions that stay above it."""

import math

import numpy as np
import pytest

from explorer.theory.projection import floor


def test_it_is_the_constant_of_the_audit_times_the_root() -> None:
    assert floor(240, 30, 30, 0.0) == pytest.approx(0.03314563, rel=1e-6)
    assert floor(8 * 64, 64, 4, 1 / 256) == pytest.approx(4 * floor(8 * 64, 64, 64, 0.0))


@pytest.mark.parametrize(
    ("n", "d", "r", "mse"), [(239, 30, 8, 0.0), (240, 30, 31, 0.0), (240, 30, 8, 0.004), (240, 30, 8, math.nan)]
)
def test_nothing_is_said_beyond_its_conditions(n: int, d: int, r: int, mse: float) -> None:
    assert math.isnan(floor(n, d, r, mse))


@pytest.mark.parametrize("d", [2, 3, 5])
def test_two_close_points_of_different_sign_force_more(d: int) -> None:
    # whatever fits to 1/256 misses a label by at most sqrt(n)/16; for n = 8 d <= 40 a whole pair keeps its distance
    rng = np.random.default_rng(0)
    n = 8 * d
    for _ in range(20):
        X = rng.standard_normal((n, d))
        X /= np.linalg.norm(X, axis=1, keepdims=True)
        y = rng.choice([-1.0, 1.0], n)
        apart = np.linalg.norm(X[y > 0][:, None] - X[y < 0][None], axis=2)
        forced = (2 - 2 * math.sqrt(n) / 16) / apart.min()
        assert forced > floor(n, d, 1, 1 / 256)
