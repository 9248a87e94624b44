"""The overview: the three primary panels in small, and the three layers of the picture of n and k."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.law import training
from explorer.labs.law.constructions import Construction, columns
from explorer.labs.law.grouped import compute as grouped
from explorer.labs.law.ladder import LadderSettings
from explorer.labs.law.ladder import compute as ladder
from explorer.labs.law.one_neuron import compute as one_neuron
from explorer.labs.law.overview import MOST, PANEL, OverviewSettings
from explorer.labs.law.tables import FLOORS, TRAINED
from explorer.labs.law.trained import TrainedSettings
from explorer.measure.ascent import SKETCH
from explorer.measure.lipschitz import ball_radius
from explorer.settings import Settings
from explorer.theory import grouped as groups
from explorer.theory.mcshane import mcshane
from explorer.theory.one_neuron import disjoint_from, overlaps

ROWS = (0.25, 0.5, 1, 2)  # of n: the rows of the picture
SIZES = (1, 2, 4, 8)  # points a neuron on the grouped panel's card


def stream(
    settings: OverviewSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell]:
    """Floors and the ladder first, then what training finds and what can be built, a row of the picture at a time.

    A trained row is kept. When `stop()` turns true the generator ends without a last frame.
    """
    kept = kept or {}
    ns = sorted({min(MOST, max(2, round(settings.n * part))) for part in ROWS})
    trained = _as_trained(settings)
    X, y = training.points(trained, ns[-1], device)
    total = 2 + 2 * len(ns)
    tables: dict[str, list[Columns]] = {table.name: [] for table in PANEL.tables}
    tables["floors"] += [_floors(trained, X[:n].double(), y[:n].double(), stop) for n in ns]
    if stop():
        return
    yield _frame(0, total, tables, "what must hold")
    *_, climbed = [None, *ladder.stream(LadderSettings.make(**_shared(settings, LadderSettings)), device, stop)]
    if climbed is None or stop():
        return
    tables["ladder"] = [climbed.tables["ladder"]]
    yield _frame(1, total, tables, "one network on the ladder")
    for step, n in enumerate(_outwards(ns, settings.n), start=2):
        found = kept.get(f"n = {n}")
        if found is None:
            found = training.plain(trained, n, settings.widths, device, stop, SKETCH)
            if found is None:
                return
            yield Cell(f"n = {n}", found)
        tables["trained"].append(TRAINED.taken(found))
        yield _frame(step, total, tables, f"trained on {n} points")
    for step, n in enumerate(_outwards(ns, settings.n), start=2 + len(ns)):
        built = _built(settings, X[:n].double(), y[:n].double(), stop)
        if built is None:
            return
        tables["constructions"].append(built)
        if n == settings.n:
            cards = _sizes(trained, device, stop)
            if cards is None:
                return
            tables["constructions"].append(cards)
        yield _frame(step, total, tables, f"built for {n} points")
    arrays = {"X": X[: settings.n].cpu().numpy(), "y": y[: settings.n].cpu().numpy()}
    yield _frame(total, total, tables, f"{len(ns)} x {len(settings.widths)} cells in three layers", arrays)


def _built(settings: OverviewSettings, X: Tensor, y: Tensor, stop: Stop) -> Columns | None:
    """The row of the picture with n points: at every width the construction that has room, unused neurons idle.

    Formulas are of constructions without idle neurons, those of the grouped panel's card; here they are unknown.
    """
    rows = []
    single: Construction | None = None  # the same at every width
    for k in settings.widths:
        if k >= len(X):
            row = single = single or _one_a_point(settings, X, y, stop)
        else:
            m = groups.smallest(y, k)
            if m is None or m > settings.d:
                continue
            row = grouped.measured(X, y, m, seed=settings.seed, stop=stop)
        if row is None:
            return None
        rows.append(replace(row, k=k, formula_sphere=np.nan, formula_ball=np.nan))
    return columns(rows)


def _one_a_point(settings: OverviewSettings, X: Tensor, y: Tensor, stop: Stop) -> Construction | None:
    """One neuron a point at the smallest threshold whose caps are disjoint."""
    least, between = disjoint_from(X, ball_radius(X)), overlaps(X, one_neuron.PAIRS)
    t = min(least, one_neuron.GRID[-1])
    return one_neuron.measured(X, y, t, least, between, seed=settings.seed, stop=stop)


def _sizes(settings: TrainedSettings, device: torch.device, stop: Stop) -> Columns | None:
    """The grouped construction at the group sizes of its own card, where it fits: in at least n dimensions."""
    d = max(settings.d, min(settings.n, settings.param.d.bounds[1]))
    X, y = training.points(settings, settings.n, device, d)
    rows = []
    for m in grouped.distinct(y, SIZES, d):
        row = grouped.measured(X.double(), y.double(), m, seed=settings.seed, stop=stop)
        if row is None:
            return None
        rows.append(row)
    return columns(rows)


def _floors(settings: TrainedSettings, X: Tensor, y: Tensor, stop: Stop) -> Columns:
    """What any function that fits these points to the tolerance must reach; the same at every width."""
    return FLOORS.filled(
        name="mcshane",
        n=len(X),
        d=settings.d,
        k=settings.widths,
        value=mcshane(X, y, settings.tolerance, stop),
        applies_to=f"any function with MSE <= {settings.tolerance:g}",
    )


def _as_trained(settings: OverviewSettings) -> TrainedSettings:
    return TrainedSettings.make(**_shared(settings, TrainedSettings))


def _shared(settings: OverviewSettings, panel: type[Settings]) -> dict[str, Any]:
    """What a panel has in common with the overview, as it is chosen here."""
    return {name: value for name, value in settings.values().items() if name in panel.fields()}


def _outwards(ns: Sequence[int], first: int) -> list[int]:
    """The rows, that of the chosen n first."""
    return sorted(ns, key=lambda n: (n != first, n))


def _frame(step: int, total: int, parts: dict[str, list[Columns]], note: str, arrays: Columns | None = None) -> Frame:
    tables = {table.name: table.joined(parts[table.name]) for table in PANEL.tables}
    return Frame(step, total, tables, arrays or {}, note)
