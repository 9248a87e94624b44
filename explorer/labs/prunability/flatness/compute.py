"""Panel: networks of ReLU and of tanh are trained; then their weights are moved, by noise and to the worst place."""

from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.prunability.flatness import (
    ASCENT,
    BALL,
    FAMILIES,
    FLATNESS,
    NEAR,
    PROBES,
    RADII,
    RELU,
    SHAPE,
    SIGMAS,
    WIDE,
    FlatnessSettings,
)
from explorer.labs.prunability.repeats import Data, Trained, learned, untrained
from explorer.measure import curvature
from explorer.measure.curvature import noisy_traces, trace_along
from explorer.measure.flatness import Noisy, noisy, tolerated
from explorer.measure.layers import weights
from explorer.measure.sharpness import sharpness
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded
from explorer.train.classify import cross_entropy

#: What is added to a seed for noise, signs, a vector, and places of a ball; all networks meet the same.
NOISE, SIGNS, VECTOR, PLACES = (i << 32 for i in range(20, 24))
FEW = SIGMAS[::2]  # while networks learn
STEPS, RESIDUAL = 100, 1e-3  # of power iteration
AT_ONCE = 1 << 30  # products of numbers between two questions whether somebody waits


class _Stopped(Exception):
    """Nobody waits any more."""


def activation(family: str) -> Activation:
    """By its name."""
    return Rectified() if family == RELU else Tanh()


