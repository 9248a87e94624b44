"""The ladder: seven numbers for one Lipschitz constant, from what sampling finds to what the norms of the layers allow.

random, at_data <= adversarial <= formal_lower <= upper <= eclipse_fast <= product,
                   adversarial <= Lipschitz constant <= upper
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.ascent import FULL, Effort
from explorer.measure.lipschitz import bracket, steepness
from explorer.measure.stack import Stack
from explorer.nets.two_layer import Ensemble
from explorer.vectors import unit

ALONE = 1000  # random points where there are no data to set their number

#: From the bottom up, with what each says about the true constant. formal_lower may lie on either side of it: it is
#: found, but over slopes that the ball allows neuron by neuron, and perhaps not together.
RUNGS = {
    "random": "at most the true constant",
    "at_data": "at most the true constant",
    "adversarial": "at most the true constant",
    "formal_lower": "an estimate",
    "upper": "at least the true constant",
    "eclipse_fast": "at least the true constant",
    "product": "at least the true constant",
}


@dataclass(frozen=True)
class Ladder:
    """`values` has a column for each of RUNGS, in units of f per unit of x; NaN = unknown. `witness`: see `Bracket`."""

    values: Float[Tensor, "B 7"]
    witness: Float[Tensor, "B d"]


def ladder(
    nets: Ensemble,
    X: Float[Tensor, "n d"],
    *,
    radius: float,
    seed: int,
    warm: Float[Tensor, "B d"] | None = None,
    stop: Callable[[], bool] = lambda: False,
    effort: Effort = FULL,
) -> Ladder:
    """Every rung for every network, each network as if it were alone.

    `random` looks at as many points of the unit sphere as there are data points (at 1,000 where there are none), so
    that `at_data` is larger only when the data themselves are special. The search for `adversarial` starts from the
    best of either, too.

    Args:
        nets: the networks. X: data points in the ball |x| <= radius, or none. seed: of all random draws.
        warm: for each network a point to search from as well.
        stop: asked before every step; networks not yet measured stay NaN.
        effort: how long to search for `adversarial` and `upper`.

    Raises:
        ValueError: if the ball does not hold the unit sphere and all data points.
    """
    X = X.to(torch.float64)
    points = sphere(len(X) or ALONE, nets.d, seed, radius).to(X.device)
    values = X.new_full((len(nets), len(RUNGS)), torch.nan)
    witness = X.new_full((len(nets), nets.d), torch.nan)
    for i in range(len(nets)):
        if stop():
            break
        stack = Stack.of(nets, [i])
        tried = points if warm is None else torch.cat([points, warm[i : i + 1]])
        norms = steepness(stack, tried.unsqueeze(0), radius)
        found = bracket(
            nets.select([i]),
            X,
            radius=radius,
            seed=seed,
            warm=tried[norms.nan_to_num(-1).argmax(1)],
            stop=stop,
            effort=effort,
        )
        measured = found.lower.isfinite() | found.upper.isfinite()  # else it was stopped
        random = torch.where(measured, norms[:, : len(points)].amax(1), torch.nan)
        # two lower bounds of one constant, rounded in products of different shapes: the larger one holds
        lower = at_least(found.lower, random)
        formal = at_least(found.formal_lower, lower)
        eclipse = -at_least(-found.eclipse_fast, -found.product)  # it is never larger, but for rounding
        values[i] = torch.cat([random, found.at_data, lower, formal, found.upper, eclipse, found.product])
        witness[i] = found.witness[0]
    return Ladder(values, witness)


def at_least(x: Float[Tensor, " B"], y: Float[Tensor, " B"]) -> Float[Tensor, " B"]:
    """The larger one, and x where one is unknown."""
    return torch.where(y > x, y, x)


def sphere(count: int, d: int, seed: int, radius: float) -> Float[Tensor, "count d"]:
    """Points of the unit sphere.

    Raises:
        ValueError: if the ball |x| <= radius does not hold it.
    """
    if not radius >= 1:
        raise ValueError(f"radius {radius}: at least 1, for the ball to hold the unit sphere")
    return unit(torch.randn(count, d, generator=torch.Generator().manual_seed(seed), dtype=torch.float64))
