"""Full-batch Adam (Kingma & Ba 2015) for every network of an ensemble at once, each on its own mean squared error.

Adam works entry by entry, so networks that stand side by side in one matrix train exactly as each would alone. They
are cut into tiles of neighbouring columns, narrow enough that all a step touches stays in the processor's cache.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.two_layer import Ensemble
from explorer.train.penalties import Penalty, share
from explorer.train.snapshot import Snapshot, measure, paced
from explorer.train.tiles import Tile, Workspace, merge, tile

#: One rate for every width, family and degree: random labels are fitted in a hundred steps or so, and the narrowest
#: networks that can fit still do (0.03 loses those, 0.003 takes three times the steps).
LEARNING_RATE = 1e-2
BETAS = 0.9, 0.999
EPSILON = 1e-8
#: Reading a loss makes a GPU wait, so there the tolerance is looked at only every so many steps.
CHECK_ON_GPU = 16


def forward(tile: Tile) -> Float[Tensor, " B"]:
    """Mean squared error of every network; leaves preactivations, activations and residuals in the tile's buffers."""
    torch.mm(tile.X1, tile.nets.inner, out=tile.pre)
    tile.nets.activation.value(tile.pre, out=tile.post)
    for run in tile.runs:
        torch.bmm(run.outer, run.neurons_by_points, out=run.residual)
    tile.residual.sub_(tile.y)
    if tile.seen is not None:
        tile.residual.mul_(tile.seen)
    return tile.residual.square().sum(1).div_(tile.points)


def backward(tile: Tile) -> None:
    """Gradient of every network's mean squared error, from what `forward` left, which is overwritten."""
    psi = tile.nets.activation
    tile.residual.mul_(tile.weight)
    for run in tile.runs:
        torch.bmm(run.residual, run.points_by_neurons, out=run.outer_grad)
        if run.wide:
            psi.backward_(run.pre, run.post, run.residual_column)
    if tile.narrow:
        pre, post, owner, residual = tile.narrow
        psi.backward_(pre, post, residual.T.clone(memory_format=torch.contiguous_format).index_select(1, owner))
    torch.mm(tile.X1t, tile.pre, out=tile.inner_grad)
    tile.inner_grad.mul_(tile.nets.outer)  # once per weight rather than once per point


def descend(
    params: Tensor, gradient: Tensor, mean: Tensor, square: Tensor, count: Float[Tensor, ""], lr: float
) -> None:
    """Adam's step number `count` (from 1), in place; `mean` and `square` are what it remembers of gradients."""
    torch._fused_adam_(
        [params],
        [gradient],
        [mean],
        [square],
        [],
        [count],
        lr=lr,
        beta1=BETAS[0],
        beta2=BETAS[1],
        eps=EPSILON,
        weight_decay=0.0,
        amsgrad=False,
        maximize=False,
    )


def update(tile: Tile, count: Float[Tensor, ""], lr: float) -> None:
    """Adam's step number `count` (from 1) on every entry that is trained."""
    norm = tile.work.norm
    if norm:
        norm.backward_(tile.inner_grad, tile.raw.inner)
    descend(tile.params, tile.grad, tile.mean, tile.square, count, lr)
    if norm:
        norm.fold(tile.raw.inner, out=tile.nets.inner)


def schedule(max_steps: int, snapshots: int = 60) -> Callable[[int], bool]:
    """Which steps are worth a snapshot: 0, 1, 3, 4, 7 ... 2,852, 3,000, as cubes, since most happens early."""
    return frozenset(int(max_steps * (i / snapshots) ** 3) for i in range(snapshots + 1)).__contains__


