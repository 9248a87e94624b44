"""Small models and points for what is measured around trained weights, and their losses by torch's own layers."""

import torch
from torch import Tensor

from explorer.measure.layers import weights
from explorer.nets.activations import Activation, Rectified
from explorer.nets.mlp import Mlp, initialise

RELU = Rectified(1)
D, K, N = 3, 3, 30


def classifiers(*hidden: int, activation: Activation = RELU, count: int = 3) -> Mlp:
    """In float64, with random biases; from D inputs to K classes."""
    models = initialise([D, *hidden, K], range(count), activation).to(torch.float64)
    noise = torch.randn(models.parameters.shape, generator=torch.Generator().manual_seed(5), dtype=torch.float64)
    return models.with_parameters(models.parameters + noise / 10)


def task(n: int = N, seed: int = 1) -> tuple[Tensor, Tensor]:
    """Points, and classes of a random linear map of them."""
    draws = torch.Generator().manual_seed(seed)
    X = torch.randn(n, D, generator=draws, dtype=torch.float64)
    return X, (X @ torch.randn(D, K, generator=draws, dtype=torch.float64)).argmax(1)


def shared(models: Mlp, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """The same points for all models."""
    return X.expand(len(models), *X.shape), y.expand(len(models), len(y))


def loss(models: Mlp, row: Tensor, X: Tensor, y: Tensor) -> Tensor:
    """Of one row of parameters, by torch.nn.functional."""
    parts = row.split([block.size for block in models.blocks])
    shaped = [part.view(block.shape) for part, block in zip(parts, models.blocks, strict=True)]
    h = X
    for i, (W, b) in enumerate(zip(shaped[::2], shaped[1::2], strict=True)):
        h = torch.nn.functional.linear(h if i == 0 else models.activation.value(h), W, b)
    return torch.nn.functional.cross_entropy(h, y)


def hessian(models: Mlp, which: int, X: Tensor, y: Tensor) -> Tensor:
    """By the weights alone."""
    where = weights(models)
    found = torch.autograd.functional.hessian(lambda row: loss(models, row, X, y), models.parameters[which])
    return found[where][:, where]


def trained(models: Mlp, X: Tensor, y: Tensor, steps: int = 150) -> Mlp:
    """By Adam on the mean cross-entropy, torch's own."""
    rows = models.parameters.clone().requires_grad_()
    adam = torch.optim.Adam([rows], lr=0.05)
    for _ in range(steps):
        adam.zero_grad()
        sum(loss(models, row, X, y) for row in rows).backward()
        adam.step()
    return models.with_parameters(rows.detach())
