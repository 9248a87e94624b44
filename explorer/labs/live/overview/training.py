"""Networks of the live lab: which there are, in which order they are trained, and their training curve."""

from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from explorer.data import own
from explorer.data.points import Points
from explorer.data.registry import DATA_SETS
from explorer.frames import Columns, Mismatch, taken
from explorer.labs import Stop, weights
from explorer.labs.live.overview import TRAINING
from explorer.labs.live.overview.settings import LiveSettings
from explorer.nets.families import activation
from explorer.nets.two_layer import Ensemble, initialise
from explorer.train import adam, gauss_newton
from explorer.train.snapshot import Snapshot


def points(settings: LiveSettings) -> Points:
    """The data set that the settings name."""
    if own.NAME.fullmatch(settings.data):
        return own.load(settings.data, own.folder(), settings.labels).some(settings.n, settings.noise, settings.seed)
    chosen = DATA_SETS[settings.data]
    # an even power could not tell x from -x without a constant coordinate
    offered = {"classes": settings.classes, "constant": settings.family == "polynomial"}
    more = {name: offered[name] for name in chosen.options}
    return chosen.read(settings.n, settings.d, noise=settings.noise, seed=settings.seed, **more)


def pairs(settings: LiveSettings) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Width and seed of every network, ordered by seed and then by width: the first seed's come first."""
    seeds = tuple(settings.seed + s for s in range(settings.seeds) for _ in settings.widths)
    return settings.widths * settings.seeds, seeds


def networks(settings: LiveSettings, d: int) -> Ensemble:
    """The untrained networks."""
    widths, seeds = pairs(settings)
    return initialise(widths, seeds, d, activation(settings.family, settings.p), settings.init)


def rounds(settings: LiveSettings) -> list[list[int]]:
    """Indices of the networks in the order in which Gauss-Newton, which trains each by itself, takes them.

    First four widths of the first seed (a picture worth seeing; not the narrowest, which may never fit and takes
    longest), then the rest of that seed, then the others.
    """
    count = len(settings.widths)
    first = sorted({round(i * (count - 1) / 4) for i in range(1, 5)})
    rest = [i for i in range(count) if i not in first]
    others = list(range(count, count * settings.seeds))
    return [part for part in (first, rest, others) if part]


def train(settings: LiveSettings, nets: Ensemble, X: Tensor, y: Tensor, stop: Stop) -> Iterator[Snapshot]:
    """Snapshots of a training run with the trainer that the settings name."""
    module = {"adam": adam, "gauss-newton": gauss_newton}[settings.trainer]
    yield from module.train(nets, X, y, tolerance=settings.tolerance, max_steps=settings.max_steps, stop=stop)


class Record:
    """The training table while it grows, part by part: a row for each network that still trained, and snapshot."""

    def __init__(self) -> None:
        self._parts: list[Columns] = []
        self._last: dict[tuple[int, int], int] = {}

    def add(self, snapshot: Snapshot) -> None:
        """Append the networks that moved since the last snapshot."""
        nets = snapshot.nets
        rows = zip(nets.widths, nets.seeds, snapshot.steps.tolist(), snapshot.mse.tolist(), strict=True)
        moved = [(k, seed, step, mse) for k, seed, step, mse in rows if self._last.get((k, seed)) != step]
        self._last |= {(k, seed): step for k, seed, step, _ in moved}
        self._parts.append(TRAINING.of(moved))

    def __len__(self) -> int:
        return len(self._parts)

    def extend(self, table: Columns) -> None:
        """Append a table of networks that are not in this one."""
        self._parts.append(table)

    def table(self, first: int = 0) -> Columns:
        """Of all parts, or from one on."""
        return TRAINING.joined(self._parts[first:])


def last_errors(nets: Ensemble, table: Columns) -> Tensor:
    """The error with which each network's training ended, (B,) float64: the last row of its curve.

    Raises Mismatch when one has no curve.
    """
    last = dict(zip(zip(table["k"].tolist(), table["seed"].tolist(), strict=True), table["mse"].tolist(), strict=True))
    pairs_ = list(zip(nets.widths, nets.seeds, strict=True))
    if not set(pairs_) <= last.keys():
        raise Mismatch("the training curve that is kept is of other networks")
    return torch.tensor([last[pair] for pair in pairs_], dtype=torch.float64)


def to_arrays(nets: Ensemble, X: Tensor, y: Tensor, table: Columns) -> dict[str, np.ndarray]:
    """Data and weights as `run --out` writes them, and the training table, from which `measure anew` starts."""
    return weights.to_arrays(nets, X, y) | {f"training_{column}": values for column, values in table.items()}


def from_arrays(settings: LiveSettings, arrays: Columns) -> tuple[Ensemble, Tensor, Tensor]:
    """The ensemble, X and y that `to_arrays` was given. Raises Mismatch when a network is missing or does not fit."""
    widths, seeds = pairs(settings)
    X, y = weights.tensors(arrays, "X", "y")
    if X.ndim != 2 or y.shape != X.shape[:1]:
        raise Mismatch(f"points of shape {tuple(X.shape)} with labels of shape {tuple(y.shape)} are none")
    inner, outer = [], []
    for k, seed in zip(widths, seeds, strict=True):
        W, b, a = weights.tensors(arrays, *(f"k{k}_s{seed}_{part}" for part in "Wba"))
        if (W.shape, b.shape, a.shape) != ((X.shape[1], k), (k,), (k,)):
            raise Mismatch(f"k = {k}, seed {seed}: weights of shape {tuple(W.shape)} are not those of this network")
        inner.append(torch.vstack([W, b]))
        outer.append(a)
    psi = activation(settings.family, settings.p)
    return Ensemble(torch.hstack(inner), torch.cat(outer), widths, seeds, psi), X, y


def curve(arrays: Columns) -> Columns:
    """The training table that `to_arrays` was given. Raises Mismatch."""
    held = taken(arrays, *(f"training_{column}" for column in TRAINING))
    return TRAINING.taken(dict(zip(TRAINING, held.values(), strict=True)))
