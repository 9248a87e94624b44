"""The overview: the three primary panels in small, and the three layers of the picture of n and k."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.law import grouped, ladder, one_neuron, training
from explorer.labs.law.constructions import Construction, columns
from explorer.labs.law.panels import PANELS, TABLES
from explorer.labs.law.settings import LawSettings
from explorer.labs.law.starts import USED
from explorer.measure.ascent import SKETCH
from explorer.measure.lipschitz import ball_radius
from explorer.theory import grouped as groups
from explorer.theory.mcshane import mcshane
from explorer.theory.one_neuron import disjoint_from, meetings

ROWS = (0.25, 0.5, 1, 2)  # of n: the rows of the picture
MOST = 5000  # points in a row
SIZES = (1, 2, 4, 8)  # points a neuron on the grouped panel's card


def stream(settings: LawSettings, device: torch.device, stop: Stop) -> Iterator[Frame]:
    """Floors and the ladder first, then what training finds and what can be built, a row of the picture at a time.

    When `stop()` turns true the generator ends without a last frame.
    """
    ns = sorted({min(MOST, max(2, round(settings.n * part))) for part in ROWS})
    trained = _panel(settings, "trained")
    X, y = training.points(trained, ns[-1], device)
    total = 2 + 2 * len(ns)
    tables: dict[str, list[Columns]] = {name: [_empty(name)] for name in _names()}
    tables["floors"] += [_floors(trained, X[:n].double(), y[:n].double(), stop) for n in ns]
    if stop():
        return
    yield _frame(0, total, tables, "what must hold")
    *_, climbed = [None, *ladder.stream(_panel(settings, "ladder"), device, stop)]
    if climbed is None or stop():
        return
    tables["ladder"] = [climbed.tables["ladder"]]
    yield _frame(1, total, tables, "one network on the ladder")
    for step, n in enumerate(_outwards(ns, settings.n), start=2):
        found = training.plain(trained, n, settings.widths, device, stop, SKETCH)
        if found is None:
            return
        tables["trained"].append(found)
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


def _built(settings: LawSettings, X: Tensor, y: Tensor, stop: Stop) -> Columns | None:
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


def _one_a_point(settings: LawSettings, X: Tensor, y: Tensor, stop: Stop) -> Construction | None:
    """One neuron a point at the smallest threshold whose caps are disjoint."""
    least, between = disjoint_from(X, ball_radius(X)), meetings(X, one_neuron.PAIRS)
    t = min(least, one_neuron.GRID[-1])
    return one_neuron.measured(X, y, t, least, between, seed=settings.seed, stop=stop)


def _sizes(settings: LawSettings, device: torch.device, stop: Stop) -> Columns | None:
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


def _floors(settings: LawSettings, X: Tensor, y: Tensor, stop: Stop) -> Columns:
    """What any function that fits these points to the tolerance must reach; the same at every width."""
    count = len(settings.widths)
    return {
        "name": np.full(count, "mcshane"),
        "n": np.full(count, len(X)),
        "d": np.full(count, settings.d),
        "k": np.array(settings.widths, np.int64),
        "value": np.full(count, mcshane(X, y, settings.tolerance, stop)),
        "applies_to": np.full(count, f"any function with MSE <= {settings.tolerance:g}"),
    }


def _panel(settings: LawSettings, panel: str) -> LawSettings:
    """The settings of a panel with all that the overview uses as chosen here; what it does not use has no effect."""
    chosen: dict[str, Any] = {name: getattr(settings, name) for name in USED["overview"]}
    return LawSettings.make(panel=panel, **chosen)


def _outwards(ns: Sequence[int], first: int) -> list[int]:
    """The rows, that of the chosen n first."""
    return sorted(ns, key=lambda n: (n != first, n))


def _names() -> list[str]:
    """The tables of the primary panels, and the floors of the picture."""
    return [name for panel in PANELS.values() if panel.primary for name in panel.tables] + ["floors"]


def _empty(table: str) -> Columns:
    """A table without rows, each column of its own kind."""
    text, whole = ("name", "applies_to", "network", "rung", "direction", "trainer"), ("n", "d", "k", "p", "seed")
    kinds = {"fits": np.bool_, **dict.fromkeys(text, np.str_), **dict.fromkeys(whole, np.int64)}
    return {column: np.empty(0, kinds.get(column, np.float64)) for column in TABLES[table]}


def _frame(step: int, total: int, parts: dict[str, list[Columns]], note: str, arrays: Columns | None = None) -> Frame:
    tables = {
        name: {column: np.concatenate([part[column] for part in found]) for column in TABLES[name]}
        for name, found in parts.items()
    }
    return Frame(step, total, tables, arrays or {}, note)
