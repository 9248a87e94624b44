"""R_n from below by search, from above by certificate, against brute force and a peer solver; and the floor of nets."""

import cvxpy as cp
import numpy as np
import pytest
import torch
from torch import Tensor
from torch._subclasses.fake_tensor import FakeTensorMode

from explorer.data import synthetic
from explorer.measure import correlation, correlation_bound
from explorer.measure.correlation_bound import Terms
from explorer.theory import proxy
from explorer.vectors import unit


def data(n: int, d: int, seed: int, make=synthetic.sphere) -> tuple[Tensor, Tensor]:
    return make(n, d, noise=1.0, seed=seed).tensors(dtype=torch.float64)


def search(X: Tensor, y: Tensor, **more) -> float:
    return correlation.search(X, y, generator=torch.Generator().manual_seed(0), **more)


def brute(X: Tensor, y: Tensor) -> float:
    """R_n in the plane, on a grid of the circle."""
    angle = torch.arange(100_000, dtype=torch.float64) * (2 * np.pi / 100_000)
    w = torch.stack([angle.cos(), angle.sin()], 1)
    return float(((w @ X.T).relu() @ y).abs().max())


# Search ------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("make", [synthetic.sphere, synthetic.gaussian])
@pytest.mark.parametrize("seed", range(3))
def test_in_the_plane_search_finds_what_brute_force_finds_and_the_certificate_lies_above(seed: int, make) -> None:
    X, y = data(30, 2, seed, make)
    assert search(X, y) == pytest.approx(brute(X, y), rel=1e-4)
    assert correlation_bound.certify(X, y) >= brute(X, y)


def test_climbing_never_lowers_the_correlation_and_stays_on_the_sphere() -> None:
    X, y = data(40, 6, 0)
    generator = torch.Generator().manual_seed(1)
    w = unit(torch.randn(10, 6, generator=generator, dtype=torch.float64))
    sign = torch.tensor([1.0, -1.0] * 5, dtype=torch.float64)
    for _ in range(5):
        before, w = correlation.correlations(X, y, w), correlation.climb(X, y, w, sign)
        assert (sign * (correlation.correlations(X, y, w) - before) >= 0).all()
        torch.testing.assert_close(w.norm(dim=1), torch.ones(10, dtype=torch.float64))


@pytest.mark.parametrize(("n", "d", "seed"), [(200, 30, 0), (200, 30, 1), (200, 30, 2), (400, 200, 0)])
def test_correlations_of_generic_data_are_of_the_size_of_sqrt_n(n: int, d: int, seed: int) -> None:
    X, y = data(n, d, seed)
    found, certified = search(X, y, rounds=20) / n**0.5, correlation_bound.certify(X, y, steps=30) / n**0.5
    assert 0.65 < found < 0.95
    assert found <= certified < 1.35 * found


def test_search_begins_at_the_linear_fit_and_stops_when_told() -> None:
    X, y = data(50, 20, 0)
    linear = unit(y @ X)
    least = correlation.correlations(X, y, torch.stack([linear, -linear])).abs().max()
    assert search(X, y, stop=lambda: True) >= float(least) - 1e-12


# Certificate -------------------------------------------------------------------------------------------------------


def test_every_choice_is_a_bound() -> None:
    X, y = data(20, 2, 3)
    terms, exact = Terms.of(X, y), brute(X, y)
    generator = torch.Generator().manual_seed(0)
    for size in (0.1, 1.0, 5.0):
        choice = correlation_bound.start(terms) + size * torch.randn(2, 21, generator=generator, dtype=torch.float64)
        assert float(correlation_bound.bound(terms, choice)[0].max()) >= exact


@pytest.mark.parametrize(("n", "d"), [(20, 4), (6, 15)])
def test_the_gradient_is_that_of_autograd(n: int, d: int) -> None:
    terms = Terms.of(*data(n, d, 1))
    generator = torch.Generator().manual_seed(0)
    choice = correlation_bound.start(terms) + 0.3 * torch.randn(2, n + 1, generator=generator, dtype=torch.float64)
    choice.requires_grad_()
    total, gradient = correlation_bound.bound(terms, choice)
    (expected,) = torch.autograd.grad(total.sum(), choice)
    torch.testing.assert_close(gradient.detach(), expected, rtol=1e-5, atol=1e-7)


