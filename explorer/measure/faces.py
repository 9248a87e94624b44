"""Points beside the places where kinks meet.

The kinks w_j . x + b_j = 0 cut the ball into cells, and the gradient of a ReLU network is constant in each. The point
of a cell that is nearest to the centre lies where some kinks meet, at most d of them when they are in general position,
and is the point of *their* intersection that is nearest to the centre: so the sides of all such points are the cells,
all of them. Where there are too many, those of the strongest neurons are tried. They are the peaks of tanh', too.
"""

from functools import cache
from itertools import combinations, product
from math import comb

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.stack import Stack

BESIDE = 1e-7  # distance from the kinks, as a share of the radius
MEET = 3  # kinks at once
BASES = 3  # the centre, where all cells are found; and two points off it, for kinks that all pass through the centre


@cache
def meeting(q: int, most: int) -> tuple[tuple[tuple[int, ...], ...], ...]:
    """All sets of 1 .. `most` of q kinks, by size."""
    return tuple(tuple(combinations(range(q), size)) for size in range(1, most + 1))


@cache
def affordable(k: int, d: int, work: int) -> tuple[int, int]:
    """Of how many of k neurons how many kinks at once, such that points x k x d stay within `work`."""
    for most in range(min(MEET, d), 0, -1):
        q = 0
        while q < k and BASES * points(q + 1, most) * k * d <= work:
            q += 1
        if q == k or q >= 2 * most or most == 1:
            return q, most
    return 0, 0


def points(q: int, most: int) -> int:
    """How many sides the sets of `meeting` have, and one for the empty set."""
    return sum(comb(q, size) << size for size in range(most + 1))


def beside(
    stack: Stack, strength: Float[Tensor, "m k"], off: Float[Tensor, "m d"], radius: float, q: int, most: int
) -> Float[Tensor, "m N d"]:
    """For each set of kinks the points where they meet nearest to 0 and to +-off.

    Where slopes jump they are moved a little to every side of these kinks. Up to `most` kinks of the q strongest
    neurons meet. Not all points are in the ball.
    """
    sizes = stack.sizes.clamp_min(torch.finfo(stack.W.dtype).tiny)
    strongest = strength.topk(q, dim=1).indices
    normals = (stack.W / sizes.unsqueeze(-1)).take_along_dim(strongest.unsqueeze(-1), dim=1)
    offsets = (stack.b / sizes).gather(1, strongest).clamp(-4 * radius, 4 * radius)
    bases = torch.stack([torch.zeros_like(off), off, -off], dim=1)
    away = bases @ normals.mT + offsets.unsqueeze(1)
    found = [bases]
    for sets in filter(len, meeting(q, most)):
        index = torch.tensor(sets, dtype=torch.int64).to(off.device)
        A = at(normals, 1, index)  # m sets size d
        gram = A @ A.mT
        size = gram.shape[-1]
        each = product((-1.0, 1.0), repeat=size) if stack.activation.jumps else [(0.0,) * size]
        signs = torch.tensor(tuple(each), dtype=A.dtype).to(A.device)
        sides = (BESIDE * radius) * signs.T.expand(*gram.shape[:2], -1, -1)
        wanted = torch.cat([-at(away, 2, index).permute(0, 2, 3, 1), sides], dim=-1)
        factor = torch.linalg.cholesky_ex(gram).L
        moves = (A.mT @ torch.cholesky_solve(wanted, factor)).nan_to_num(0.0, 0.0, 0.0)
        onto, aside = moves.split([BASES, len(signs)], dim=-1)
        x = bases.mT.unsqueeze(1) + onto
        found.append((x.unsqueeze(-1) + aside.unsqueeze(-2)).flatten(3).permute(0, 1, 3, 2).flatten(1, 2))
    return torch.cat(found, dim=1)


def at(x: Tensor, dim: int, index: Int[Tensor, "sets size"]) -> Tensor:
    """x with the entries along `dim` that each set names."""
    return x.index_select(dim, index.flatten()).unflatten(dim, index.shape)
