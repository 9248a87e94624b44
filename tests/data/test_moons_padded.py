"""Half moons in a plane of a larger space, against scikit-learn's."""

import numpy as np
import pytest
from scipy.spatial import KDTree
from scipy.stats import kstest
from sklearn.datasets import make_moons

from explorer.data.moons import moons


def test_without_noise_points_lie_on_scikit_learns_moons() -> None:
    points = moons(400, 2, 0.0, 3)
    dense, labels = make_moons(20_000, noise=None)
    for sign, label in ((-1, 0), (1, 1)):
        far, _ = KDTree(dense[labels == label]).query(points.X[points.y == sign])
        assert far.max() < 2 * np.pi / 20_000  # half of what lies between two of them, and to spare


def test_angles_are_uniform_and_the_noise_normal() -> None:
    bare, noisy = (moons(4000, 2, noise, 0).X for noise in (0.0, 0.1))
    outer = bare[::2]
    assert kstest(np.arctan2(outer[:, 1], outer[:, 0]) / np.pi, "uniform").pvalue > 1e-3
    assert kstest(((noisy - bare) / 0.1).ravel(), "norm").pvalue > 1e-3


def test_only_two_coordinates_are_not_0_and_they_do_not_depend_on_the_others() -> None:
    wide = moons(50, 22, 0.1, 1)
    assert wide.X.shape == (50, 22)
    assert not wide.X[:, 2:].any()
    assert np.array_equal(wide.X[:, :2], moons(50, 2, 0.1, 1).X)


def test_points_are_nested_in_n_and_labels_take_turns() -> None:
    few, many = moons(7, 3, 0.1, 5), moons(300, 3, 0.1, 5)
    assert np.array_equal(few.X, many.X[:7])
    assert list(few.y) == [-1, 1, -1, 1, -1, 1, -1]
    assert not np.array_equal(few.X, moons(7, 3, 0.1, 6).X)


@pytest.mark.parametrize(("n", "d", "noise"), [(0, 2, 0.1), (5, 1, 0.1), (5, 2, -0.1), (5, 2, np.nan)])
def test_what_is_no_moon_is_refused(n: int, d: int, noise: float) -> None:
    with pytest.raises(ValueError, match="at least"):
        moons(n, d, noise, 0)
