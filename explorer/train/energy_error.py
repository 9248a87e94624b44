"""How far the leapfrog misses the energy: what it does not keep, a sampler pays for with acceptance.

One step of size h misses H by about h^3 where U is smooth. Where its gradient jumps, as that of a network of rectified
neurons does, a step across a jump misses by about h, and about a share h of all steps is one: the mean goes like h^2.
Dinh et al. (arXiv 2410.22065) show that the local error of such networks is not of third order.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.train.hmc import leapfrog
from explorer.train.target import Target


def misses(
    target: Target,
    position: Float[Tensor, "B P"],
    momentum: Float[Tensor, "B P"],
    step_size: float,
    count: int = 1,
    stop: Callable[[], bool] = lambda: False,
) -> Float64[Tensor, " B"] | None:
    """H at the end of `count` leapfrog steps less H before, of every pair; infinite where there is no end to speak of.

    None when `stop()` became true.
    """
    steps = torch.full_like(position[:, :1], step_size)
    end = leapfrog(target, position, target.gradient(position), momentum, steps, count, stop)
    if end is None:
        return None
    there, _, last = end
    error = target.energy(there) + _kinetic(last) - target.energy(position) - _kinetic(momentum)
    return error.nan_to_num(torch.inf, torch.inf, torch.inf)


def acceptance(error: Float64[Tensor, " B"]) -> Float64[Tensor, " B"]:
    """How probable it is that an end with this error is accepted."""
    return (-error).clamp_max(0).exp()


def _kinetic(momentum: Float[Tensor, "B P"]) -> Float64[Tensor, " B"]:
    return momentum.double().square().sum(1) / 2
