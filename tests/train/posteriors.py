"""Targets whose answer is known, and a walk on them."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from torch import Tensor

from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.train import hmc
from explorer.train.hmc import Chains, Walk, advance
from explorer.train.target import Posterior, Target, classification


@dataclass(frozen=True)
class SquaredError:
    """-log N(y; f, noise^2), without its constant."""

    y: Tensor
    noise: float

    def loss(self, logits: Tensor) -> Tensor:
        return ((logits.squeeze(-1) - self.y) / self.noise).square() / 2

    def slope(self, logits: Tensor) -> Tensor:
        return (logits - self.y.unsqueeze(-1)) / self.noise**2


@dataclass(frozen=True)
class Gaussian:
    """U of independent normal numbers around 0."""

    deviations: Tensor

    def energy(self, parameters: Tensor) -> Tensor:
        return (parameters / self.deviations).double().square().sum(1) / 2

    def gradient(self, parameters: Tensor) -> Tensor:
        return parameters / self.deviations**2


def linear(dtype: torch.dtype = torch.float64) -> tuple[Posterior, np.ndarray, np.ndarray]:
    """Bayesian linear regression with two inputs and a bias, and the mean and the covariance of its posterior."""
    noise, scale, stream = 0.4, 1.5, torch.Generator().manual_seed(3)
    X = torch.randn(12, 2, generator=stream, dtype=torch.float64)
    X[:, 1] = 0.7 * X[:, 0] + 0.5 * X[:, 1] + 0.3
    y = X @ torch.tensor([1.0, -2.0], dtype=torch.float64) + noise * torch.randn(12, generator=stream).double()
    design = np.column_stack([X.numpy(), np.ones(12)])
    covariance = np.linalg.inv(design.T @ design / noise**2 + np.eye(3) / scale**2)
    model = mlp.initialise([2, 1], [0], Tanh()).to(dtype)
    target = Posterior(model, X.to(dtype), SquaredError(y.to(dtype), noise), scale)
    return target, covariance @ design.T @ y.numpy() / noise**2, covariance


def network(scale: float = 1.0) -> Posterior:
    """Of a small tanh network with three classes."""
    stream = torch.Generator().manual_seed(5)
    X = torch.randn(20, 3, generator=stream, dtype=torch.float64)
    labels = torch.randint(0, 3, (20,), generator=stream)
    return classification(mlp.initialise([3, 4, 3], [0], Tanh()).to(torch.float64), X, labels, scale)


def starts(target: Posterior, count: int, seed: int = 1) -> Tensor:
    stream = torch.Generator().manual_seed(seed)
    dimensions = target.models.parameters.shape[1]
    return torch.randn(count, dimensions, generator=stream, dtype=torch.float64).to(target.models.parameters)


def walked(target: Target, position: Tensor, walk: Walk, iterations: int, seeds: Sequence[int]) -> list[Chains]:
    """The chains after each iteration."""
    found, chains = [], hmc.start(target, position, walk)
    for _ in range(iterations):
        moved = advance(target, chains, walk, seeds=seeds)
        assert moved is not None
        chains = moved
        found.append(chains)
    return found
