"""Panel: how steep trained networks are, against sqrt(n/k)."""

from collections.abc import Iterator

import numpy as np
import torch

from explorer.frames import Frame
from explorer.labs import Stop, weights
from explorer.labs.law import training
from explorer.labs.law.trained import TrainedSettings
from explorer.measure.ascent import FULL, SKETCH

EVERY = 3  # snapshots of the training for one frame


def stream(settings: TrainedSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """All networks train side by side on one data set: a film of the first seed, then everything.

    On the way a short search goes on from where the last one ended, and a network that has stopped is not measured
    again. When `stop()` turns true the generator ends without a last frame.
    """
    X, y = training.points(settings, settings.n, device)
    nets = training.networks(settings, X, y)
    of = {"trainer": training.trainer(settings), "tolerance": settings.tolerance, "seed": settings.seed, "stop": stop}
    first = len(settings.widths)
    film: dict[str, np.ndarray] = {}
    steepest = torch.full((first, settings.d), torch.nan, dtype=torch.float64)
    seen = torch.full((first,), -1)
    for shot, snapshot in enumerate(training.train(settings, nets, X, y, stop)):
        if snapshot.done:
            table, _ = training.measured(snapshot.nets, X, snapshot.mse, effort=FULL, **of)
            if stop():
                return
            note = f"{int(table['fits'].sum())} of {len(nets)} networks fit"
            arrays = weights.to_arrays(snapshot.nets, X, y)
            yield Frame(snapshot.step, snapshot.step, {"trained": table}, arrays, note)
            return
        steps = snapshot.steps[:first].cpu()
        moved = (steps != seen).nonzero().flatten().tolist()
        if shot % EVERY or not moved:
            continue
        fresh, bracket = training.measured(
            snapshot.nets.select(moved), X, snapshot.mse[moved], warm=steepest[moved].to(X.device), effort=SKETCH, **of
        )
        if stop():
            return
        seen, steepest[moved] = steps, bracket.witness.cpu()
        film = film or fresh
        for name, values in fresh.items():
            film[name] = film[name].copy()
            film[name][moved] = values
        note = f"training {int((snapshot.mse > settings.tolerance).sum())} of {len(nets)} networks"
        yield Frame(snapshot.step, settings.max_steps, {"trained": dict(film)}, note=note)
