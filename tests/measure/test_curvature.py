"""Products with the Hessian, its trace and largest eigenvalue, against the whole matrix by torch.autograd."""

import pytest
import torch
from torch import Tensor

from explorer.measure import curvature
from explorer.measure.flatness import noisy
from explorer.measure.layers import weights
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.mlp import Mlp
from tests.measure.classifiers import classifiers, hessian, shared, task, trained

KINDS = [Tanh(), Rectified(1)]


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def whole(models: Mlp, X: Tensor, y: Tensor, magnitude: bool = False) -> Tensor:
    """The Hessian of each by all its parameters, 0 for biases; by magnitude, H_ij w_i w_j."""
    where, found = weights(models), []
    for i, row in enumerate(models.parameters):
        H = torch.zeros(len(row), len(row), dtype=torch.float64)
        scale = row[where].abs() if magnitude else torch.ones(int(where.sum()), dtype=torch.float64)
        H[where.nonzero(), where.nonzero().T] = hessian(models, i, X, y) * scale.outer(scale)
        found.append(H)
    return torch.stack(found)


@pytest.mark.parametrize("magnitude", [False, True])
@pytest.mark.parametrize("activation", KINDS, ids=repr)
def test_products_are_those_with_the_whole_matrix(activation: Activation, magnitude: bool) -> None:
    models, (X, y) = classifiers(4, 4, activation=activation), task()
    H = whole(models, X, y, magnitude)
    v = torch.randn(models.parameters.shape, generator=seeded(), dtype=torch.float64)
    wanted = (H @ v.unsqueeze(2)).squeeze(2)
    torch.testing.assert_close(curvature.exact(models, *shared(models, X, y), magnitude=magnitude)(v), wanted)
    near = curvature.differences(models, *shared(models, X, y), magnitude=magnitude)(v)
    torch.testing.assert_close(near, wanted, rtol=1e-7, atol=1e-8)


def test_differences_of_short_numbers_hold_three_digits() -> None:
    models, (X, y) = classifiers(6, activation=Tanh()), task()
    v = torch.randn(models.parameters.shape, generator=seeded(), dtype=torch.float64)
    wanted = curvature.exact(models, *shared(models, X, y))(v)
    short = models.to(torch.float32)
    for make in (curvature.exact, curvature.differences):
        found = make(short, *shared(models, X.float(), y))(v.float()).double()
        assert ((found - wanted).norm(dim=1) <= 2e-3 * wanted.norm(dim=1)).all()


@pytest.mark.parametrize("magnitude", [False, True])
def test_the_trace_is_that_of_the_whole_matrix(magnitude: bool) -> None:
    models, (X, y) = classifiers(4), task()
    exact = whole(models, X, y, magnitude).diagonal(dim1=1, dim2=2).sum(1)
    product = curvature.exact(models, *shared(models, X, y), magnitude=magnitude)
    found, error = curvature.trace(models, product, generator=seeded(), probes=600)
    assert ((found - exact).abs() <= 4 * error).all()
    assert (error <= 0.1 * exact.abs()).all()


def test_the_trace_of_a_diagonal_has_no_error() -> None:
    models = classifiers(4)
    diagonal = torch.randn(models.parameters.shape, generator=seeded(), dtype=torch.float64)
    found, error = curvature.trace(models, lambda v: diagonal * v, generator=seeded(), probes=2)
    torch.testing.assert_close(found, diagonal.sum(1))
    assert (error < 1e-12).all()
    with pytest.raises(ValueError, match="probes = 1"):
        curvature.trace(models, lambda v: v, generator=seeded(), probes=1)


@pytest.mark.parametrize("activation", KINDS, ids=repr)
@pytest.mark.parametrize("kind", ["exact", "differences"])
def test_the_largest_eigenvalue(kind: str, activation: Activation) -> None:
    models, (X, y) = classifiers(4, activation=activation), task()
    top = torch.linalg.eigvalsh(whole(models, X, y))[:, -1]
    found = curvature.largest(models, getattr(curvature, kind)(models, *shared(models, X, y)), generator=seeded())
    torch.testing.assert_close(found.value, top, rtol=1e-4, atol=0)
    assert (found.value <= top * (1 + 1e-6)).all()
    assert (found.residual <= 1e-3 * top).all()
    assert not found.vector[:, ~weights(models)].any()


def test_the_largest_is_found_where_a_negative_one_is_larger() -> None:
    models = classifiers(4)
    size = models.parameters.shape[1]
    values = torch.linspace(-5, 3, size, dtype=torch.float64)
    values[-1] = 4
    Q = torch.linalg.qr(torch.randn(size, size, generator=seeded(), dtype=torch.float64)).Q
    H = Q @ values.diag() @ Q.T
    found = curvature.largest(models, lambda v: v @ H, generator=seeded())
    torch.testing.assert_close(found.value, torch.full((3,), 4.0).double(), rtol=1e-3, atol=0)
    assert (found.value <= 4 + 1e-9).all()


