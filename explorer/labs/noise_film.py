"""Networks that are measured while they learn noisy labels: what each part of the error costs them in steepness."""

import math
from collections.abc import Iterator, Sequence
from functools import partial
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from torch import Tensor

from explorer.data.label_noise import labelled
from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop, weights
from explorer.labs.following import Following
from explorer.labs.noise_curves import NOISE
from explorer.labs.resumed import Parts, Progress
from explorer.measure.ascent import SKETCH
from explorer.measure.lipschitz import Bracket, bracket
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam
from explorer.train.snapshot import Snapshot

PER_DECADE = 6  # measurements of a network while its error falls to a tenth
LOOKS = 200  # snapshots in which a level may be found to be passed


@runtime_checkable
class Trained(Protocol):
    """What settings say of the networks."""

    n: int
    d: int
    widths: Sequence[int]
    seed: int
    seeds: int
    tolerance: float
    max_steps: int
    init: float


def stream(
    settings: Trained, sigmas: Sequence[float], device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """All widths train side by side, by Adam, on labels of each noise, one seed after the other.

    Points are those of the sphere. A network is measured whenever its error has fallen by 1/6 of a decade, and when it
    stops. The networks of one seed and one noise, when done, are kept. When `stop()` turns true the generator ends
    without a last frame.
    """
    runs = [(sigma, settings.seed + turn) for turn in range(settings.seeds) for sigma in sigmas]

    def note(turn: int, table: Columns, left: int) -> str:
        sigma, seed = runs[turn]
        return f"noise {sigma:g}, seed {seed}: {left} of {len(settings.widths)} networks train"

    parts = Parts(NOISE, settings.max_steps, _order, note)
    named = {
        f"noise {sigma!r}, seed {seed}": partial(_run, settings, sigma, seed, device, stop) for sigma, seed in runs
    }
    yield from parts.stream(named, kept)


def _run(settings: Trained, sigma: float, seed: int, device: torch.device, stop: Stop) -> Iterator[Progress]:
    """All widths on one data set, whenever some were measured; at the end data and networks."""
    X, y = labelled(settings.n, settings.d, sigma, seed).tensors(dtype=torch.float32, device=device)
    nets = initialise(settings.widths, [seed] * len(settings.widths), settings.d, Rectified(), settings.init)
    film = Film(sigma, X, seed, len(nets))
    rows: list[Columns] = []
    tolerance, steps = settings.tolerance, settings.max_steps
    looks = adam.schedule(steps, LOOKS)
    for snapshot in adam.train(nets.to(device), X, y, tolerance=tolerance, max_steps=steps, stop=stop, at=looks):
        fresh = film.add(snapshot, stop)
        if stop():
            return
        rows += fresh
        if snapshot.done:
            yield Progress(snapshot.step, rows, found=weights.to_arrays(snapshot.nets, X, y))
        elif fresh:
            yield Progress(snapshot.step, rows, len(film.moving(snapshot)))


class Film:
    """The steepest points of the networks of one run, level after level."""

    def __init__(self, sigma: float, X: Tensor, seed: int, count: int) -> None:
        self.sigma, self.X, self.seed = sigma, X, seed
        self.levels: dict[int, float] = {}  # the error at which a network was last measured
        self.ended: set[int] = set()
        self._following = Following(count, X.shape[1])

    def moving(self, snapshot: Snapshot) -> list[int]:
        """Networks that have not been measured for the last time."""
        return [i for i in range(len(snapshot.nets)) if i not in self.ended]

    def add(self, snapshot: Snapshot, stop: Stop) -> list[Columns]:
        """Measure the networks that have reached a new level or stopped: a part of the table, if there are any."""
        mse, steps = snapshot.mse.tolist(), snapshot.steps.tolist()
        stopped = {i for i in self.moving(snapshot) if snapshot.done or steps[i] < snapshot.step}
        deeper = 10 ** (-1 / PER_DECADE)
        due = [i for i in self.moving(snapshot) if i in stopped or mse[i] <= deeper * self.levels.get(i, math.inf)]
        if not due:
            return []
        self.levels |= {i: mse[i] for i in due}
        self.ended |= stopped

        def measure(nets: Ensemble, errors: Tensor, warm: Tensor) -> tuple[Columns, Bracket]:
            found = bracket(nets, self.X, radius=1.0, seed=self.seed, warm=warm, stop=stop, effort=SKETCH)
            sizes = {"k": nets.widths, "seed": nets.seeds, "step": [steps[i] for i in due], "mse": errors.tolist()}
            return NOISE.filled(sigma=self.sigma, **sizes, lower=found.lower.cpu().numpy()), found

        return [self._following.measure(snapshot, due, measure)]


def _order(table: Columns) -> np.ndarray:
    """By sigma (the noisy first), k, seed and step."""
    return np.lexsort((table["step"], table["seed"], table["k"], -table["sigma"]))
