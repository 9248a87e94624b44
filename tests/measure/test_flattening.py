"""The constants of t^p against explicit tensors."""

import math

import numpy as np
import pytest
import torch

from explorer.measure.flattening import flattening, kernel_factor, product
from explorer.measure.scale import plain
from explorer.measure.stack import Stack
from explorer.nets.activations import Polynomial


def stack(p: int, k: int, d: int, seed: int = 0) -> Stack:
    g = torch.Generator().manual_seed(seed)
    W = torch.randn(2, k, d, generator=g, dtype=torch.float64)
    a = torch.randn(2, k, generator=g, dtype=torch.float64)
    return Stack(W, torch.zeros_like(a), a, Polynomial(p))


def flattened(W: np.ndarray, a: np.ndarray, p: int, q: int) -> np.ndarray:
    """sum_j a_j w_j^(x)p as a matrix of d^q rows, entry by entry."""

    def power(w: np.ndarray, times: int) -> np.ndarray:
        out = np.ones(1)
        for _ in range(times):
            out = np.multiply.outer(out, w).ravel()
        return out

    return sum(a_j * np.outer(power(w, q), power(w, p - q)) for a_j, w in zip(a, W, strict=True))


@pytest.mark.parametrize("p", [1, 2, 3, 4, 5])
@pytest.mark.parametrize(("k", "d"), [(7, 4), (40, 3), (3, 8)])
def test_flattening_is_the_norm_of_the_explicit_tensor(p, k, d):
    nets, radius = stack(p, k, d), 1.3
    for i, bound in enumerate(flattening(nets, radius).tolist()):
        M = flattened(nets.W[i].numpy(), nets.a[i].numpy(), p, p // 2)
        assert bound == pytest.approx(p * np.linalg.norm(M, 2) * radius ** (p - 1), rel=1e-8)
        assert bound >= p * np.linalg.norm(M, 2) * radius ** (p - 1)


def test_squares_are_exact():
    nets, radius = stack(2, 30, 6), 1.7
    for i, bound in enumerate(flattening(nets, radius).tolist()):
        eigenvalues = np.linalg.eigvalsh((nets.W[i].T * nets.a[i] @ nets.W[i]).numpy())
        assert bound == pytest.approx(2 * radius * np.abs(eigenvalues).max(), rel=1e-9)


def test_bounds_hold_where_neurons_cancel():
    """Two copies of every neuron with opposite signs: f is 0, and what is left of it is rounding."""
    nets = stack(3, 6, 4)
    twice = Stack(
        torch.cat([nets.W] * 2, 1), torch.cat([nets.b] * 2, 1), torch.cat([nets.a, -nets.a], 1), Polynomial(3)
    )
    assert (flattening(twice, 1.0) <= 1e-5 * plain(*product(twice, 1.0))).all()


def test_product_is_its_formula():
    nets, radius = stack(3, 9, 4), 1.5
    for i, bound in enumerate(plain(*product(nets, radius)).tolist()):
        W, a = nets.W[i].numpy(), nets.a[i].numpy()
        steepest = 3 * radius**2 * np.linalg.norm(W, axis=1).max() ** 2
        assert bound == pytest.approx(steepest * np.linalg.norm(a) * np.linalg.norm(W, 2), rel=1e-8)


@pytest.mark.parametrize("q", [0, 1, 2, 3])
@pytest.mark.parametrize(("k", "d"), [(30, 3), (4, 6)])
def test_kernel_factor_gives_the_kernel(q, k, d):
    W = stack(2, k, d).W
    L = kernel_factor(W, q)
    torch.testing.assert_close(L @ L.mT, (W @ W.mT).pow(q), rtol=1e-9, atol=1e-9)
    assert L.shape[2] <= max(k, d, math.comb(d + q - 1, q) if k > 6 else 0)
