"""Trained networks of the law lab: on which points, from which start, by which trainer, and how steep they end."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.law.points import drawn
from explorer.labs.law.tables import TRAINED
from explorer.labs.law.trained import TrainedSettings
from explorer.measure import brackets
from explorer.measure.ascent import FULL, Effort
from explorer.measure.lipschitz import Bracket, ball_radius
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble, initialise, join
from explorer.seeding import seeded
from explorer.theory import grouped
from explorer.train import adam, gauss_newton
from explorer.train.penalties import AdversarialGradient, PathNorm, Penalty, WeightDecay
from explorer.train.snapshot import Snapshot


def points(settings: TrainedSettings, n: int, device: torch.device, d: int | None = None) -> tuple[Tensor, Tensor]:
    """n points of R^d and random signs, in the precision in which the trainer works; d is that of the settings."""
    dtype = torch.float64 if settings.trainer == "gauss-newton" else torch.float32
    return drawn(settings, n=n, d=d).tensors(dtype=dtype, device=device)


def networks(settings: TrainedSettings, X: Tensor, y: Tensor) -> Ensemble:
    """The untrained networks, ordered by seed and then by width."""
    pairs = [(k, settings.seed + s) for s in range(settings.seeds) for k in settings.widths]
    if settings.start == "grouped":
        nets = join([from_grouped(X, y, k, seed, settings.init) for k, seed in pairs])
    else:
        widths, seeds = zip(*pairs, strict=True)
        nets = initialise(widths, seeds, settings.d, Rectified(), settings.init)
    return nets.to(X.device, X.dtype)


def from_grouped(X: Float[Tensor, "n d"], y: Float[Tensor, " n"], k: int, seed: int, scale: float) -> Ensemble:
    """The grouped construction of at most k neurons, on points in an order drawn from `seed`, as k neurons, in float64.

    The neurons that it leaves over are random ones of size `scale` with outer weight zero: they change nothing, and
    can learn.

    Raises:
        ValueError: if k is so small that a group would need more than d points.
    """
    order = torch.randperm(len(y), generator=seeded(seed * (1 << 20) + k)).to(X.device)
    X, y = X[order].double(), y[order].double()
    m = grouped.smallest(y, k)
    if m is None or m > X.shape[1]:
        raise ValueError(f"k = {k}: a group of the {len(y)} points would have more than d = {X.shape[1]} of them")
    built = grouped.grouped(X, y, m, seed)
    if built.widths == (k,):
        return built
    spare = initialise([k - built.widths[0]], [seed], X.shape[1], Rectified(), scale).to(X)
    inner = torch.cat([built.inner, spare.inner], 1)
    outer = torch.cat([built.outer, torch.zeros_like(spare.outer)])
    return replace(built, inner=inner, outer=outer, widths=(k,))


def trainer(settings: TrainedSettings) -> str:
    """The name of all that decides how a network is trained, as it stands in the tables."""
    if settings.start == "grouped":
        return f"{settings.trainer} from grouped, gradient penalty {settings.strength:g}"
    added = ["batch norm"] if settings.batch_norm == "on" else []
    if settings.penalty != "none":
        added.append(f"{settings.penalty.replace('-', ' ')} {settings.strength:g}")
    return ", ".join([settings.trainer, *added])


def train(settings: TrainedSettings, nets: Ensemble, X: Tensor, y: Tensor, stop: Stop) -> Iterator[Snapshot]:
    """Snapshots of the training that the settings name."""
    if settings.trainer == "gauss-newton":
        return gauss_newton.train(nets, X, y, tolerance=settings.tolerance, max_steps=settings.max_steps, stop=stop)
    return adam.train(
        nets,
        X,
        y,
        tolerance=settings.tolerance,
        max_steps=settings.max_steps,
        stop=stop,
        batch_norm=settings.batch_norm == "on",
        penalty=_penalty(settings, nets, X),
    )


def _penalty(settings: TrainedSettings, nets: Ensemble, X: Tensor) -> Penalty | None:
    if settings.start == "grouped":
        return AdversarialGradient(settings.strength, nets, X, radius=ball_radius(X), seed=settings.seed)
    kinds = {"path-norm": PathNorm, "weight-decay": WeightDecay}
    return kinds[settings.penalty](settings.strength) if settings.penalty != "none" else None


def measured(
    nets: Ensemble,
    X: Tensor,
    mse: Tensor,
    *,
    trainer: str,
    tolerance: float,
    seed: int,
    warm: Tensor | None = None,
    stop: Stop = lambda: False,
    effort: Effort = FULL,
) -> tuple[Columns, Bracket]:
    """The table `trained` of these networks, and the bracket, from whose witness the next search starts.

    `lower` is the largest gradient found in the ball |x| <= max(1, max |x_i|), `upper` the smallest certificate.
    """
    found, bracket = brackets.measure(nets, X, mse, tolerance=tolerance, seed=seed, warm=warm, stop=stop, effort=effort)
    n, d = X.shape
    shared = {name: found[name] for name in TRAINED if name in found}
    return TRAINED.filled(n=n, d=d, trainer=trainer, **shared), bracket


def plain(
    settings: TrainedSettings, n: int, widths: Sequence[int], device: torch.device, stop: Stop, effort: Effort = FULL
) -> Columns | None:
    """The table `trained` of networks of these widths for n points; None when `stop()` turned true.

    All other panels train this way, as the settings say: by default Adam from random weights.
    """
    settings = settings.changed(widths=tuple(widths))
    X, y = points(settings, n, device)
    snapshots = deque(train(settings, networks(settings, X, y), X, y, stop), maxlen=1)
    if stop():
        return None
    last = snapshots.pop()
    table, _ = measured(
        last.nets,
        X,
        last.mse,
        trainer=trainer(settings),
        tolerance=settings.tolerance,
        seed=settings.seed,
        stop=stop,
        effort=effort,
    )
    return None if stop() else table
