import numpy as np
import pytest

from explorer.data.points import noisy
from explorer.data.synthetic import gaussian, sphere

LAWS = pytest.mark.parametrize("law", [sphere, gaussian])


@LAWS
def test_more_points_are_added_to_those_there(law):
    few, many = law(50, 7, 0.3, 1), law(80, 7, 0.3, 1)
    assert (many.X[:50] == few.X).all()
    assert (many.y[:50] == few.y).all()


@LAWS
def test_same_seed_same_bits_and_another_seed_other_points(law):
    one, same, other = law(20, 5, 0.5, 3), law(20, 5, 0.5, 3), law(20, 5, 0.5, 4)
    assert one.X.tobytes() == same.X.tobytes()
    assert one.y.tobytes() == same.y.tobytes()
    assert not np.isclose(one.X, other.X).any()


def test_sphere_has_norm_one():
    points = sphere(300, 20, 1.0, 0)
    np.testing.assert_allclose(np.linalg.norm(points.X, axis=1), 1)
    assert points.radius == pytest.approx(1)


def test_gaussian_has_covariance_one_over_d():
    X = gaussian(20_000, 5, 1.0, 0).X
    np.testing.assert_allclose(X.T @ X / len(X), np.eye(5) / 5, atol=0.01)


@LAWS
def test_smooth_target_is_linear_with_lipschitz_constant_root_d_and_unit_variance(law):
    points = law(20_000, 6, 0.0, 2)
    u, residual, *_ = np.linalg.lstsq(points.X, points.y, rcond=None)
    assert residual == pytest.approx(0, abs=1e-20)
    assert np.linalg.norm(u) == pytest.approx(np.sqrt(6))
    assert points.y.var() == pytest.approx(1, abs=0.05)


@LAWS
def test_noise_one_is_uniformly_random_signs(law):
    y = law(10_000, 3, 1.0, 0).y
    assert set(y) == {-1, 1}
    assert abs(y.mean()) < 0.05


@pytest.mark.parametrize("share", [0.0, 0.1, 0.25, 0.5, 1.0])
@pytest.mark.parametrize("n", [1, 50, 333])
def test_the_share_of_noisy_labels_is_met_to_a_point_or_two(n, share):
    assert abs(noisy(n, share).sum() - share * n) <= 2


def test_more_noise_keeps_the_labels_that_were_noisy():
    less, more = sphere(200, 4, 0.2, 0), sphere(200, 4, 0.6, 0)
    kept = noisy(200, 0.2)
    assert (less.y[kept] == more.y[kept]).all()
    assert not (kept & ~noisy(200, 0.6)).any()


@LAWS
@pytest.mark.parametrize(
    ("n", "d", "noise"), [(0, 3, 0.0), (3, 0, 0.0), (3, 3, 1.5), (3, 3, -0.1), (3, 3, float("nan"))]
)
def test_nonsense_is_refused(law, n, d, noise):
    with pytest.raises(ValueError, match=r"n = |noise = "):
        law(n, d, noise, 0)


def test_tensors_are_copies_of_the_asked_dtype():
    torch = pytest.importorskip("torch")
    points = sphere(4, 2, 0.0, 0)
    X, y = points.tensors(dtype=torch.float32)
    assert X.dtype == y.dtype == torch.float32
    X.zero_()
    assert points.X.any()