@pytest.mark.parametrize("seed", range(2))
def test_the_certificate_is_the_best_of_its_kind(seed: int) -> None:
    """Against the same problem written as a semidefinite one and solved by Clarabel."""
    X, y = (part.numpy() for part in data(14, 3, seed))
    best = []
    for sign in (1, -1):
        up, down = X[sign * y > 0], X[sign * y < 0]
        g, c, bend = cp.Variable(len(up)), cp.Variable(len(down)), cp.Variable(len(down))
        m, rest = cp.Variable(), cp.Variable()
        Q = up.T @ cp.diag(g) @ up - down.T @ cp.diag(bend) @ down
        lean = cp.reshape(up.sum(0) / 2 - down.T @ c, (3, 1), order="C")
        block = cp.bmat([[m * np.eye(3) - Q, lean / 2], [lean.T / 2, cp.reshape(rest, (1, 1), order="C")]])
        size = np.linalg.norm(down, axis=1)
        limits = [block >> 0, m >= 0, bend >= 0, bend <= c / size, bend <= (1 - c) / size]
        problem = cp.Problem(cp.Minimize(cp.sum(cp.inv_pos(g)) / 16 + m + rest), limits)
        best.append(float(problem.solve(solver=cp.CLARABEL)))
    mine = correlation_bound.certify(torch.tensor(X), torch.tensor(y))
    assert mine == pytest.approx(max(best), rel=5e-3)
    assert mine >= max(best) * (1 - 1e-6)


def test_more_dimensions_than_points_and_one_label_only() -> None:
    X, y = data(8, 40, 0)
    assert correlation_bound.certify(X, y) >= search(X, y)
    ones = torch.ones_like(y)
    assert correlation_bound.certify(X, ones) >= search(X, ones) > 0


def test_a_stopped_certificate_is_one() -> None:
    X, y = data(30, 2, 0)
    assert correlation_bound.certify(X, y, stop=lambda: True) >= correlation_bound.certify(X, y) >= brute(X, y)


# Floor -------------------------------------------------------------------------------------------------------------


def test_one_neuron_at_the_best_point_attains_the_inequality() -> None:
    X, y = data(30, 2, 0)
    angle = torch.arange(100_000, dtype=torch.float64) * (2 * np.pi / 100_000)
    w = torch.stack([angle.cos(), angle.sin()], 1)
    sums = (w @ X.T).relu() @ y
    assert float(sums.abs().max()) / search(X, y) == pytest.approx(1, rel=1e-4)


@pytest.mark.parametrize("seed", range(2))
def test_networks_trained_for_a_small_product_stay_above(seed: int) -> None:
    """Gradient descent on error and product together: the closest lies at a few times its floor, at its own error."""
    X, y = data(20, 4, seed)
    generator = torch.Generator().manual_seed(seed)
    W = torch.randn(12, 4, generator=generator, dtype=torch.float64).requires_grad_()
    a = (torch.randn(12, generator=generator, dtype=torch.float64) / 12**0.5).requires_grad_()
    certified, ratios = correlation_bound.certify(X, y), []
    for step in range(1500):
        error = ((X @ W.T).relu() @ a - y).square().mean()
        product = a.norm() * torch.linalg.matrix_norm(W, 2)
        floor = proxy.floor(20, 4, certified, error.item())
        ratios.append(product.item() / floor if floor else np.inf)
        loss = error + 0.05 * 0.998**step * product
        for part, gradient in zip((W, a), torch.autograd.grad(loss, (W, a)), strict=True):
            part.data -= 0.05 * gradient
    assert error.item() < 0.3
    assert 1 < min(ratios) < 8


# Devices -----------------------------------------------------------------------------------------------------------


def test_steps_run_on_a_gpu() -> None:
    with FakeTensorMode():
        X, y = torch.empty(20, 5, device="cuda"), torch.empty(20, device="cuda")
        w = correlation.climb(X, y, torch.empty(8, 5, device="cuda"), torch.empty(8, device="cuda"))
        terms = Terms(X.double(), torch.empty(2, 20, dtype=torch.float64, device="cuda"))
        total, gradient = correlation_bound.bound(terms, correlation_bound.start(terms))
        assert all(t.device.type == "cuda" for t in (w, total, gradient))
        assert gradient.shape == (2, 21)
