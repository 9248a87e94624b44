"""One ReLU neuron a point: k = n neurons, and a Lipschitz constant that does not grow with n.

The formulas are ours, exact where the caps {x: neuron i is on} are disjoint: then no two ramps are ever added.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble
from explorer.vectors import unit

ROUNDING = 1e-12  # added to t*, at which two caps touch, so that rounding errors do not make them meet


def one_neuron(X: Float[Tensor, "n d"], y: Float[Tensor, " n"], t: float, seed: int = 0) -> Ensemble:
    """f(x) = sum_i y_i ReLU((u_i . x - |x_i|) / (1 - t) + 1), u_i = x_i / |x_i|: a ramp of width 1 - t each.

    On the unit sphere it is ReLU((x_i . x - t) / (1 - t)); t = 0.9 gives ReLU(10 x_i . x - 9). `seed` only names the
    network.

    Raises:
        ValueError: if t is outside [0, 1), or a point is 0.
    """
    if not 0 <= t < 1:
        raise ValueError(f"t = {t}: the threshold lies in [0, 1)")
    sizes = X.norm(dim=1)
    if (sizes == 0).any():
        raise ValueError("a point at 0 has no direction")
    inner = torch.cat([(X / sizes.unsqueeze(1)).T, (1 - t - sizes).unsqueeze(0)]) / (1 - t)
    return Ensemble(inner, y.clone(), (len(X),), (seed,), Rectified())


def disjoint_from(X: Float[Tensor, "n d"], radius: float = 1.0) -> float:
    """t*: from this threshold on no two caps meet in the ball |x| <= radius.

    For points of the unit sphere sqrt((1 + rho) / 2), rho = max x_i . x_j, and exact. In general a common point x of
    caps i and j has (u_i + u_j) . x <= radius sqrt(2 + 2 u_i . u_j), which gives a threshold that suffices. It may be
    1 or more: then no construction of this kind has disjoint caps. One point: 0.
    """
    if len(X) < 2:
        return 0.0
    sizes = X.norm(dim=1)
    U = X / sizes.unsqueeze(1)
    reach = radius * (2 + 2 * (U @ U.T)).clamp_min(0).sqrt() - sizes - sizes.unsqueeze(1)
    return 1 + float(reach.fill_diagonal_(-math.inf).amax()) / 2 + ROUNDING


def overlaps(X: Float[Tensor, "n d"], count: int) -> Float[Tensor, "pairs d"]:
    """Unit vectors between the `count` closest pairs of directions, where caps meet first; the points' own if n = 1."""
    U = X / X.norm(dim=1, keepdim=True)
    cosines = (U @ U.T).triu_(1)
    cosines += torch.full_like(cosines, -2).tril_()  # each pair once, no point with itself
    pairs = cosines.flatten().topk(min(count, len(X) * (len(X) - 1) // 2)).indices
    if not len(pairs):
        return U
    return unit(U[pairs // len(X)] + U[pairs % len(X)])


def on_sphere(t: float, least: float = 1.0) -> float:
    """The largest tangential gradient of one ramp on the unit sphere, at the rim of its cap: sqrt((1 + t) / (1 - t)).

    `least`: the smallest |x_i|, whose cap is the widest.
    """
    rim = min(max(least - 1 + t, 0), 1)
    return math.sqrt(1 - rim**2) / (1 - t)


def in_ball(t: float) -> float:
    """The gradient of one ramp: 1 / (1 - t)."""
    return 1 / (1 - t)
