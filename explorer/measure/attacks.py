"""Adversarial attacks: what share of the points does some perturbation |delta| <= eps flip?

A point is flipped when the sign of f(x + delta) is no longer that of its label y; only points that are classified
right without a perturbation count. Every attack gives a lower bound: a better one might flip more.

- FGSM (Goodfellow et al. 2014): one step of length eps along the gradient, or its sign in the l-infinity ball.
- PGD (Madry et al. 2018): projected steps along the gradient, the best iterate kept. The first step has length eps,
  so that it ends where FGSM does, and the others shrink linearly: step s of S has length eps (1 - s/S). On trained
  networks this flips more points than steps of one length do.

What is sought for each network and point is the smallest eps that flips it. FGSM gives a first answer for all eps at
the cost of one gradient. PGD then tries the next smaller eps, and only where it succeeds there those below, 2, 4, ..
at a time: most points need one search, however fine the curve. (What lies below a failure is not searched again.)
"""

from collections.abc import Callable, Sequence

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.measure.levelled import levelled
from explorer.measure.pgd import (
    Norm,
    Search,
    Task,
    Tile,
    ascend,
    evaluate,
    in_ball,
    inverse_lengths_,
    judge,
    room,
    tiles,
    within,
)
from explorer.nets.batch import Batch, batches, columns
from explorer.nets.two_layer import Ensemble


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
    nets, task = _task(nets, X, y, eps, norm)
    starts = [None, *(in_ball(X.shape, norm, generator).T.to(task.X) for _ in range(restarts - 1))]
    success = torch.full((len(nets), len(eps)), torch.nan, dtype=torch.float64)
    for members, batch in batches(nets):
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
    nets, task = _task(nets, X, y, eps, norm)
    success = torch.full((len(nets), len(eps)), torch.nan, dtype=torch.float64)
    for members, batch in batches(nets):
        success[members] = task.share(*_fast(batch, task))
    return success


def path(
    net: Ensemble, x: Float[Tensor, " d"], y: float, eps: float, *, norm: Norm, steps: int
) -> Float[Tensor, "iterates d"]:
    """The iterates of PGD on one point by one network, for a drawing: `steps` + 1, from x on, float64 on the CPU.

    Raises:
        ValueError: as `attack`, or if `net` is not one network.
    """
    if len(net) != 1 or steps < 1:
        raise ValueError(f"{len(net)} networks, steps = {steps}: a path is of one network and at least one step")
    net, task = _task(net, x[None], x.new_tensor([y]), torch.tensor([eps], dtype=torch.float64), norm)
    _, batch = next(batches(net))
    one = torch.ones(1, 1, 1, dtype=torch.bool, device=task.X.device)
    search = Search.start(task, next(tiles(batch, one)), None)
    iterates = [search.moved.clone()]
    for s in range(steps):
        evaluate(search)
        ascend(search, 1 - s / steps, norm)
        iterates.append(search.moved.clone())
    return torch.stack(iterates)[:, 0, :, 0].double().cpu()


def _task(nets: Ensemble, X: Tensor, y: Tensor, eps: Tensor, norm: Norm) -> tuple[Ensemble, Task]:
    """What to attack, and the networks at a scale at which nothing under- or overflows."""
    if norm not in ("l2", "linf"):
        raise ValueError(f"norm = {norm!r}: use l2 or linf")
    if not (eps.isfinite() & (eps >= 0)).all():
        raise ValueError(f"eps = {eps.tolist()}: radii are finite and not negative")
    radii, order = eps.double().cpu().sort(stable=True)
    # x + delta is rounded to the last digit of x, which is more than eps only where eps is nothing beside x
    radii = within(radii, X.shape[1], nets.inner.dtype)
    reach = max(float(X.abs().amax()), float(radii.amax()))
    task = Task(columns(X, nets), y.sign().to(nets.inner), radii.to(nets.inner), order.argsort(), norm)
    return levelled(nets, reach), task


def _fast(batch: Batch, task: Task) -> tuple[Bool[Tensor, "T n"], Bool[Tensor, "T E n"]]:
    """Which points are right, and which of them FGSM flips at each eps or a smaller one."""
    parts = torch.arange(len(batch.inner), device=task.X.device).split(max(1, room(batch) // task.X.shape[1]))
    radii = task.eps.tolist()
    margins = [_fast_margins(batch.take(part), task.X, task.side, radii, task.norm) for part in parts]
    before, margin = torch.cat([at_point for at_point, _ in margins]), torch.cat([moved for _, moved in margins])
    right = (before > 0) & before.isfinite()
    return right, ((margin <= 0) & right[:, None]).cummax(1).values


def _fast_margins(
    batch: Batch, X: Float[Tensor, "d1 n"], side: Float[Tensor, " n"], radii: Sequence[float], norm: Norm
) -> tuple[Float[Tensor, "T n"], Float[Tensor, "T E n"]]:
    """y f at the points, and where FGSM leads: in its direction the preactivations are linear, t + eps v."""
    t = batch.inner @ X
    h = batch.activation.value(t, out=torch.empty_like(t))
    margin = (batch.outer @ h).squeeze(1) * side
    gradient = batch.W.mT @ batch.activation.backward_(t.clone(), h, batch.outer.mT)
    if norm == "linf":
        direction = gradient.sign_()
    else:
        inverse_lengths_(gradient, torch.empty_like(gradient), line := torch.empty_like(margin).unsqueeze(1))
        direction = gradient.mul_(line)
    v = batch.W @ direction.mul_(-side)
    f = [batch.outer @ batch.activation.value(torch.add(t, v, alpha=eps, out=h), out=h) for eps in radii]
    return margin, torch.cat(f, 1).mul_(side)


def _refine(
    batch: Batch,
    task: Task,
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
        for tile in tiles(batch, window):
            if stop():
                return False
            flipped[tile.net, tile.place, tile.point] = _search(task, tile, start, steps)
        edge = (edge - reach).clamp_min(lowest)
        wanted, reach = wanted & flipped.gather(1, edge), 2 * reach
    flipped.copy_(flipped.cummax(1).values)
    return True


def _search(task: Task, tile: Tile, start: Float[Tensor, "d n"] | None, steps: int) -> Bool[Tensor, " N"]:
    """Whether PGD flips each."""
    search = Search.start(task, tile, start)
    for s in range(steps):
        evaluate(search)
        ascend(search, 1 - s / steps, task.norm)
    judge(search)
    return search.margin[tile.row, 0, tile.slot] <= 0
