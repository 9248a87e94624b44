"""Panel: one ReLU neuron a point, its Lipschitz constant against the threshold t and against n."""

import math
from collections.abc import Iterator
from dataclasses import replace
from functools import cache

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.law.constructions import Construction, columns
from explorer.labs.law.one_neuron import OneNeuronSettings
from explorer.labs.law.points import drawn
from explorer.labs.law.tables import FLOORS
from explorer.measure.fit import fit
from explorer.measure.joint_activation import climbed, steepest
from explorer.measure.lipschitz import ball_radius
from explorer.theory import one_neuron as theory
from explorer.theory.mcshane import mcshane

GRID = (0.5, 0.55, 0.6, 0.65, 0.7, 0.75, 0.8, 0.85, 0.9, 0.95, 0.97)  # thresholds t
FEWER = (16, 8, 4, 2)  # n is divided by these, to see that the constant does not depend on it
OVERLAP = 1.5  # orthogonal caps overlap up to (radius / t)^2 at a time, close ones a few more
PAIRS = 64  # closest pairs of points between which the search looks


def stream(settings: OneNeuronSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """The formulas at all t; then measured, t* first; then fewer points at the last t, with the floor of any function.

    The last t is t* where the caps of all n points can be disjoint, else 0.97. When `stop()` turns true the generator
    ends without a last frame.
    """
    X, y = drawn(settings, settings.n).tensors(dtype=torch.float64, device=device)
    least = theory.disjoint_from(X, ball_radius(X))
    inside = [least] if GRID[0] <= least < GRID[-1] else []
    chosen = inside[0] if inside else GRID[-1]
    thresholds = sorted({*GRID, *inside})
    rows = {(settings.n, t): expected(X, t, least) for t in thresholds}
    fewer = sorted({max(2, settings.n // part) for part in FEWER} - {settings.n})
    jobs = [(settings.n, t) for t in sorted(thresholds, key=lambda t: (t != chosen, t))] + [(n, chosen) for n in fewer]
    floors: dict[int, float] = {}
    between = cache(lambda n: theory.overlaps(X[:n], PAIRS))  # needs an n x n matrix; the same at every t

    def frame(step: int, note: str) -> Frame:
        tables = {"constructions": columns(list(rows.values())), "floors": _floors(floors, settings.d)}
        arrays = {"X": X.float().cpu().numpy(), "y": y.float().cpu().numpy()} if step == len(jobs) else {}
        return Frame(step, len(jobs), tables, arrays, note)

    yield frame(0, "the formulas")
    for step, (n, t) in enumerate(jobs, start=1):
        row = measured(X[:n], y[:n], t, least, between(n), seed=settings.seed, stop=stop)
        if row is None:
            return
        rows[n, t] = row
        if n not in floors:
            floors[n] = mcshane(X[:n], y[:n], stop=stop)
            if stop():
                return
        yield frame(step, f"t = {t:.3g}, {n} points")


def expected(X: Tensor, t: float, least: float) -> Construction:
    """The row before anything is measured, for points whose caps are disjoint from t = `least` on.

    `formula_ball` is 1 / (1 - t) always; `formula_sphere` stands only where caps are disjoint, so that it is exact.
    """
    n, d = X.shape
    sphere = theory.on_sphere(t, float(X.norm(dim=1).amin())) if t >= least else np.nan
    return Construction("one-neuron", n, d, n, formula_sphere=sphere, formula_ball=theory.in_ball(t))


def measured(
    X: Tensor, y: Tensor, t: float, least: float, between: Tensor, *, seed: int, stop: Stop = lambda: False
) -> Construction | None:
    """The row of `one_neuron(X, y, t)`, in float64; None when `stop()` turned true.

    The search aims at single caps, whose rim is the worst place of the sphere while caps are disjoint, at as many as
    can overlap, and at the points `between` the closest ones; below t* the generic search helps.
    """
    net = theory.one_neuron(X, y, t, seed)
    at_data = fit(net, X, y, stop)
    if at_data is None:
        return None
    radius, generator = ball_radius(X), torch.Generator().manual_seed(seed)
    together = range(1, 2 + math.floor(OVERLAP * (radius / t) ** 2))
    climbs = climbed(net, X, radius, generator, stop) if t < least else None
    extra = between if climbs is None else torch.cat([between, climbs])
    found = steepest(net, together, radius=radius, generator=generator, extra=extra, stop=stop)
    if stop():
        return None
    return replace(
        expected(X, t, least),
        fit_error=at_data.error,
        misfit=at_data.misfit,
        lip_data=at_data.slope,
        lip_sphere=found.sphere,
        lip_ball=max(found.ball, at_data.slope),
    )


def _floors(floors: dict[int, float], d: int) -> Columns:
    ns = sorted(floors)
    value = [floors[n] for n in ns]
    return FLOORS.filled(name="mcshane", n=ns, d=d, k=ns, value=value, applies_to="any function")
