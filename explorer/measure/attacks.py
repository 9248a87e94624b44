"""Adversarial attacks: what share of the points does some perturbation |delta| <= eps flip?

A point is flipped when the sign of f(x + delta) is no longer that of its label y; only points that are classified
right without a perturbation count. Every attack gives a lower bound: a better one might flip more.

- FGSM (Goodfellow et al. 2014): one step of length eps along the gradient, or its sign in the l-infinity ball.
- PGD (Madry et al. 2018): projected steps along the gradient, the best iterate kept. The first step has length eps,
  so that it ends where FGSM does, and the others shrink linearly: step s of S has length eps (1 - s/S). On trained
  networks this flips more points than steps of one length do.

What is sought for each network and point is the smallest eps that flips it. FGSM gives a first answer for all eps at
the cost of one gradient. PGD then tries the next smaller eps, and only where it succeeds there those below, 2, 4, ..
at a time: most points need one search, however fine the curve. Networks of one width are one batched matrix product
with the points as columns (sums over coordinates then run along the fast axis), in tiles that fit a core's cache.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal, Self

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.nets.activations import Activation
from explorer.nets.two_layer import Ensemble

Norm = Literal["l2", "linf"]

#: Numbers in the buffers of one tile: 2 MB in float32, about a core's second-level cache. A GPU wants large tiles.
CACHED, CACHED_GPU = 1 << 19, 1 << 28


def attack(
    nets: Ensemble,
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    eps: Float[Tensor, " E"],
    *,
    norm: Norm,
    steps: int,
    restarts: int = 1,
    generator: torch.Generator | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, "B E"]:
    """Success of PGD: for every network and eps, the share of the points it classifies right that are flipped.

    A success at a smaller eps counts at every larger; at eps = 0 there is none. The first start is the point itself;
    each further restart draws one start for every point from `generator` (on the CPU), uniform in the ball and the
    same for all networks and eps, so that a network's result does not depend on what it is measured with.

    Computes in the dtype of `nets`; the result is float64, NaN for networks that classify no point right and for
    those not measured when `stop()`, asked between tiles, became True.

    Raises:
        ValueError: for an unknown norm, no steps or restarts, restarts without a generator, or eps that is negative
            or not finite.
    """
    if steps < 1 or restarts < 1:
        raise ValueError(f"steps = {steps}, restarts = {restarts}: an attack has at least one of each")
    if restarts > 1 and generator is None:
        raise ValueError(f"restarts = {restarts}: random starts need a generator")
    task = _task(nets, X, y, eps, norm)
    starts = [None, *(_in_ball(X.shape, norm, generator).T.to(task.X) for _ in range(restarts - 1))]
    success = torch.full((len(nets), len(eps)), torch.nan, dtype=torch.float64)
    for members, batch in _batches(nets):
        right, flipped = _fast(batch, task)
        for start in starts:
            if not _refine(batch, task, right, flipped, start, steps, stop):
                return success
        success[members] = task.share(right, flipped)
    return success


def fgsm(
    nets: Ensemble, X: Float[Tensor, "n d"], y: Float[Tensor, " n"], eps: Float[Tensor, " E"], *, norm: Norm
) -> Float[Tensor, "B E"]:
    """Success of FGSM, counted as in `attack`.

    Raises:
        ValueError: for an unknown norm, or eps that is negative or not finite.
    """
    task = _task(nets, X, y, eps, norm)
    success = torch.full((len(nets), len(eps)), torch.nan, dtype=torch.float64)
    for members, batch in _batches(nets):
        success[members] = task.share(*_fast(batch, task))
    return success


def path(
    net: Ensemble, x: Float[Tensor, " d"], y: float, eps: float, *, norm: Norm, steps: int
) -> Float[Tensor, "steps+1 d"]:
    """The iterates of PGD on one point by one network, from x on, for a drawing; float64 on the CPU.

    Raises:
        ValueError: as `attack`, or if `net` is not one network.
    """
    if len(net) != 1 or steps < 1:
        raise ValueError(f"{len(net)} networks, steps = {steps}: a path is of one network and at least one step")
    task = _task(net, x[None], x.new_tensor([y]), torch.tensor([eps], dtype=torch.float64), norm)
    _, batch = next(_batches(net))
    one = torch.ones(1, 1, 1, dtype=torch.bool, device=task.X.device)
    search = _Search.start(task, next(_tiles(batch, one)), None)
    iterates = [search.moved.clone()]
    for s in range(steps):
        _evaluate(search)
        _ascend(search, 1 - s / steps, norm)
        iterates.append(search.moved.clone())
    return torch.stack(iterates)[:, 0, :, 0].double().cpu()


@dataclass(frozen=True)
class _Task:
    """What to attack: points as columns above a row of ones, signs of the labels, radii in rising order."""

    X: Float[Tensor, "d+1 n"]
    side: Float[Tensor, " n"]
    eps: Float[Tensor, " E"]
    rank: Int[Tensor, " E"]
    norm: Norm

    def share(self, right: Bool[Tensor, "T n"], flipped: Bool[Tensor, "T E n"]) -> Float[Tensor, "T E"]:
        """Success at each eps, in the caller's order."""
        return (flipped.sum(2).double() / right.sum(1, keepdim=True)).cpu()[:, self.rank]


