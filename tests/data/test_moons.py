"""Half moons: where scikit-learn has them, nested, in their plane."""

import numpy as np
import pytest
from sklearn.datasets import make_moons

from explorer.data.moons import moons


def test_without_noise_points_lie_on_the_half_circles_of_scikit_learn() -> None:
    found, (X, y) = moons(500, 2, 0.0, 0), make_moons(20_000, noise=0.0)
    for label, own in ((-1, X[y == 0]), (1, X[y == 1])):
        points = found.X[found.y == label]
        nearest = np.linalg.norm(points[:, None] - own[None], axis=2).min(1)
        assert nearest.max() < np.pi / 10_000
    assert abs(found.y.sum()) == 0


def test_with_noise_both_have_the_same_moments() -> None:
    found, (X, y) = moons(20_000, 5, 0.1, 1), make_moons(20_000, noise=0.1, random_state=0)
    for label, own in ((-1, X[y == 0]), (1, X[y == 1])):
        points = found.X[found.y == label][:, :2]
        assert points.mean(0) == pytest.approx(own.mean(0), abs=0.03)
        assert np.cov(points.T) == pytest.approx(np.cov(own.T), abs=0.02)
    assert not found.X[:, 2:].any()


def test_points_are_nested_and_seeds_are_not() -> None:
    few, many = moons(7, 4, 0.2, 3), moons(50, 4, 0.2, 3)
    np.testing.assert_array_equal(few.X, many.X[:7])
    np.testing.assert_array_equal(few.y, many.y[:7])
    assert (moons(7, 4, 0.2, 4).X[:, 0] != few.X[:, 0]).all()
    assert moons(3, 9, 0.2, 3).description == "3 points of two half moons, noise 0.2, 7 coordinates are 0"


@pytest.mark.parametrize(("n", "d", "noise"), [(0, 2, 0.1), (5, 1, 0.1), (5, 2, -0.1), (5, 2, np.nan)])
def test_what_cannot_be_is_refused(n: int, d: int, noise: float) -> None:
    with pytest.raises(ValueError, match="at least 1, 2 and 0"):
        moons(n, d, noise, 0)
