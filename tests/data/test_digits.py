from itertools import combinations

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.decomposition import PCA

from explorer.data.digits import MAX_D, MAX_N, _principal, digits, whole


def test_every_pair_of_classes_has_the_points_and_dimensions_promised():
    images, digit = load_digits(return_X_y=True)
    for first, second in combinations(range(10), 2):
        pair = images[(digit == first) | (digit == second)]
        assert len(pair) >= MAX_N
        assert np.linalg.matrix_rank(pair - pair.mean(0)) >= MAX_D


def test_principal_components_are_scikit_learns():
    images, digit = load_digits(return_X_y=True)
    pair = images[(digit == 3) | (digit == 8)]
    theirs = PCA(10, svd_solver="full").fit(pair)
    signs = np.sign(theirs.components_[np.arange(10), np.abs(theirs.components_).argmax(1)])
    np.testing.assert_allclose(_principal(pair, 10), theirs.transform(pair) * signs, atol=1e-9)


@pytest.mark.parametrize("constant", [False, True])
@pytest.mark.parametrize(("n", "d"), [(1, 1), (200, 20), (MAX_N, MAX_D)])
def test_largest_norm_is_one(n, d, constant):
    points = digits(n, d, (3, 8), 0.0, 0, constant=constant)
    assert points.X.shape == (n, d + constant)
    assert points.radius == pytest.approx(1)
    assert not points.generic
    assert "8x8 digits" in points.description


def test_the_constant_coordinate_is_constant_and_the_rest_is_the_same_points():
    plain, lifted = digits(90, 5, (0, 1), 0.0, 1), digits(90, 5, (0, 1), 0.0, 1, constant=True)
    np.testing.assert_allclose(lifted.X, np.column_stack([plain.X, np.ones(90)]) / np.sqrt(2))


def test_classes_are_balanced_and_labelled_in_the_order_given():
    points, swapped = digits(200, 10, (2, 8), 0.0, 0), digits(200, 10, (8, 2), 0.0, 0)
    assert points.y.sum() == swapped.y.sum() == 0
    # 3 and 8 differ enough for their mean images to tell which label is which
    images, digit = load_digits(return_X_y=True)
    ours = (digit == 2) | (digit == 8)
    mean = _principal(images[ours], 10)[digit[ours] == 8].mean(0)
    assert (points.X[points.y > 0] @ mean).mean() > 0 > (points.X[points.y < 0] @ mean).mean()


def test_more_points_are_added_to_those_there_up_to_scale():
    few, many = digits(50, 8, (4, 9), 0.2, 7), digits(120, 8, (4, 9), 0.2, 7)
    scale = few.X[0, 0] / many.X[0, 0]
    np.testing.assert_allclose(few.X, many.X[:50] * scale)
    assert (few.y == many.y[:50]).all()


def test_noise_redraws_a_share_of_the_labels():
    clean, dirty = digits(300, 5, (3, 8), 0.0, 0).y, digits(300, 5, (3, 8), 0.4, 0).y
    assert 0.1 < (clean != dirty).mean() < 0.3


def test_same_seed_same_bits():
    one, same = (digits(100, 20, (3, 8), 0.1, 5) for _ in range(2))
    assert one.X.tobytes() == same.X.tobytes()
    assert one.y.tobytes() == same.y.tobytes()


@pytest.mark.parametrize(
    ("change", "named"),
    [
        ({"n": 0}, "n = 0"),
        ({"n": 351}, "350 points"),
        ({"d": 0}, "d = 0"),
        ({"d": 51}, "50 principal"),
        ({"classes": (3, 3)}, "classes"),
        ({"classes": (3, 10)}, "classes"),
        ({"noise": 2.0}, "noise"),
    ],
)
def test_nonsense_is_refused_by_name(change, named):
    with pytest.raises(ValueError, match=named):
        digits(**({"n": 100, "d": 10, "classes": (3, 8), "noise": 0.0, "seed": 0} | change))


def test_all_digits_are_scikit_learns_with_its_file_and_without(monkeypatch: pytest.MonkeyPatch) -> None:
    wanted = load_digits(return_X_y=True)
    for _ in range(2):
        for ours, theirs in zip(whole(), wanted, strict=True):
            np.testing.assert_array_equal(ours, theirs)
        monkeypatch.setattr("explorer.data.digits.find_spec", lambda name: None)
