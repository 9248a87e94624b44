"""Fits of fixed features: against numpy's pseudo-inverse, autograd, and what the theory of the square case says."""

import numpy as np
import pytest
import torch

from explorer.train.random_features import Rectified, Tangent, least_norm

D = 5


def drawn(kind: type, k: int, seed: int = 0) -> Rectified | Tangent:
    return kind(torch.randn(k, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64))


def points(n: int, seed: int = 1) -> torch.Tensor:
    return torch.randn(n, D, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)


@pytest.mark.parametrize("kind", [Rectified, Tangent])
@pytest.mark.parametrize("k", [1, 7])
def test_gradients_are_those_of_autograd(kind: type, k: int) -> None:
    features, X = drawn(kind, k), points(6).requires_grad_()
    a = torch.linspace(-1, 1, features.at(X).shape[1], dtype=torch.float64)
    (expected,) = torch.autograd.grad((features.at(X) @ a).sum(), X)
    np.testing.assert_allclose(features.gradients(X, a).detach(), expected.detach(), atol=1e-12)


def test_tangent_features_are_derivatives_of_the_network() -> None:
    """Of sum_j |w_j . x| / sqrt(k), with respect to the w_j."""
    features, X = drawn(Tangent, 4), points(3)
    W = features.W.clone().requires_grad_()
    for row, x in zip(features.at(X), X, strict=True):
        (expected,) = torch.autograd.grad((W @ x).abs().sum() / 2, W)
        np.testing.assert_allclose(row, expected.flatten(), atol=1e-12)


@pytest.mark.parametrize(("n", "p"), [(10, 4), (10, 10), (10, 30)])
def test_the_fit_is_the_shortest_of_the_best(n: int, p: int) -> None:
    Phi = torch.randn(n, p, generator=torch.Generator().manual_seed(2), dtype=torch.float64)
    y = torch.linspace(-1, 2, n, dtype=torch.float64)
    np.testing.assert_allclose(least_norm(Phi, y), np.linalg.pinv(Phi.numpy()) @ y.numpy(), atol=1e-8)


def test_features_that_depend_on_each_other_do_no_harm() -> None:
    one = torch.randn(6, 2, generator=torch.Generator().manual_seed(3), dtype=torch.float64)
    Phi, y = torch.cat([one, one], 1), torch.arange(6, dtype=torch.float64)
    a = least_norm(Phi, y)
    np.testing.assert_allclose(a[:2], a[2:], atol=1e-10)
    np.testing.assert_allclose(a, np.linalg.pinv(Phi.numpy()) @ y.numpy(), atol=1e-8)