@pytest.mark.parametrize("activation", KINDS, ids=repr)
def test_under_little_noise_the_loss_rises_by_half_the_trace(activation: Activation) -> None:
    """P13: sigma^2 tr H / 2, within a tenth."""
    X, y = task()
    models = trained(classifiers(6, activation=activation), X, y, steps=40)
    product = curvature.exact(models, *shared(models, X, y))
    found, error = curvature.trace(models, product, generator=seeded(1), probes=1200)
    assert (error <= 0.03 * found).all()
    sigma = torch.full((3,), 1e-4, dtype=torch.float64)
    rise = noisy(models, *shared(models, X, y), generator=seeded(2), pairs=1500).at(sigma).mean(0)
    torch.testing.assert_close(rise, sigma**2 * found / 2, rtol=0.1, atol=0)


@pytest.mark.parametrize("magnitude", [False, True])
@pytest.mark.parametrize("activation", KINDS, ids=repr)
def test_the_noisy_trace_is_the_slope_of_the_rise(activation: Activation, magnitude: bool) -> None:
    models = trained(classifiers(6, activation=activation), *task())
    noise = noisy(models, *shared(models, *task()), generator=seeded(), pairs=4, magnitude=magnitude)
    for size in (0.01, 0.3):
        sigma = torch.full((3,), size, dtype=torch.float64)
        found, _ = curvature.noisy_trace(noise, sigma)
        slope = (noise.at(sigma * 1.00001) - noise.at(sigma * 0.99999)).mean(0) / (sigma**2 * 2e-5)
        torch.testing.assert_close(found, slope, rtol=1e-3, atol=0)


@pytest.mark.parametrize("magnitude", [False, True])
def test_along_smooth_noise_the_trace_is_that_of_the_noise_itself(magnitude: bool) -> None:
    models = trained(classifiers(6, activation=Tanh()), *task())
    noise = noisy(models, *shared(models, *task()), generator=seeded(), pairs=4, magnitude=magnitude)
    product = curvature.exact(models, *shared(models, *task()), magnitude=magnitude)
    along, error = curvature.trace_along(noise, product)
    torch.testing.assert_close(
        curvature.noisy_trace(noise, torch.full((3,), 1e-4, dtype=torch.float64)), (along, error), rtol=1e-4, atol=1e-8
    )
    H = whole(models, *task(), magnitude)
    wanted = torch.stack([(u * weights(models)) @ H @ (u * weights(models)) for u in noise.draws]).mean(0)
    torch.testing.assert_close(along, wanted, rtol=1e-6, atol=1e-9)


def test_points_beside_a_kink_make_the_loss_rise_faster_than_the_trace() -> None:
    """One neuron, almost off at the only point, whose output speaks for a wrong class."""
    models = classifiers(1, count=1)
    one = torch.tensor([[1e-6, 0.0, 0.0, 0.0, 1.0, 0.0, 0.0, 0.0, 0.0, 0.0]], dtype=torch.float64)
    models = models.with_parameters(one)
    X, y = torch.tensor([[[1.0, 0.0, 0.0]]], dtype=torch.float64), torch.tensor([[1]])  # the neuron does harm
    noise = noisy(models, X, y, generator=seeded(), pairs=500)
    sigma = torch.tensor([1e-3], dtype=torch.float64)
    rise = noise.at(sigma).mean(0)
    smooth, _ = curvature.trace(models, curvature.exact(models, X, y), generator=seeded(), probes=50)
    whole, error = curvature.noisy_trace(noise, sigma)
    assert rise > 20 * sigma**2 * smooth.abs() / 2
    assert whole > 20 * smooth.abs()
    # (1/3) E relu(sigma u) = sigma / (3 sqrt(2 pi)): linear in sigma, and its slope by sigma^2 / 2 is over sigma again
    wanted = sigma / (3 * (2 * torch.pi) ** 0.5)
    torch.testing.assert_close(rise, wanted, rtol=0.1, atol=0)
    assert ((whole - wanted / sigma**2).abs() <= 5 * error).all()


def test_a_floor_is_no_multiple_of_sigma() -> None:
    models = classifiers(6)
    noise = noisy(models, *shared(models, *task()), generator=seeded(), floor=0.1)
    with pytest.raises(ValueError, match="floor"):
        curvature.noisy_trace(noise, torch.ones(3))


def test_the_largest_of_each_is_found_where_a_negative_one_is_larger_in_some() -> None:
    models = classifiers(4)
    size = models.parameters.shape[1]
    values = torch.linspace(-2, 2, size, dtype=torch.float64)
    values[0], values[-1] = -5, 3
    H = torch.stack([values, -values, values])  # eigenvalues -5 .. 3, and -3 .. 5
    found = curvature.largest(models, lambda v: H * v, generator=seeded())
    where = weights(models)
    top = torch.where(where, H, -torch.inf).amax(1)
    torch.testing.assert_close(found.value, top, rtol=1e-3, atol=0)
