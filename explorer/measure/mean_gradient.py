"""The mean gradient of a ReLU network on the unit sphere, however rarely a random point turns a neuron on.

Plain random points are of no use where nearly all of the sphere is flat. So points are drawn in the caps on which
neurons are on: a neuron j by the size of its cap, p_j, then a uniform point of that cap. A point at which N neurons are
on is drawn N times as often as its due, hence E g = sum p_j E[g(x) / N(x)] for every g that is 0 where none is on:
unbiased, whether caps meet or not.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.joint_activation import slopes
from explorer.measure.regression import Interval, mean
from explorer.nets.two_layer import Ensemble
from explorer.theory.caps import inside, share
from explorer.vectors import unit

NUMBERS = 1 << 18  # coordinates of points at once
PRODUCTS = 1 << 26  # and those times neurons: a few ten milliseconds


@dataclass(frozen=True)
class MeanGradient:
    """Of one network on the sphere.

    Attributes:
        mean: E|tangential gradient|, and its 95 % interval (Student's, over the points drawn). share: of the sphere
            on which any neuron is on. largest: the largest tangential gradient among the points.
    """

    mean: float
    interval: Interval
    share: float
    largest: float


def measure(
    net: Ensemble, draws: int, generator: torch.Generator, stop: Callable[[], bool] = lambda: False
) -> MeanGradient | None:
    """From `draws` points in caps; None when `stop()` turned true, which is asked before every batch of points.

    Args:
        net: one ReLU network; all b_j <= 0, so that no cap is more than half of the sphere.
        generator: a CPU generator, the source of all points.
    """
    sizes = net.W.norm(dim=0)
    t = (-net.b / sizes).cpu().numpy()
    chances = share(net.d, t)
    whole = float(chances.sum())
    if not whole > 0:  # no neuron reaches the sphere, or float64 does not hold how rarely
        return MeanGradient(0.0, (0.0, 0.0), 0.0, 0.0)
    levels = torch.rand(2, draws, generator=generator, dtype=torch.float64).numpy()
    chosen = np.searchsorted(np.cumsum(chances) / whole, levels[0]).clip(max=len(t) - 1)
    u = torch.from_numpy(inside(net.d, t[chosen], levels[1])).to(net.W)
    steep, counts = [], []
    axes = (net.W / sizes).T
    for j, along in zip(*(part.split(batch(net.d, len(t))) for part in (torch.from_numpy(chosen), u)), strict=True):
        if stop():
            return None
        x = at(axes[j.to(axes.device)], along, generator)
        steep.append(slopes(net, x)[1])
        counts.append((net.preactivations(x) > 0).sum(1).clamp_min(1))  # its own neuron is on, but for rounding
    found, N = torch.cat(steep).cpu().numpy(), torch.cat(counts).cpu().numpy()
    middle, (low, high) = mean(found / N)
    return MeanGradient(
        whole * middle, (max(whole * low, 0.0), whole * high), float(whole * (1 / N).mean()), float(found.max())
    )


def batch(d: int, k: int) -> int:
    """Points at once."""
    return max(1, min(NUMBERS, PRODUCTS // k) // d)


def at(axes: Float[Tensor, "N d"], along: Float[Tensor, " N"], generator: torch.Generator) -> Float[Tensor, "N d"]:
    """Random points of the sphere with these products with their axes, of length 1."""
    v = torch.randn(axes.shape, generator=generator, dtype=torch.float64).to(axes)
    across = unit(v - (v * axes).sum(1, keepdim=True) * axes)
    along = along.unsqueeze(1)
    return along * axes + (1 - along.square()).sqrt() * across
