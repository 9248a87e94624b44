"""Panel: how steep trained networks are, over number of points and width."""

from collections.abc import Iterator
from functools import partial
from itertools import groupby, product

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop, weights
from explorer.labs.law import training
from explorer.labs.law.heat_map import HeatMapSettings
from explorer.labs.law.points import drawn
from explorer.labs.law.tables import TRAINED
from explorer.labs.resumed import Parts, Progress
from explorer.measure.ascent import SKETCH
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam
from explorer.train.snapshot import Snapshot

LOOKS = 24  # times that cells are looked at while those of a seed are trained


def stream(
    settings: HeatMapSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """A seed is one data set, whose first n points are row n; all its cells train side by side, by Adam.

    A network is measured once, when it has stopped. So cells fill in from the wide networks, which fit first, to the
    narrow ones, which may never fit. A seed that is done is kept. When `stop()` turns true the generator ends without
    a last frame.
    """
    count = len(settings.ns) * len(settings.widths) * settings.seeds
    parts = Parts(
        TRAINED,
        settings.max_steps,
        order=lambda table: np.lexsort((table["k"], table["n"], table["seed"])),
        note=lambda turn, table, left: f"{len(table['k'])} of {count} networks trained, {int(table['fits'].sum())} fit",
    )
    seeds = [settings.seed + turn for turn in range(settings.seeds)]
    yield from parts.stream({f"seed {seed}": partial(_seed, settings, seed, device, stop) for seed in seeds}, kept)


def _seed(settings: HeatMapSettings, seed: int, device: torch.device, stop: Stop) -> Iterator[Progress]:
    """One seed whenever networks have stopped; at the end data and the networks of most points."""
    X, y = drawn(settings, n=max(settings.ns), seed=seed).tensors(dtype=torch.float32, device=device)
    nets, points = networks(settings, seed)
    rows: list[Columns] = []
    measured: set[int] = set()
    for snapshot in train(settings, nets.to(device), X, y, points, stop):
        fresh = [i for i in _stopped(snapshot, settings.tolerance) if i not in measured]
        rows += _rows(settings, seed, snapshot, X, points, fresh, stop)
        if stop():
            return
        measured.update(fresh)
        largest = [i for i, n in enumerate(points) if n == len(y)]
        if snapshot.done:
            yield Progress(snapshot.step, rows, found=weights.to_arrays(snapshot.nets.select(largest), X, y))
        elif fresh:
            yield Progress(snapshot.step, rows)


def networks(settings: HeatMapSettings, seed: int) -> tuple[Ensemble, list[int]]:
    """The untrained networks of one seed, row by row, and how many points each sees."""
    points, widths = zip(*product(settings.ns, settings.widths), strict=True)
    nets = initialise(widths, [seed] * len(widths), settings.d, Rectified(), settings.init)
    return nets, list(points)


def train(
    settings: HeatMapSettings, nets: Ensemble, X: Tensor, y: Tensor, points: list[int], stop: Stop
) -> Iterator[Snapshot]:
    """All cells of one seed, side by side."""
    at = adam.schedule(settings.max_steps, LOOKS)
    limits = {"tolerance": settings.tolerance, "max_steps": settings.max_steps}
    yield from adam.train(nets, X, y, **limits, stop=stop, at=at, points=points)


def _stopped(snapshot: Snapshot, tolerance: float) -> list[int]:
    """Networks that train no more: they fit, have overflowed, or the run is over."""
    stopped = (snapshot.mse.cpu() <= tolerance) | (snapshot.steps < snapshot.step) | snapshot.done
    return stopped.nonzero().flatten().tolist()


def _rows(
    settings: HeatMapSettings, seed: int, snapshot: Snapshot, X: Tensor, points: list[int], fresh: list[int], stop: Stop
) -> Iterator[Columns]:
    """The table `trained` of the named networks, a part for each n."""
    for n, same in groupby(fresh, key=points.__getitem__):
        members = list(same)
        table, _ = training.measured(
            snapshot.nets.select(members),
            X[:n],
            snapshot.mse[members],
            trainer="adam",
            tolerance=settings.tolerance,
            seed=seed,
            stop=stop,
            effort=SKETCH,
        )
        yield table
