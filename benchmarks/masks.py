"""Pruning curves of 64 classifiers of digits at 100 levels: ours beside a loop over torch.nn.utils.prune."""

import time
from collections.abc import Iterator
from statistics import median

import torch
from torch import Tensor

from benchmarks._classifiers import each, pruned
from benchmarks.table import Row, interleave, ratio
from explorer.labs.image_sets import CLASSES
from explorer.labs.prunability import images
from explorer.labs.prunability.settings import ImageTask
from explorer.measure import masks
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp
from explorer.train import classify

NETWORKS, N, EPOCHS = 64, 400, 20
ROUNDS = 3  # the loop takes some seconds
KEPT = torch.linspace(0.01, 1, 100, dtype=torch.float64)
WIDTHS = {(16,): 30.0, (64,): None, (16, 16): None}  # hidden layers, and the least ratio


def problem(hidden: tuple[int, ...]) -> tuple[Mlp, Tensor, Tensor]:
    """Networks that have learned, and the points that they share."""
    task = images.read(ImageTask.make(n=N), torch.device("cpu"))
    nets = mlp.initialise([task.X.shape[1], *hidden, CLASSES], range(NETWORKS), Rectified())
    X, y = (t.expand(NETWORKS, *t.shape) for t in (task.X, task.y))
    one = torch.ones(NETWORKS)
    recipe = classify.Recipe(0.05 * one, 0 * one, 0 * one, 16)
    *_, last = classify.classify(
        nets, X, y, recipe, seeds=range(NETWORKS), target=1e-9, max_epochs=EPOCHS, stop=lambda: False
    )
    assert isinstance(last, classify.Fit)
    assert isinstance(last.models, Mlp)
    return last.models, X, y


def ours(nets: Mlp, X: Tensor, y: Tensor) -> Tensor:
    """Losses, networks x levels."""
    return masks.curve(nets, X, y, KEPT, masks.ranking(nets, "global")).loss


def loop(nets: Mlp, X: Tensor, y: Tensor) -> Tensor:
    """The same, network by network and level by level."""
    kept = KEPT.tolist()
    return each(nets, lambda net: pruned(net, X[0], y[0], kept))


def rows(rounds: int) -> Iterator[Row]:
    """A row for each architecture; the agreement compares all losses."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    try:
        for hidden, target in WIDTHS.items():
            given = problem(hidden)
            found, theirs = ours(*given), loop(*given)
            away = ((found - theirs).abs() / theirs.clamp_min(1)).max().item()
            mine, peer = interleave(
                lambda: ours(*given),  # noqa: B023
                lambda: loop(*given),  # noqa: B023
                min(rounds, ROUNDS),
                time.process_time,
            )
            yield Row(
                name=f"pruning, {len(KEPT)} levels, {NETWORKS} digit MLPs, n {N}, 64-{'-'.join(map(str, hidden))}-10",
                peer="loop over torch.nn.utils.prune.global_unstructured",
                ratio=ratio(mine, peer),
                target=target,
                agreement=f"losses at most {away:.1e} apart",
                agrees=away <= 1e-5,
                detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(peer) * 1e3},
            )
    finally:
        torch.set_num_threads(threads)
