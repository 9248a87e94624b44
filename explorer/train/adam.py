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


def forward(tile: Tile, work: Workspace) -> Float[Tensor, " B"]:
    """Mean squared error of every network; leaves preactivations, activations and residuals in the tile's buffers."""
    torch.mm(work.X1, tile.nets.inner, out=tile.pre)
    tile.nets.activation.value(tile.pre, out=tile.post)
    for run in tile.runs:
        torch.bmm(run.outer, run.neurons_by_points, out=run.residual)
    tile.residual.sub_(work.y)
    return tile.residual.square().mean(1)


def backward(tile: Tile, work: Workspace) -> None:
    """Gradient of every network's mean squared error, from what `forward` left, which is overwritten."""
    tile.residual.mul_(2 / len(work.y))
    for run in tile.runs:
        torch.bmm(run.residual, run.points_by_neurons, out=run.outer_grad)
        tile.nets.activation.pull_(run.pre, run.post, run.residual_column)
    torch.mm(work.X1t, tile.pre, out=tile.inner_grad)
    tile.inner_grad.mul_(tile.nets.outer)  # once per weight rather than once per point


def update(tile: Tile, count: Float[Tensor, ""], lr: float) -> None:
    """Adam's step number `count` (from 1) on every entry that is trained."""
    norm = tile.work.norm
    if norm:
        norm.pull_(tile.inner_grad, tile.raw.inner)
    torch._fused_adam_(
        [tile.params],
        [tile.grad],
        [tile.mean],
        [tile.square],
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
    if norm:
        norm.fold(tile.raw.inner, out=tile.nets.inner)


def schedule(max_steps: int, snapshots: int = 60) -> Callable[[int], bool]:
    """Which steps are worth a snapshot: 0, 1, 3, 4, 7 ... 2,852, 3,000, as cubes, since most happens early."""
    return frozenset(int(max_steps * (i / snapshots) ** 3) for i in range(snapshots + 1)).__contains__


class _Record:
    """Weights, losses and step counts of the whole ensemble when last looked at: final where a network has stopped."""

    def __init__(self, nets: Ensemble, X: Float[Tensor, "n d"], y: Float[Tensor, " n"]) -> None:
        self.nets = replace(nets, inner=nets.inner.clone(), outer=nets.outer.clone())
        self.X, self.y = X.double(), y.double()
        self.mse = torch.full((len(nets),), torch.nan, dtype=torch.float64)
        self.steps = torch.zeros(len(nets), dtype=torch.int64)

    def take(self, tile: Tile, places: Sequence[int], step: int) -> list[float]:
        """Measure these networks of a tile and, where the loss is finite, note them as they are now."""
        chosen = tile.nets.select(places)
        losses = measure(chosen, self.X, self.y).tolist()
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
    """
    at, stop, record = at or schedule(max_steps), paced(stop), _Record(nets, X, y)
    work = Workspace(nets, X, y, batch_norm=batch_norm)
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
            losses = forward(one, work)
            rest: Tile | None = one
            if step % check_every == 0:
                near = [place for place, loss in enumerate(losses.tolist()) if not bar < loss < math.inf]
                if near and (rest := settle(one, near, step)):
                    forward(rest, work)
            if rest:
                backward(rest, work)
                if penalty:
                    penalty.renew(rest, step)
                    penalty.add_(rest, share(step, max_steps))
                update(rest, count, lr)
                going.append(rest)
        tiles = merge(going)
        if not tiles:
            yield record.snapshot(step, done=True)
            return
