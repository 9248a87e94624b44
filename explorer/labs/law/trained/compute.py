"""Panel: how steep trained networks are, against sqrt(n/k)."""

from collections.abc import Iterator
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop, weights
from explorer.labs.following import Following
from explorer.labs.law import training
from explorer.labs.law.trained import TrainedSettings
from explorer.measure.ascent import FULL, SKETCH
from explorer.nets.two_layer import Ensemble

EVERY = 3  # snapshots of the training for one frame
NETWORKS = "networks"


def stream(
    settings: TrainedSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """All networks train side by side on one data set: a film of the first seed, then everything.

    On the way a short search goes on from where the last one ended, and a network that has stopped is not measured
    again. They are kept when all are trained. When `stop()` turns true the generator ends without a last frame.
    """
    X, y = training.points(settings, settings.n, device)
    nets = training.networks(settings, X, y)
    of = {"trainer": training.trainer(settings), "tolerance": settings.tolerance, "seed": settings.seed, "stop": stop}
    if kept and NETWORKS in kept:
        yield from _last(weights.from_cell(nets, kept[NETWORKS]), _step(kept[NETWORKS]), X, y, of)
        return
    first = len(settings.widths)
    film: dict[str, np.ndarray] = {}
    following = Following(first, settings.d)
    for shot, snapshot in enumerate(training.train(settings, nets, X, y, stop)):
        if snapshot.done:
            cell = weights.to_cell(snapshot.nets, snapshot.mse)
            yield Cell(NETWORKS, {**cell, "step": np.array(snapshot.step)})
            yield from _last((snapshot.nets, snapshot.mse), snapshot.step, X, y, of)
            return
        if shot % EVERY or not (moved := following.moved(snapshot)):
            continue
        fresh = following.measure(
            snapshot,
            moved,
            lambda nets, mse, warm: training.measured(nets, X, mse, warm=warm, effort=SKETCH, **of),
        )
        if stop():
            return
        film = film or dict(fresh)
        for name, values in fresh.items():
            film[name] = film[name].copy()
            film[name][moved] = values
        note = f"training {int((snapshot.mse > settings.tolerance).sum())} of {len(nets)} networks"
        yield Frame(snapshot.step, settings.max_steps, {"trained": dict(film)}, note=note)


def _step(cell: Columns) -> int:
    """The step at which its networks had stopped."""
    step = taken(cell, "step")["step"]
    if step.shape or step.dtype.kind != "i":
        raise Mismatch("the step that is kept is none")
    return int(step)


def _last(trained: tuple[Ensemble, Tensor], step: int, X: Tensor, y: Tensor, of: dict[str, Any]) -> Iterator[Frame]:
    """The complete frame, of networks and their errors; none when `stop()` turns true."""
    nets, mse = trained
    table, _ = training.measured(nets, X, mse, effort=FULL, **of)
    if of["stop"]():
        return
    note = f"{int(table['fits'].sum())} of {len(nets)} networks fit"
    yield Frame(step, step, {"trained": table}, weights.to_arrays(nets, X, y), note)
