"""Narrow smooth networks that agree with signs as much as they can: found by ascent, each certified to be smooth."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.powers import OUTWARDS

RATE = 0.05


def steepest(a: Float[Tensor, "*B k"], W: Float[Tensor, "*B k d"]) -> Float[Tensor, "*B"]:
    """max over s in {0, 1}^k of |sum_j a_j s_j w_j|: no ReLU network is steeper anywhere, whichever neurons are on."""
    k = a.shape[-1]
    patterns = (torch.arange(2**k, device=a.device).unsqueeze(1) >> torch.arange(k, device=a.device)) & 1
    return (patterns.to(a) @ (a.unsqueeze(-1) * W)).norm(dim=-1).amax(-1)


def correlate(
    X: Float[Tensor, "S n d"],
    signs: Float[Tensor, "S n"],
    *,
    k: int,
    lip: float,
    outer: float,
    starts: int,
    steps: int,
    seed: int,
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, " S"]:
    """The largest (1/n) sum_i s_i f(x_i) found, for each data set, over ReLU networks f of k neurons.

    2 <= k <= 10, and f is cut off at -1 and 1. It is scaled so that what `steepest` certifies is `lip` at most, and
    |a| <= outer where |(w_j, b_j)| = 1. Adam climbs from the best linear function (a pair of neurons) and from random
    networks; what it finds, some network of the class attains. When `stop()`, asked before each step, turns true, it is
    what was found so far.
    """
    sets, _, d = X.shape
    generator = torch.Generator().manual_seed(seed)

    def normal(*shape: int) -> Tensor:
        return torch.randn(shape, generator=generator, dtype=torch.float64).to(X)

    a, V = normal(sets, starts, k), normal(sets, starts, k, d + 1)
    V[..., -1] *= 0.3
    along = torch.nn.functional.normalize((signs.unsqueeze(-1) * X).sum(1), dim=-1)
    V[:, 0, 0, :d], V[:, 0, 1, :d] = along, -along
    V[:, 0, :2, d] = 0
    a[:, 0] *= 0.01
    a[:, 0, 0], a[:, 0, 1] = 1, -1
    a, V = a.requires_grad_(), V.requires_grad_()
    adam = torch.optim.Adam([a, V], lr=RATE)
    best = X.new_full((sets,), -1.0)
    for step in range(steps + 1):
        if stop():
            break
        outputs = torch.relu(X.unsqueeze(1) @ V[..., :d].mT + V[..., d].unsqueeze(-2)) @ a.unsqueeze(-1)
        size = torch.maximum(steepest(a, V[..., :d]) * OUTWARDS / lip, (a * V.norm(dim=-1)).norm(dim=-1) / outer)
        values = (outputs.squeeze(-1) / size.unsqueeze(-1)).clamp(-1, 1)
        agreed = (signs.unsqueeze(1) * values).mean(-1)
        best = torch.maximum(best, agreed.detach().amax(1))
        if step < steps:
            adam.zero_grad()
            (-agreed.sum()).backward()
            adam.step()
    return best
