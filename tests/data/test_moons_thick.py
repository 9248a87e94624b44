"""Half moons under noise in all dimensions, and points straight off them."""

import numpy as np
import pytest
from scipy import stats

from explorer.data.moons import beside_moons, moons, thick_moons


def distance(X: np.ndarray, y: np.ndarray) -> np.ndarray:
    """To the half circle of each point's label, by brute force over angles."""
    angle = np.linspace(0, np.pi, 2001)
    out = np.empty(len(X))
    for i, (x, label) in enumerate(zip(X, y, strict=True)):
        across, up = np.cos(angle), np.sin(angle)
        circle = np.stack([1 - across, 0.5 - up] if label > 0 else [across, up], 1)
        out[i] = np.sqrt(((circle - x[:2]) ** 2).sum(1).min() + (x[2:] ** 2).sum())
    return out


def test_without_noise_they_are_the_moons() -> None:
    thin, flat = thick_moons(50, 6, 0.0, 3), moons(50, 6, 0.0, 3)
    assert (thin.X == flat.X).all()
    assert (thin.y == flat.y).all()


def test_noise_is_normal_and_alike_in_every_dimension() -> None:
    moved = thick_moons(2000, 5, 0.2, 1).X - thick_moons(2000, 5, 0.0, 1).X
    for column in moved.T:
        assert stats.kstest(column / 0.2, "norm").pvalue > 0.001
    assert np.allclose(thick_moons(2000, 5, 0.4, 1).X - thick_moons(2000, 5, 0.0, 1).X, 2 * moved)


def test_points_beside_them_are_as_far_off_as_is_said_and_move_straight_off() -> None:
    found = beside_moons(80, 4, (0.0, 0.1, 0.3), 2)
    for X, wanted in zip(found.X, (0.0, 0.1, 0.3), strict=True):
        assert distance(X, found.y) == pytest.approx(np.full(80, wanted), abs=0.02)
    off = found.X[1] - found.X[0]
    assert np.abs((off * found.tangent).sum(1)).max() < 1e-12
    assert np.allclose(np.linalg.norm(found.tangent, axis=1), 1)
    assert np.allclose(found.X[2] - found.X[0], 3 * off)


def test_the_tangent_is_that_of_the_circle() -> None:
    """By differences: points of the circle nearby lie along it."""
    found = beside_moons(60, 3, (0.0,), 4)
    for i in range(0, 60, 7):
        step = found.X[0][i] + 1e-4 * found.tangent[i]
        assert distance(step[None], found.y[i : i + 1])[0] < 1e-3
        assert not found.tangent[i, 2]


@pytest.mark.parametrize(("n", "d", "noise"), [(0, 3, 0.1), (5, 1, 0.1), (5, 3, -1.0)])
def test_sizes_that_cannot_be_are_refused(n: int, d: int, noise: float) -> None:
    with pytest.raises(ValueError, match="at least 1, 2 and 0"):
        thick_moons(n, d, noise, 0)
