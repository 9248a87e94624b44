"""Points at which many neurons of a ReLU network are on at once: where explicit constructions are steepest.

Data and random points turn on about one neuron. The shortest point with w_j . x = -b_j for a whole set of neurons
turns them all on, and tells at once whether the ball holds such a point. On the sphere it is tilted to length 1 in a
direction that leaves the set on.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.draws import Draws
from explorer.measure.lipschitz import steep_points
from explorer.measure.stack import Stack
from explorer.nets.two_layer import Ensemble
from explorer.vectors import project, unit

TRIES = 8  # random sets of each size and sign
ROUNDS = 3  # how often a set is exchanged for the neurons that are most nearly on at its point
CLIMBED = 1 << 18  # n d up to which the generic search takes about a tenth of a second (k <= n)
LIFT = 1 + 1e-6  # just across the kinks
RIDGE = 1e-12  # relative; keeps sets of dependent neurons solvable


@dataclass(frozen=True)
class Steepest:
    """The largest gradients found of one network, lower estimates of the true maxima, in units of f per unit of x.

    Attributes:
        ball: |grad f| in the ball.
        one_sign: tangential gradient on the unit sphere at points aimed at neurons of one sign.
        sphere: tangential gradient on the unit sphere, neurons of both signs as well.
    """

    ball: float
    one_sign: float
    sphere: float


def steepest(
    net: Ensemble,
    sizes: Sequence[int],
    *,
    radius: float,
    generator: torch.Generator,
    extra: Float[Tensor, "N d"] | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Steepest:
    """Aim at sets of the given sizes: of positive neurons, of negative ones, and of both.

    Args:
        net: one ReLU network with b_j < 0; with other biases what is found holds, but may be far from the maximum.
        sizes: how many neurons to turn on at once.
        radius: of the ball.
        generator: a CPU generator, the source of all sets.
        extra: points of the ball to look at as well, and, at length 1, for `sphere`; none of them 0.
        stop: asked after every size; the rest is then left out.
    """
    ball = one_sign = sphere = 0.0
    for sign in (1.0, -1.0, 0.0):
        for inside, tilted in joint_points(net, sizes, sign, radius, generator):
            if stop():
                return Steepest(ball, one_sign, sphere)
            full, across = slopes(net, torch.cat([inside, tilted]))
            steep = float(across[len(inside) :].amax())
            ball, sphere = max(ball, float(full.amax())), max(sphere, steep)
            one_sign = max(one_sign, steep) if sign else one_sign
    if extra is not None:
        ball = max(ball, float(slopes(net, project(extra, radius))[0].amax()))  # found in float32, perhaps just outside
        sphere = max(sphere, float(slopes(net, unit(extra))[1].amax()))
    return Steepest(ball, one_sign, sphere)


def climbed(
    net: Ensemble,
    X: Float[Tensor, "n d"],
    radius: float,
    generator: torch.Generator,
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, "N d"] | None:
    """Points of the ball, up to float32, that the generic search climbs to; None where n d is too large for it.

    Where sets of neurons are far from orthogonal (small d) it finds more than aims do, for large d less. All widths
    at the same points are searched alike, or a slope over them would show the search.
    """
    if X.numel() > CLIMBED:
        return None
    seed = int(torch.randint(1 << 31, (), generator=generator))
    draws = Draws.of(net.d, net.widths, seed, X.device)
    return steep_points(Stack.of(net, [0]), X.double(), draws, radius, stop)[0]


def slopes(net: Ensemble, x: Float[Tensor, "N d"]) -> tuple[Float[Tensor, " N"], Float[Tensor, " N"]]:
    """|grad f| of one network at each point, and the norm of the part that is orthogonal to x."""
    gradients, away = net.gradients(x)[0], unit(x)
    along = (gradients * away).sum(1, keepdim=True)
    return gradients.norm(dim=1), (gradients - along * away).norm(dim=1)


def joint_points(
    net: Ensemble, sizes: Sequence[int], sign: float, radius: float, generator: torch.Generator
) -> Iterator[tuple[Float[Tensor, "N d"], Float[Tensor, "N d"]]]:
    """Points of the ball and of the unit sphere for each size; `sign` 0 takes neurons of both signs."""
    allowed = torch.ones_like(net.outer) if sign == 0 else (net.outer * sign > 0).to(net.outer.dtype)
    most = int(allowed.sum())
    for size in sorted({min(size, most) for size in sizes} - {0}):
        subsets = torch.rand(TRIES, len(allowed), generator=generator, dtype=torch.float64).to(allowed)
        across = torch.randn(TRIES, net.d, generator=generator, dtype=torch.float64).to(allowed)
        yield activate_jointly(net.W, -net.b, subsets + allowed, across, size, radius)


def activate_jointly(
    W: Float[Tensor, "d k"],
    levels: Float[Tensor, " k"],
    score: Float[Tensor, "tries k"],
    across: Float[Tensor, "tries d"],
    size: int,
    radius: float,
) -> tuple[Float[Tensor, "N d"], Float[Tensor, "N d"]]:
    """Points where w_j . x reaches levels_j, for the `size` neurons of the largest score, and for better sets.

    A score of 1 or more marks the neurons that may be taken. `across`: random directions for the tilt. Each round
    takes the neurons that are most nearly on at the point before it.
    """
    closed = torch.where(score.amax(0) >= 1, 0, -math.inf).to(W.dtype)
    inside, tilted = [], []
    for _ in range(1 + ROUNDS):
        chosen = score.topk(size, dim=1).indices
        rows = W.T.index_select(0, chosen.flatten()).unflatten(0, chosen.shape)
        gram = rows @ rows.mT
        ridge = RIDGE * gram.diagonal(dim1=1, dim2=2).mean(1, keepdim=True).expand(-1, size)
        factor = torch.linalg.cholesky_ex(gram + torch.diag_embed(ridge)).L
        x = LIFT * combine(rows, factor, levels.take(chosen).unsqueeze(-1))
        free = unit(across - combine(rows, factor, rows @ across.unsqueeze(-1)))
        short = project(x, 1.0)
        left = (1 - short.square().sum(1, keepdim=True)).clamp_min(0).sqrt()
        inside.append(project(x, radius))
        tilted.append(unit(short + left * free))
        score = x @ W - levels + closed
    return torch.cat(inside), torch.cat(tilted)


def combine(
    rows: Float[Tensor, "tries A d"], factor: Float[Tensor, "tries A A"], values: Float[Tensor, "tries A 1"]
) -> Float[Tensor, "tries d"]:
    """The shortest x with rows x = values; `factor` is Cholesky's of rows rows'. 0 where it does not exist."""
    return (torch.cholesky_solve(values, factor).mT @ rows).squeeze(1).nan_to_num(0.0, 0.0, 0.0)
