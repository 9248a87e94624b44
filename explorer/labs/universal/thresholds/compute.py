"""The two thresholds: dimension by dimension, of constructions at once and then of trained networks."""

import math
from collections import deque
from collections.abc import Iterator

import numpy as np
import torch
from torch import Tensor

from explorer.data import synthetic
from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.universal.thresholds import ABOVE_PLATEAU, BUILT, THRESHOLDS, TRAINED, ThresholdsSettings
from explorer.measure import brackets
from explorer.measure.ascent import SKETCH
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.theory import one_neuron, slabs
from explorer.train import gauss_newton


def stream(
    settings: ThresholdsSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """What is built, in all dimensions; then all widths trained by Gauss-Newton, a dimension and a seed at a time.

    Each of these is kept. When `stop()` turns true the generator ends without a last frame.
    """
    kept = kept or {}
    jobs = [(d, settings.seed + turn) for turn in range(settings.seeds) for d in settings.ds]
    rows: list[Columns] = []
    for d, seed in jobs:
        if stop():
            return
        rows.append(built(*points(settings, d, seed, device), settings.lip, seed))
    yield _frame(0, len(jobs), rows, "what can be built")
    for step, (d, seed) in enumerate(jobs, start=1):
        name = f"d = {d}, seed {seed}"
        found = kept.get(name)
        if found is None:
            made = trained(settings, d, seed, device, stop)
            if made is None or stop():
                return
            found = made
            yield Cell(name, found)
        rows.append(THRESHOLDS.taken(found))
        last = step == len(jobs)
        X, y = points(settings, d, seed, device)
        arrays = {"X": X.float().cpu().numpy(), "y": y.float().cpu().numpy()} if last else {}
        yield _frame(step, len(jobs), rows, f"trained in {d} dimensions, seed {seed}", arrays)


def points(settings: ThresholdsSettings, d: int, seed: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """n points of the sphere and random signs, float64."""
    return synthetic.sphere(settings.n, d, noise=1.0, seed=seed).tensors(dtype=torch.float64, device=device)


def params(k: float, d: int) -> float:
    """Numbers that a two-layer network of width k has to choose: weights, biases and outer weights."""
    return k * (d + 2)


def built(X: Tensor, y: Tensor, lip: float, seed: int) -> Columns:
    """The narrowest network of ours that fits, slabs of d points; and one neuron a point where its constant is <= lip.

    That constant is exact: caps that are disjoint never add (see `one_neuron`).
    """
    n, d = X.shape
    fits = slabs.width(y, min(d, n))
    t = one_neuron.disjoint_from(X)
    smooth = n if t < 1 and one_neuron.in_ball(t) <= lip else math.nan
    return THRESHOLDS.filled(
        d=d,
        n=n,
        seed=seed,
        series=BUILT,
        params_fit=params(min(fits, n if t < 1 else fits), d),
        params_smooth=params(smooth, d),
        lip_target=lip,
        k_max=n,
    )


def trained(settings: ThresholdsSettings, d: int, seed: int, device: torch.device, stop: Stop) -> Columns | None:
    """Both targets of the networks of all widths, from one start each; None when `stop()` turned true."""
    X, y = points(settings, d, seed, device)
    nets = initialise(settings.widths, [seed] * len(settings.widths), d, Rectified(), 1.0).to(X.device, X.dtype)
    snapshots = gauss_newton.train(nets, X, y, tolerance=settings.tolerance, max_steps=settings.max_steps, stop=stop)
    ended = deque(snapshots, maxlen=1)
    if stop():
        return None
    last = ended.pop()
    found, _ = brackets.measure(
        last.nets, X, last.mse, tolerance=settings.tolerance, seed=seed, warm=None, stop=stop, effort=SKETCH
    )
    return thresholds(found["k"], found["fits"], found["upper"], settings.lip, n=len(X), d=d, seed=seed)


def thresholds(k: np.ndarray, fits: np.ndarray, upper: np.ndarray, lip: float, *, n: int, d: int, seed: int) -> Columns:
    """The smallest width that fits, and that fits with a certified constant of at most a target, for both targets.

    A wider network may fail where a narrower one has not: what counts is the smallest. The second target is 1.25 times
    the certified constant of the widest network that fits.
    """
    fitting = np.flatnonzero(fits)
    plateau = float(upper[fitting[np.argmax(k[fitting])]]) if len(fitting) else math.nan
    targets = np.array([lip, ABOVE_PLATEAU * plateau])
    smooth = [k[fits & (upper <= target)] for target in targets]
    return THRESHOLDS.filled(
        d=d,
        n=n,
        seed=seed,
        series=TRAINED,
        params_fit=params(float(k[fitting].min()) if len(fitting) else math.nan, d),
        params_smooth=[params(float(each.min()) if len(each) else math.nan, d) for each in smooth],
        lip_target=targets,
        k_max=int(k.max()),
    )


def _frame(step: int, total: int, rows: list[Columns], note: str, arrays: Columns | None = None) -> Frame:
    table = THRESHOLDS.joined(rows)
    order = np.lexsort((table["lip_target"], table["seed"], table["d"], table["series"]))
    return Frame(step, total, {"thresholds": {name: v[order] for name, v in table.items()}}, arrays or {}, note)
