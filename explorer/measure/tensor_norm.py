"""|T| of a symmetric tensor: how steep a form of degree p is on the unit ball, divided by p (see `theory.tensor`)."""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.theory.tensor import contract
from explorer.vectors import unit

STARTS = 40  # points from which the search for |T| climbs, half of them data points
CLIMBS = 60  # steps of each: |T| changes by less than 1e-6 of itself afterwards, mostly


def operator_norm(
    T: Float[Tensor, "m d e"],
    p: int,
    starts: Float[Tensor, "m s d"],
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, " m"]:
    """|T| of m symmetric tensors of order p, unfolded: exact for p <= 2, else the largest |f| found, a lower bound.

    For p >= 3 all `starts` (unit vectors) climb at once, each to a maximum or a minimum of f by the sign of f there;
    `stop` is asked every few steps and ends the climb early.
    """
    if p == 1:
        return T.squeeze(2).norm(dim=1)
    if p == 2:
        return torch.linalg.eigvalsh(T).abs().amax(1)
    sign = torch.where(_value(starts, contract(T, starts, p)) < 0, -1.0, 1.0).to(T.dtype)
    # a shift of (p - 1) max |T u^(p-2)| makes every step rise; the flattening is at least that large
    shift = (p - 1) * torch.linalg.eigvalsh(T @ T.mT).amax(1).clamp_min(0).sqrt().view(-1, 1, 1)
    u, g = starts, sign * contract(T, starts, p)
    for i in range(CLIMBS):
        if i % 10 == 0 and stop():
            break
        u, g = climb(T, p, u, g, sign, shift)
    return _value(u, g).squeeze(2).amax(1)


def climb(
    T: Float[Tensor, "m d e"],
    p: int,
    u: Float[Tensor, "m s d"],
    g: Float[Tensor, "m s d"],
    sign: Float[Tensor, "m s 1"],
    shift: Float[Tensor, "m 1 1"],
) -> tuple[Float[Tensor, "m s d"], Float[Tensor, "m s d"]]:
    """One step of the symmetric higher-order power method: the next u, and g = +-T u^(p-1) there.

    The better of the plain step u <- g / |g| and the shifted one of Kolda and Mayo 2011 (SS-HOPM), which never falls.
    """
    tried = torch.cat([unit(g), unit(g + shift * u)], dim=1)
    slopes = sign.repeat(1, 2, 1) * contract(T, tried, p)
    (plain, shifted), (g_plain, g_shifted) = tried.chunk(2, 1), slopes.chunk(2, 1)
    better = _value(plain, g_plain) > _value(shifted, g_shifted)
    return torch.where(better, plain, shifted), torch.where(better, g_plain, g_shifted)


def starting_points(
    X: Float[Tensor, "n d"], c: Float[Tensor, "m n"], draws: Float[Tensor, "s d"]
) -> Float[Tensor, "m q d"]:
    """Unit vectors to climb from: the data points of the largest |c_i|, and the directions of `draws`."""
    heaviest = c.abs().topk(min(len(draws), len(X)), dim=1).indices
    return unit(torch.cat([X[heaviest], draws.expand(len(c), -1, -1)], dim=1))


def _value(u: Float[Tensor, "m s d"], g: Float[Tensor, "m s d"]) -> Float[Tensor, "m s 1"]:
    return (u * g).sum(2, keepdim=True)
