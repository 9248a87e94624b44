"""The kernel of projected gradient attacks: many ascents at once, by many networks, in tiles that fit a cache.

Points are columns, so that sums over coordinates run along the fast axis of memory. Gradients are in closed form.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal, Self

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import normalize

from explorer.nets.batch import Batch

Norm = Literal["l2", "linf"]

#: Numbers in the buffers of one tile: 2 MB in float32, about a core's second-level cache. A GPU wants large tiles.
CACHED, CACHED_GPU = 1 << 19, 1 << 28


@dataclass(frozen=True)
class Task:
    """What to attack: points as columns above a row of ones, signs of the labels, radii in rising order."""

    X: Float[Tensor, "d1 n"]
    side: Float[Tensor, " n"]
    eps: Float[Tensor, " E"]
    rank: Int[Tensor, " E"]
    norm: Norm

    def share(self, right: Bool[Tensor, "T n"], flipped: Bool[Tensor, "T E n"]) -> Float[Tensor, "T E"]:
        """Success at each eps, in the caller's order."""
        return (flipped.sum(2).double() / right.sum(1, keepdim=True)).cpu()[:, self.rank]


def room(batch: Batch) -> int:
    """For how many columns, over all networks, the buffers of a search stay in the cache."""
    _, k, rows = batch.inner.shape
    return max(1, (CACHED if batch.inner.is_cpu else CACHED_GPU) // (2 * k + 5 * rows))


@dataclass(frozen=True)
class Tile:
    """N (network, place in eps, point) to search, as columns `slot` of row `row` of a batch."""

    batch: Batch
    net: Int[Tensor, " N"]
    place: Int[Tensor, " N"]
    point: Int[Tensor, " N"]
    row: Int[Tensor, " N"]
    slot: Int[Tensor, " N"]
    columns: int


def tiles(batch: Batch, wanted: Bool[Tensor, "T E n"]) -> Iterator[Tile]:
    """All that is wanted, in tiles that fit the cache."""
    counts = wanted.sum((1, 2))
    columns = min(room(batch), int(counts.max()))
    for nets in counts.nonzero()[:, 0].split(max(1, room(batch) // columns)):
        part, widest = batch.take(nets), int(counts[nets].max())
        row, place, point = wanted[nets].nonzero(as_tuple=True)
        before = counts[nets].cumsum(0) - counts[nets]
        slot = torch.arange(len(row), device=row.device) - before[row]
        for first in range(0, widest, columns):
            at = (slot >= first) & (slot < first + columns)
            size = min(columns, widest - first)
            yield Tile(part, nets[row[at]], place[at], point[at], row[at], slot[at] - first, size)


@dataclass(frozen=True)
class Search:
    """m projected ascents side by side in each of T networks; delta is in units of the radius."""

    batch: Batch
    Wt: Float[Tensor, "T d k"]
    origin: Float[Tensor, "T d m"]
    side: Float[Tensor, "T 1 m"]
    radius: Float[Tensor, "T 1 m"]
    delta: Float[Tensor, "T d m"]
    point: Float[Tensor, "T d1 m"]
    moved: Float[Tensor, "T d m"]  # `point` without its row of ones
    t: Float[Tensor, "T k m"]
    h: Float[Tensor, "T k m"]
    gradient: Float[Tensor, "T d m"]
    work: Float[Tensor, "T d m"]
    line: Float[Tensor, "T 1 m"]
    margin: Float[Tensor, "T 1 m"]  # the smallest y f(x + delta) so far

    @classmethod
    def start(cls, task: Task, tile: Tile, start: Float[Tensor, "d n"] | None) -> Self:
        """From `start`, or from the points themselves. Columns that nothing fills hold point 0 and radius 0."""
        (T, k, rows), m, new = tile.batch.inner.shape, tile.columns, task.X.new_empty
        which = tile.row.new_zeros(T, m)
        which[tile.row, tile.slot] = tile.point
        radius = task.X.new_zeros(T, 1, m)
        radius[tile.row, 0, tile.slot] = task.eps[tile.place]
        point = task.X[:, which].movedim(1, 0).contiguous()
        moved = point[:, :-1]
        delta = torch.zeros_like(moved) if start is None else start[:, which].movedim(1, 0).contiguous()
        origin, t = moved.clone(), new(T, k, m)
        torch.addcmul(origin, delta, radius, out=moved)
        return cls(
            batch=tile.batch,
            Wt=tile.batch.W.mT,
            origin=origin,
            side=task.side[which].unsqueeze(1),
            radius=radius,
            delta=delta,
            point=point,
            moved=moved,
            t=t,
            h=t if tile.batch.activation.slope_from_value else new(T, k, m),
            gradient=new(T, rows - 1, m),
            work=new(T, rows - 1, m),
            line=new(T, 1, m),
            margin=torch.full_like(radius, torch.inf),
        )


def judge(search: Search) -> None:
    """margin <- the smallest y f(x + delta) so far."""
    batch = search.batch
    torch.bmm(batch.inner, search.point, out=search.t)
    batch.activation.value(search.t, out=search.h)
    torch.bmm(batch.outer, search.h, out=search.line)
    torch.fmin(search.margin, search.line.mul_(search.side), out=search.margin)  # NaN: nothing was found there


def evaluate(search: Search) -> None:
    """`judge`, and the gradient of f at x + delta."""
    judge(search)
    search.batch.activation.backward_(search.t, search.h, search.batch.outer.mT)
    torch.bmm(search.Wt, search.t, out=search.gradient)


def ascend(search: Search, length: float, norm: Norm) -> None:
    """One step of `length` radii against the label, and back into the ball."""
    delta, g, work, line = search.delta, search.gradient, search.work, search.line
    if norm == "linf":
        delta.addcmul_(torch.sign(g, out=work), search.side, value=-length).clamp_(-1, 1)
    else:
        inverse_lengths_(g, work, line)
        delta.addcmul_(g, line.mul_(search.side), value=-length)
        torch.sum(torch.mul(delta, delta, out=work), 1, keepdim=True, out=line)
        delta.mul_(line.clamp_min_(1).rsqrt_())
    torch.addcmul(search.origin, delta, search.radius, out=search.moved)


def inverse_lengths_(g: Float[Tensor, "T d m"], work: Float[Tensor, "T d m"], line: Float[Tensor, "T 1 m"]) -> None:
    """line <- 1 / |g|, column by column, and g <- g at a scale at which its square is neither 0 nor infinite."""
    tiny = torch.finfo(g.dtype).tiny
    torch.amax(torch.abs(g, out=work), 1, keepdim=True, out=line)
    g.div_(line.clamp_min_(tiny))
    torch.sum(torch.mul(g, g, out=work), 1, keepdim=True, out=line)
    line.clamp_min_(tiny).rsqrt_()  # a gradient of 0 stays 0: it has no direction


def within(eps: Float[Tensor, "*E"], d: int, dtype: torch.dtype) -> Float[Tensor, "*E"]:
    """Radii at which rounding leads to no perturbation longer than eps: some operations, a root of d squares.

    What is too long to have a square is shortened to the longest that has one.
    """
    limits = torch.finfo(dtype)
    return (eps * (1 - (8 + d / 4) * limits.eps)).clamp_max(limits.max**0.5)


def in_ball(shape: torch.Size, norm: Norm, generator: torch.Generator | None) -> Float[Tensor, "n d"]:
    """Uniform in the unit ball, one point a row; float64, on the CPU."""
    if norm == "linf":
        return torch.rand(shape, generator=generator, dtype=torch.float64) * 2 - 1
    directions = normalize(torch.randn(shape, generator=generator, dtype=torch.float64))
    return directions * torch.rand(shape[0], 1, generator=generator, dtype=torch.float64) ** (1 / shape[1])
