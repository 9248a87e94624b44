"""What the table `thresholds` says: the two frontiers of each series, and the factor between them."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.universal.thresholds import BUILT, THRESHOLDS, TRAINED
from explorer.measure.regression import LineFit, line


def rows(tables: Tables, series: str) -> Columns:
    """The rows of a series under its own target: of trained networks 1.25 times the plateau of each, and L0 if built.

    Of two targets of one network that of the plateau is the one that differs from row to row; where both are one
    number, either row says the same.
    """
    table = THRESHOLDS.among(tables)
    table = where(table, table["series"] == series)
    if series == BUILT or not len(table["d"]):
        return table
    absolute = _absolute(tables)
    own = np.zeros(len(table["d"]), bool)
    for n, d, seed in {*zip(*(table[name].tolist() for name in ("n", "d", "seed")), strict=True)}:
        pair = np.flatnonzero((table["n"] == n) & (table["d"] == d) & (table["seed"] == seed))
        others = [i for i in pair if table["lip_target"][i] != absolute]
        own[others[0] if others else pair[0]] = True
    return where(table, own)


def at_absolute(tables: Tables) -> Columns:
    """The rows of trained networks whose target is L0 itself."""
    table = THRESHOLDS.among(tables)
    return where(table, (table["series"] == TRAINED) & (table["lip_target"] == _absolute(tables)))


def _absolute(tables: Tables) -> float:
    """L0, which is the target of what is built."""
    table = THRESHOLDS.among(tables)
    built = table["lip_target"][table["series"] == BUILT]
    return float(built[0]) if len(built) else np.nan


@dataclass(frozen=True)
class Factor:
    """Parameters to fit smoothly over parameters to fit, a row a network pair that reached both.

    Attributes:
        d, value: of each. unreached: pairs that fit, and not smoothly: left out, so the rest are the cheap ones.
        fit: the line through log value over log d.
    """

    d: np.ndarray
    value: np.ndarray
    unreached: int
    fit: LineFit


def factor(tables: Tables, series: str) -> Factor:
    """The factor of a series, and how it grows with d."""
    table = rows(tables, series)
    with np.errstate(invalid="ignore"):
        value = table["params_smooth"] / table["params_fit"]
    there = np.isfinite(value)
    d, value = table["d"][there].astype(float), value[there]
    unreached = int((np.isfinite(table["params_fit"]) & ~there).sum())
    return Factor(d, value, unreached, line(np.log(d), np.log(value)))


def means(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Each x once, and the geometric mean of the known y there."""
    known = np.isfinite(y)
    xs = np.unique(x[known])
    return xs, np.array([np.exp(np.log(y[known & (x == each)]).mean()) for each in xs])