def stream(
    settings: FlatnessSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Frames while the networks learn, of network 0 under one pair of noises; then all, part by part.

    The networks of either kind are a cell, and with the arrays of a finished run of equal training nothing is trained.
    """
    try:
        yield from _stream(settings, device, stop, kept or {})
    except _Stopped:
        return


def _stream(settings: FlatnessSettings, device: torch.device, stop: Stop, kept: Kept) -> Iterator[Frame | Cell | None]:
    data = Data.read(settings, device)
    total = len(FAMILIES) * (settings.max_epochs + 3)
    done: dict[str, list[Columns]] = {table.name: [] for table in (FLATNESS, SHAPE, BALL)}
    arrays: dict[str, np.ndarray] = {}
    at = 0

    def frame(step: int, note: str, more: Columns | None = None) -> Frame:
        rows = done | {FLATNESS.name: [*done[FLATNESS.name], *([more] if more is not None else [])]}
        tables = {table.name: table.joined([table.empty(), *rows[table.name]]) for table in (FLATNESS, SHAPE, BALL)}
        return Frame(step, total, tables, arrays if step == total else {}, note)

    for family in FAMILIES:
        trained = _kept(family, settings, device, kept)
        if trained is None:
            for fit in learned(settings, data, device, stop, activation=activation(family)):
                if fit is None:
                    yield None
                    continue
                epoch, trained, last = fit
                if last:
                    break
                yield frame(
                    at + epoch,
                    f"{family}: epoch {epoch} of {settings.max_epochs} at most",
                    _early(trained, data, family, settings),
                )
            else:
                return
            if stop():
                return
            yield Cell(family, trained.to_arrays())
        assert trained is not None
        arrays |= {f"{family}_{name}": values for name, values in trained.to_arrays().items()}
        at += settings.max_epochs
        nets, X = trained.nets.to(torch.float64), data.X.double()
        noise = noisy(nets, X, data.y, generator=seeded(NOISE + settings.seed), pairs=settings.draws)
        product = _watched(curvature.exact(nets, X, data.y), stop)
        along = trace_along(noise, product)
        measured = list[Columns]()
        for sigma in SIGMAS:
            measured.append(_moved(noise, sigma, family, along[0], stop))
            yield None
        done[FLATNESS.name].append(_sorted(FLATNESS.joined(measured)))
        yield frame(at + 1, f"{family}: under noise")
        done[SHAPE.name].append(_shape(trained, noise, product, along, data, family, settings, stop))
        yield frame(at + 2, f"{family}: curvature")
        done[BALL.name].append(_ball(noise, family, settings, stop))
        if stop():
            return
        at += 3
        yield frame(at, f"{family}: in the ball")


def _kept(family: str, settings: FlatnessSettings, device: torch.device, kept: Kept) -> Trained | None:
    """The networks that an earlier run has left, whole or broken off."""
    nets = untrained(settings, device, activation(family))
    if FINISHED in kept:
        mine = {
            name.removeprefix(f"{family}_"): values
            for name, values in kept[FINISHED].items()
            if name.startswith(f"{family}_")
        }
        return Trained.from_arrays(nets, mine)
    return Trained.from_arrays(nets, kept[family]) if family in kept else None


def _watched(product: Callable[[Tensor], Tensor], stop: Stop) -> Callable[[Tensor], Tensor]:
    """The same, given up as soon as nobody waits."""

    def watched(v: Tensor) -> Tensor:
        if stop():
            raise _Stopped
        return product(v)

    return watched


def _early(trained: Trained, data: Data, family: str, settings: FlatnessSettings) -> Columns:
    """Network 0 under one pair of noises, at a few sizes; the Hessian is not known."""
    first = trained.nets.take(torch.tensor([0], device=data.X.device)).to(torch.float64)
    noise = noisy(first, data.X[:1].double(), data.y[:1], generator=seeded(NOISE + settings.seed), pairs=1)
    without = noise.without()
    rises = [float(noise.at(without.new_full((1,), sigma), without)) for sigma in FEW]
    nothing = np.full(len(FEW), np.nan)
    return FLATNESS.filled(
        net=np.zeros(len(FEW), np.int64),
        family=np.full(len(FEW), family),
        sigma=np.array(FEW),
        rise=_finite(torch.tensor(rises, dtype=torch.float64)),
        rise_error=nothing,
        predicted=nothing,
        slope=nothing,
        slope_error=nothing,
    )


def _moved(noise: Noisy, sigma: float, family: str, along: Tensor, stop: Stop) -> Columns:
    """The rows of all networks under noise of one size."""
    S = len(noise.models)
    size, without = along.new_full((S,), sigma), noise.without()
    rises, slopes = list[Tensor](), list[Tensor]()
    for part in _parts(noise, stop):
        rises.append(part.at(size, without))
        slopes.append(noisy_traces(part, size))
    (rise, rise_error), (slope, slope_error) = _mean(rises), _mean(slopes)
    return FLATNESS.filled(
        net=np.arange(S),
        family=np.full(S, family),
        sigma=sigma,
        rise=rise,
        rise_error=rise_error,
        predicted=_finite(sigma**2 * along / 2),
        slope=slope,
        slope_error=slope_error,
    )


def _parts(noise: Noisy, stop: Stop) -> Iterator[Noisy]:
    """The noise, some pairs at a time, so that it can be given up."""
    one = 24 * noise.models.parameters.numel() * noise.X.shape[1]
    for draws in noise.draws.split(max(1, AT_ONCE // one)):
        if stop():
            raise _Stopped
        yield replace(noise, draws=draws)


def _mean(values: list[Tensor]) -> tuple[np.ndarray, np.ndarray]:
    """Over pairs, and its standard error; that of one pair is unknown."""
    found = torch.cat(values)
    error = found.std(0) / len(found) ** 0.5 if len(found) > 1 else torch.full_like(found[0], torch.nan)
    return _finite(found.mean(0)), _finite(error)


def _finite(values: Tensor) -> np.ndarray:
    found = values.detach().cpu().double().numpy()
    return np.where(np.isfinite(found), found, np.nan)


def _sorted(table: Columns) -> Columns:
    """Network by network, from little noise to much."""
    order = np.lexsort((table["sigma"], table["net"]))
    return {name: values[order] for name, values in table.items()}


def _shape(
    trained: Trained,
    noise: Noisy,
    product: Callable[[Tensor], Tensor],
    along: tuple[Tensor, Tensor],
    data: Data,
    family: str,
    settings: FlatnessSettings,
    stop: Stop,
) -> Columns:
    """Trace, largest eigenvalue, the noise that is borne, and how many points lie beside a kink."""
    nets, S = noise.models, len(noise.models)
    assert isinstance(nets, Mlp)
    trace = curvature.trace(nets, product, generator=seeded(SIGNS + settings.seed), probes=PROBES)
    top = curvature.largest(nets, product, generator=seeded(VECTOR + settings.seed), steps=STEPS, tolerance=RESIDUAL)
    allowed = nets.parameters.new_full((S,), settings.rise)
    borne = tolerated(noise, allowed, least=SIGMAS[0], most=SIGMAS[-1], stop=stop)
    preactivations = nets.layers[0](noise.X).abs()
    near, wide = ((preactivations < width).sum((1, 2)).cpu().numpy() for width in (NEAR, WIDE))
    return SHAPE.filled(
        net=np.arange(S),
        family=np.full(S, family),
        loss=_finite(noise.without()),
        test_loss=_finite(cross_entropy(trained.nets, data.seen, data.labels)),
        trace=_finite(trace[0]),
        trace_error=_finite(trace[1]),
        along=_finite(along[0]),
        along_error=_finite(along[1]),
        top=_finite(top.value),
        residual=_finite(top.residual),
        tolerated=_finite(borne.sigma),
        tolerated_error=_finite(borne.sigma_error),
        inside=borne.inside.cpu().numpy(),
        near=near,
        wide=wide,
        weights=int(weights(nets).sum()),
        step=trained.steps.numpy(),
        fits=trained.fits.numpy(),
    )


def _ball(noise: Noisy, family: str, settings: FlatnessSettings, stop: Stop) -> Columns:
    """The worst rise that an ascent finds in every ball, and that of noise of length radius."""
    nets, S = noise.models, len(noise.models)
    root, without = int(weights(nets).sum()) ** 0.5, noise.without()
    worst, rises = list[np.ndarray](), list[np.ndarray]()
    for radius in RADII:
        generator = seeded(PLACES + settings.seed)
        worst.append(_finite(sharpness(nets, noise.X, noise.y, radius, generator=generator, steps=ASCENT, stop=stop)))
        size = without.new_full((S,), radius / root)
        rise = [part.at(size, without) for part in _parts(noise, stop)]
        rises.append(_mean(rise)[0])
    return BALL.filled(
        net=np.repeat(np.arange(S), len(RADII)),
        family=np.full(S * len(RADII), family),
        radius=np.tile(RADII, S),
        worst=np.stack(worst, 1).ravel(),
        noise=np.stack(rises, 1).ravel(),
    )
