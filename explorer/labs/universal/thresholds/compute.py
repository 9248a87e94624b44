"""The two thresholds: dimension by dimension, of constructions at once and then of trained networks."""

from collections import deque
from collections.abc import Generator, Iterator, Mapping

import numpy as np
import torch
from torch import Tensor

from explorer.data import synthetic
from explorer.figures.tables import where
from explorer.frames import FINISHED, Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.universal.thresholds import ABOVE_PLATEAU, THRESHOLDS, TRAINED, ThresholdsSettings, built, params
from explorer.measure import brackets
from explorer.measure.ascent import SKETCH
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.tables import Bound, Count, Flag, Table, Value
from explorer.train import gauss_newton

#: Every network that was trained, whatever level is asked of it: what is kept.
TRIED = Table("tried", d=Count(), seed=Count(), k=Count(), mse=Value(), fits=Flag(), upper=Bound("<=", "Lip"))


def stream(
    settings: ThresholdsSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """What is built, in all dimensions; then all widths trained by Gauss-Newton, a dimension and a seed at a time.

    The largest dimension comes first: there networks fit soonest, and there the thresholds are said to part. Each of
    these is kept, with what is certified of every network, so that another level asks for no training. When
    `stop()` turns true the generator ends without a last frame.
    """
    kept = kept or {}
    jobs = [(d, settings.seed + turn) for turn in range(settings.seeds) for d in reversed(settings.ds)]
    rows: list[Columns] = []
    for d, seed in jobs:
        if stop():
            return
        X, y = points(settings, d, seed, device)
        rows.append(built.thresholds(X, y, settings.tolerance, settings.levels, seed))
        if len(X) > 1000:  # the rest of them takes longer than anybody should wait for a sign of life
            yield None
    yield _frame(0, len(jobs), rows, "what can be built")
    every: list[Columns] = []
    for step, (d, seed) in enumerate(jobs, start=1):
        name = f"d = {d}, seed {seed}"
        if FINISHED in kept:
            tried = _finished(kept[FINISHED], d, seed)
        elif name in kept:
            tried = TRIED.taken(kept[name])
        else:
            made = yield from trained(settings, d, seed, device, stop)
            if made is None or stop():
                return
            tried = made
            yield Cell(name, tried)
        if tuple(tried["k"].tolist()) != settings.widths:
            raise Mismatch(f"{name}: what is kept is of other widths")
        every.append(tried)
        rows.append(thresholds(tried, settings.levels, n=settings.n, d=d, seed=seed))
        arrays = {f"tried_{column}": v for column, v in TRIED.joined(every).items()} if step == len(jobs) else {}
        yield _frame(step, len(jobs), rows, f"trained in {d} dimensions, seed {seed}", arrays)


def points(settings: ThresholdsSettings, d: int, seed: int, device: torch.device) -> tuple[Tensor, Tensor]:
    """n points of the sphere and random signs, float64."""
    return synthetic.sphere(settings.n, d, noise=1.0, seed=seed).tensors(dtype=torch.float64, device=device)


def trained(
    settings: ThresholdsSettings, d: int, seed: int, device: torch.device, stop: Stop
) -> Generator[None, None, Columns | None]:
    """The table `tried` of the networks of all widths, from one start each; None when `stop()` turned true."""
    X, y = points(settings, d, seed, device)
    nets = initialise(settings.widths, [seed] * len(settings.widths), d, Rectified(), 1.0).to(X.device, X.dtype)
    ended = deque[gauss_newton.Snapshot](maxlen=1)
    for snapshot in gauss_newton.train(
        nets, X, y, tolerance=settings.tolerance, max_steps=settings.max_steps, stop=stop
    ):
        ended.append(snapshot)
        yield None
    if stop():
        return None
    last = ended.pop()
    found, _ = brackets.measure(
        last.nets, X, last.mse, tolerance=settings.tolerance, seed=seed, warm=None, stop=stop, effort=SKETCH
    )
    return TRIED.filled(d=d, **{column: found[column] for column in TRIED if column != "d"})


def thresholds(tried: Columns, levels: tuple[int, ...], *, n: int, d: int, seed: int) -> Columns:
    """The smallest width that fits, and that fits with a certified constant of at most a target, a row a target.

    A wider network may fail where a narrower one has not: what counts is the smallest, and no search takes for granted
    that all wider ones do as well. The last target is 1.25 times the certified constant of the widest network that
    fits. That one is as smooth as itself at any rate; a plateau is seen only if a narrower one is, too.
    """
    k, fits, upper = tried["k"], tried["fits"], tried["upper"]
    fitting = k[fits]
    plateau = ABOVE_PLATEAU * float(upper[fits][np.argmax(fitting)]) if len(fitting) else np.nan
    smooth = [k[fits & (upper <= level)] for level in levels]
    narrower = k < fitting.max(initial=0)
    alike = k[fits & narrower & (upper <= plateau)]
    return THRESHOLDS.filled(
        d=d,
        n=n,
        seed=seed,
        series=TRAINED,
        params_fit=_params(fitting, d),
        params_smooth=[_params(each, d) for each in (*smooth, alike)],
        lip_target=[*levels, plateau],
        k_max=int(k.max()),
    )


def _params(widths: np.ndarray, d: int) -> float:
    """Parameters of the smallest of some widths; NaN if there is none."""
    return params(float(widths.min()), d) if len(widths) else np.nan


def _finished(arrays: Mapping[str, np.ndarray], d: int, seed: int) -> Columns:
    """What a finished run has tried in one dimension with one seed."""
    names = [f"tried_{column}" for column in TRIED]
    tried = TRIED.taken(dict(zip(TRIED, taken(arrays, *names).values(), strict=True)))
    return where(tried, (tried["d"] == d) & (tried["seed"] == seed))


def _frame(step: int, total: int, rows: list[Columns], note: str, arrays: Columns | None = None) -> Frame:
    table = THRESHOLDS.joined(rows)
    order = np.lexsort((table["lip_target"], table["seed"], table["d"], table["series"]))
    return Frame(step, total, {"thresholds": {name: v[order] for name, v in table.items()}}, arrays or {}, note)