class _Record:
    """Weights, losses and step counts of the whole ensemble when last looked at: final where a network has stopped."""

    def __init__(self, nets: Ensemble, work: Workspace, X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> None:
        self.points = work.points
        self.nets = replace(nets, inner=nets.inner.clone(), outer=nets.outer.clone())
        self.X, self.y = X.double(), y.double()
        self.mse = torch.full((len(nets),), torch.nan, dtype=torch.float64)
        self.steps = torch.zeros(len(nets), dtype=torch.int64)

    def take(self, tile: Tile, places: Sequence[int], step: int) -> list[float]:
        """Measure these networks of a tile and, where the loss is finite, note them as they are now."""
        chosen = tile.nets.select(places)
        losses = measure(chosen, self.X, self.y, [self.points[tile.members[i]] for i in places]).tolist()
        offsets, columns = self.nets.offsets, chosen.offsets
        for i, (place, loss) in enumerate(zip(places, losses, strict=True)):
            if math.isfinite(loss) or step == 0:
                member, here = tile.members[place], slice(columns[i], columns[i + 1])
                there = slice(offsets[member], offsets[member + 1])
                self.nets.inner[:, there], self.nets.outer[there] = chosen.inner[:, here], chosen.outer[here]
                self.mse[member], self.steps[member] = loss, step
        return losses

    def snapshot(self, step: int, done: bool) -> Snapshot:
        nets = replace(self.nets, inner=self.nets.inner.clone(), outer=self.nets.outer.clone())
        return Snapshot(step, nets, self.mse.clone(), self.steps.clone(), done)


def train(
    nets: Ensemble,
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    *,
    tolerance: float,
    max_steps: int,
    stop: Callable[[], bool],
    lr: float = LEARNING_RATE,
    at: Callable[[int], bool] | None = None,
    batch_norm: bool = False,
    penalty: Penalty | None = None,
    points: Sequence[int] | None = None,
) -> Iterator[Snapshot]:
    """Train every network until its mean squared error is at most `tolerance`, or for `max_steps` steps.

    A network stops with the weights whose loss was seen to be small enough, and costs nothing from then on; on a GPU
    losses are looked at every 16 steps and at snapshots. One whose loss overflows stops too, and stays as it was when
    last seen finite (here or in a snapshot). Yields a snapshot before the first step, at the steps that `at` names
    (by default those of `schedule`, at most 61) and at the end; returns early, without one, when `stop()` says so.
    Runs in the dtype and on the device of `nets`, which are not changed.

    With `batch_norm` the weights of `nets` are those before normalisation; snapshots hold plain networks, into which
    it is folded. With a `penalty`, of falling strength (see `penalties`), a network goes on at least for half of the
    steps. The tolerance is always one of the mean squared error alone.

    With `points`, network i is fitted to the first points[i] points only: data sets nested in n, side by side.

    Raises:
        ValueError: if `points` are not between 1 and n, one for each network, or come with `batch_norm`.
    """
    at, stop = at or schedule(max_steps), paced(stop)
    work = Workspace(nets, X, y, batch_norm=batch_norm, points=points)
    record = _Record(nets, work, X, y)
    tiles = tile(nets, work)
    count = torch.zeros((), device=nets.inner.device)
    check_every = 1 if nets.inner.is_cpu else CHECK_ON_GPU

    def settle(one: Tile, near: Sequence[int], step: int) -> Tile | None:
        """Let those of the networks `near` go that are within the tolerance, confirmed in float64, or have diverged."""
        losses = record.take(one, near, step)
        return one.without({place for place, loss in zip(near, losses, strict=True) if not bar < loss < math.inf})

    for step in range(max_steps + 1):
        # what a loss must come down to: nothing is low enough while a penalty has its full strength
        bar = tolerance if penalty is None or share(step, max_steps) < 1 else -math.inf
        if at(step) or step in (0, max_steps):
            settled = (settle(one, range(len(one.nets)), step) for one in tiles)
            tiles = merge([rest for rest in settled if rest])
            yield record.snapshot(step, done=step == max_steps or not tiles)
            if step == max_steps or not tiles:
                return
        count.add_(1)
        going: list[Tile] = []
        for one in tiles:
            if stop():
                return
            losses = forward(one)
            rest: Tile | None = one
            if step % check_every == 0:
                near = [place for place, loss in enumerate(losses.tolist()) if not bar < loss < math.inf]
                if near and (rest := settle(one, near, step)):
                    forward(rest)
            if rest:
                backward(rest)
                if penalty:
                    penalty.renew(rest, step)
                    penalty.add_(rest, share(step, max_steps))
                update(rest, count, lr)
                going.append(rest)
        tiles = merge(going)
        if not tiles:
            yield record.snapshot(step, done=True)
            return