def _task(nets: Ensemble, X: Tensor, y: Tensor, eps: Tensor, norm: Norm) -> _Task:
    if norm not in ("l2", "linf"):
        raise ValueError(f"norm = {norm!r}: use l2 or linf")
    if not (eps.isfinite() & (eps >= 0)).all():
        raise ValueError(f"eps = {eps.tolist()}: radii are finite and not negative")
    radii, order = eps.cpu().sort(stable=True)
    radii = radii * (1 - 8 * torch.finfo(nets.inner.dtype).eps)  # rounding never leads out of the ball
    columns = torch.cat([X.T, X.new_ones(1, len(X))])
    return _Task(columns.to(nets.inner), y.sign().to(nets.inner), radii.to(nets.inner), order.argsort(), norm)


def _in_ball(shape: torch.Size, norm: Norm, generator: torch.Generator | None) -> Float[Tensor, "n d"]:
    """Uniform in the unit ball, one point a row."""
    if norm == "linf":
        return torch.rand(shape, generator=generator) * 2 - 1
    directions = torch.nn.functional.normalize(torch.randn(shape, generator=generator))
    return directions * torch.rand(shape[0], 1, generator=generator) ** (1 / shape[1])


@dataclass(frozen=True)
class _Batch:
    """T networks of one width as operands of batched products."""

    inner: Float[Tensor, "T k d+1"]
    outer: Float[Tensor, "T 1 k"]
    activation: Activation

    def take(self, which: Int[Tensor, " S"]) -> "_Batch":
        return _Batch(self.inner[which], self.outer[which], self.activation)

    @property
    def room(self) -> int:
        """For how many columns, over all networks, the buffers of a search stay in the cache."""
        _, k, rows = self.inner.shape
        return max(1, (CACHED if self.inner.is_cpu else CACHED_GPU) // (2 * k + 5 * rows))


def _batches(nets: Ensemble) -> Iterator[tuple[list[int], _Batch]]:
    """All networks, those of one width together."""
    for k in sorted(set(nets.widths)):
        members = [i for i, width in enumerate(nets.widths) if width == k]
        chosen = nets.select(members)
        inner = chosen.inner.T.reshape(len(members), k, nets.d + 1)
        yield members, _Batch(inner, chosen.outer.view(-1, 1, k), nets.activation)


def _fast(batch: _Batch, task: _Task) -> tuple[Bool[Tensor, "T n"], Bool[Tensor, "T E n"]]:
    """Which points are right, and which of them FGSM flips at each eps or a smaller one."""
    parts = torch.arange(len(batch.inner), device=task.X.device).split(max(1, batch.room // task.X.shape[1]))
    right, flipped = (
        torch.cat(all_) for all_ in zip(*(_fast_margins(batch.take(p), task) for p in parts), strict=True)
    )
    return right, flipped.logical_and_(right[:, None]).cummax(1).values


def _fast_margins(batch: _Batch, task: _Task) -> tuple[Bool[Tensor, "T n"], Bool[Tensor, "T E n"]]:
    """One gradient does for all eps: along its direction the preactivations are linear, t + eps v."""
    t = batch.inner @ task.X
    h = batch.activation.value(t, out=torch.empty_like(t))
    right = task.side * (batch.outer @ h)[:, 0] > 0
    gradient = batch.inner[..., :-1].mT @ batch.activation.pull_(t.clone(), h, batch.outer.mT)
    direction = gradient.sign() if task.norm == "linf" else torch.nn.functional.normalize(gradient, dim=1, eps=1e-30)
    v = batch.inner[..., :-1] @ direction.mul_(-task.side)
    f = [batch.outer @ batch.activation.value(torch.add(t, v, alpha=e, out=h), out=h) for e in task.eps.tolist()]
    return right, torch.cat(f, 1).mul_(task.side) <= 0


def _refine(
    batch: _Batch,
    task: _Task,
    right: Bool[Tensor, "T n"],
    flipped: Bool[Tensor, "T E n"],
    start: Float[Tensor, "d n"] | None,
    steps: int,
    stop: Callable[[], bool],
) -> bool:
    """Add to `flipped` what PGD from `start` flips besides; False when stopped."""
    places = torch.arange(len(task.eps), device=task.X.device)[:, None]
    lowest = int((task.eps == 0).sum())
    edge, wanted, reach = len(task.eps) - flipped.sum(1, keepdim=True), right[:, None], 1
    while (window := wanted & (places < edge) & (places >= (edge - reach).clamp_min(lowest))).any():
        for tile in _tiles(batch, window):
            if stop():
                return False
            flipped[tile.net, tile.place, tile.point] = _search(task, tile, start, steps)
        edge = (edge - reach).clamp_min(lowest)
        wanted, reach = wanted & flipped.gather(1, edge), 2 * reach
    flipped.copy_(flipped.cummax(1).values)
    return True


@dataclass(frozen=True)
class _Tile:
    """N (network, place in eps, point) to search, as columns `slot` of row `row` of a batch."""

    batch: _Batch
    net: Int[Tensor, " N"]
    place: Int[Tensor, " N"]
    point: Int[Tensor, " N"]
    row: Int[Tensor, " N"]
    slot: Int[Tensor, " N"]
    columns: int


def _tiles(batch: _Batch, wanted: Bool[Tensor, "T E n"]) -> Iterator[_Tile]:
    """All that is wanted, in tiles that fit the cache."""
    counts = wanted.sum((1, 2))
    columns = min(batch.room, int(counts.max()))
    for nets in counts.nonzero()[:, 0].split(max(1, batch.room // columns)):
        part, widest = batch.take(nets), int(counts[nets].max())
        row, place, point = wanted[nets].nonzero(as_tuple=True)
        before = counts[nets].cumsum(0) - counts[nets]
        slot = torch.arange(len(row), device=row.device) - before[row]
        for first in range(0, widest, columns):
            at = (slot >= first) & (slot < first + columns)
            size = min(columns, widest - first)
            yield _Tile(part, nets[row[at]], place[at], point[at], row[at], slot[at] - first, size)


@dataclass(frozen=True)
class _Search:
    """m projected ascents side by side in each of T networks; delta is in units of the radius."""

    batch: _Batch
    inner_t: Float[Tensor, "T d k"]
    origin: Float[Tensor, "T d m"]
    side: Float[Tensor, "T 1 m"]
    radius: Float[Tensor, "T 1 m"]
    delta: Float[Tensor, "T d m"]
    point: Float[Tensor, "T d+1 m"]
    moved: Float[Tensor, "T d m"]  # `point` without its row of ones
    t: Float[Tensor, "T k m"]
    h: Float[Tensor, "T k m"]
    gradient: Float[Tensor, "T d m"]
    work: Float[Tensor, "T d m"]
    line: Float[Tensor, "T 1 m"]
    margin: Float[Tensor, "T 1 m"]  # the smallest y f(x + delta) so far

    @classmethod
    def start(cls, task: _Task, tile: _Tile, start: Float[Tensor, "d n"] | None) -> Self:
        """From `start`, or from the points themselves. Columns that nothing fills hold point 0 and radius 0."""
        (T, k, rows), m, new = tile.batch.inner.shape, tile.columns, task.X.new_empty
        which = tile.row.new_zeros(T, m)
        which[tile.row, tile.slot] = tile.point
        radius = task.X.new_zeros(T, 1, m)
        radius[tile.row, 0, tile.slot] = task.eps[tile.place]
        point = task.X[:, which].movedim(1, 0).contiguous()
        moved = point[:, :-1]
        delta = torch.zeros_like(moved) if start is None else start[:, which].movedim(1, 0).contiguous()
        origin = moved.clone()
        torch.addcmul(origin, delta, radius, out=moved)
        return cls(
            batch=tile.batch,
            inner_t=tile.batch.inner[..., :-1].mT,
            origin=origin,
            side=task.side[which].unsqueeze(1),
            radius=radius,
            delta=delta,
            point=point,
            moved=moved,
            t=new(T, k, m),
            h=new(T, k, m),
            gradient=new(T, rows - 1, m),
            work=new(T, rows - 1, m),
            line=new(T, 1, m),
            margin=torch.full_like(radius, torch.inf),
        )


def _search(task: _Task, tile: _Tile, start: Float[Tensor, "d n"] | None, steps: int) -> Bool[Tensor, " N"]:
    """Whether PGD flips each."""
    search = _Search.start(task, tile, start)
    for s in range(steps):
        _evaluate(search)
        _ascend(search, 1 - s / steps, task.norm)
    _judge(search)
    return search.margin[tile.row, 0, tile.slot] <= 0


def _judge(search: _Search) -> None:
    """margin <- the smallest y f(x + delta) so far."""
    batch = search.batch
    torch.bmm(batch.inner, search.point, out=search.t)
    batch.activation.value(search.t, out=search.h)
    torch.bmm(batch.outer, search.h, out=search.line)
    torch.minimum(search.margin, search.line.mul_(search.side), out=search.margin)


def _evaluate(search: _Search) -> None:
    """`_judge`, and the gradient of f at x + delta."""
    _judge(search)
    search.batch.activation.pull_(search.t, search.h, search.batch.outer.mT)
    torch.bmm(search.inner_t, search.t, out=search.gradient)


def _ascend(search: _Search, length: float, norm: Norm) -> None:
    """One step of `length` radii against the label, and back into the ball."""
    delta, g, work, line = search.delta, search.gradient, search.work, search.line
    if norm == "linf":
        delta.addcmul_(torch.sign(g, out=work), search.side, value=-length).clamp_(-1, 1)
    else:
        torch.sum(torch.mul(g, g, out=work), 1, keepdim=True, out=line)
        line.clamp_min_(torch.finfo(g.dtype).tiny).rsqrt_().mul_(search.side)
        delta.addcmul_(g, line, value=-length)
        torch.sum(torch.mul(delta, delta, out=work), 1, keepdim=True, out=line)
        delta.mul_(line.clamp_min_(1).rsqrt_())
    torch.addcmul(search.origin, delta, search.radius, out=search.moved)
