"""Panel: the grouped construction, m points a neuron; its gradient at the data and where it is worst."""

from collections.abc import Iterator, Sequence
from dataclasses import replace

import torch
from torch import Tensor

from explorer.frames import Frame
from explorer.labs import Stop
from explorer.labs.law.constructions import Construction, columns
from explorer.labs.law.grouped import GroupedSettings
from explorer.labs.law.points import drawn
from explorer.measure.fit import fit
from explorer.measure.joint_activation import climbed, steepest
from explorer.measure.lipschitz import ball_radius
from explorer.theory import grouped as theory

HALVINGS = 4  # smaller dimensions d/2 .. d/16 in which the fit breaks down
SHARES = (0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 1.0)  # of 4m: how many neurons the search turns on at once


def stream(settings: GroupedSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """The formulas, then one measured network a frame, narrow ones first; then the fit alone in smaller dimensions.

    When `stop()` turns true the generator ends without a last frame.
    """
    X, y = drawn(settings, settings.n).tensors(dtype=torch.float64, device=device)
    sizes = distinct(y, settings.sizes, settings.d)
    smaller = [d for d in (settings.d >> i for i in range(1, 1 + HALVINGS)) if d >= max(2, min(settings.sizes))]
    jobs = [(settings.d, [m]) for m in reversed(sizes)] + [(d, distinct(y, settings.sizes, d)) for d in smaller]
    rows = {(settings.d, m): expected(X, y, m) for m in sizes}
    yield Frame(0, len(jobs), {"constructions": columns(list(rows.values()))}, note="the formulas")
    for step, (d, some) in enumerate(jobs, start=1):
        Z = X if d == settings.d else drawn(settings, settings.n, d=d).tensors(dtype=torch.float64, device=device)[0]
        for m in some:
            row = measured(Z, y, m, seed=settings.seed, search=d == settings.d, stop=stop)
            if row is None:
                return
            rows[d, m] = row
        arrays = {"X": X.float().cpu().numpy(), "y": y.float().cpu().numpy()} if step == len(jobs) else {}
        note = f"{step} of {len(sizes)} group sizes" if d == settings.d else f"where the fit ends: d = {d}"
        yield Frame(step, len(jobs), {"constructions": columns(list(rows.values()))}, arrays, note)


def distinct(y: Tensor, sizes: Sequence[int], d: int) -> list[int]:
    """The group sizes m <= d that give networks of different widths: one that exceeds every class groups no more."""
    return list({theory.width(y, m): m for m in sorted(sizes, reverse=True) if m <= d}.values())[::-1]


def expected(X: Tensor, y: Tensor, m: int) -> Construction:
    """The row of `grouped(X, y, m)` before anything is measured: the formulas at n/k points a neuron."""
    (n, d), k = X.shape, theory.width(y, m)
    same = max(theory.width(y[y == label], m) for label in y.unique().tolist())
    return Construction(
        "grouped",
        n,
        d,
        k,
        formula_sphere=theory.on_sphere(n / k, same),
        formula_ball=theory.in_ball(n / k, k, ball_radius(X)),
    )


def measured(
    X: Tensor, y: Tensor, m: int, *, seed: int, search: bool = True, stop: Stop = lambda: False
) -> Construction | None:
    """The row of `grouped(X, y, m)`, in float64; None when `stop()` turned true.

    `lip_sphere` is of points aimed at neurons of one sign, as is its formula; `lip_ball` of all points. Without
    `search` the gradients off the data stay unknown.
    """
    net, row = theory.grouped(X, y, m, seed), expected(X, y, m)
    at_data = fit(net, X, y, stop)
    if at_data is None:
        return None
    row = replace(row, fit_error=at_data.error, misfit=at_data.misfit, lip_data=at_data.slope)
    if not search:
        return row
    together = sorted({max(1, round(4 * share * row.n / row.k)) for share in SHARES})
    radius, generator = ball_radius(X), torch.Generator().manual_seed(seed)
    extra = climbed(net, X, radius, generator, stop)
    found = steepest(net, together, radius=radius, generator=generator, extra=extra, stop=stop)
    if stop():
        return None
    return replace(row, lip_sphere=found.one_sign, lip_ball=max(found.ball, at_data.slope))
