"""What the table `thresholds` says: the frontiers of each series, and the factor between them."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.universal.thresholds import BUILT, THRESHOLDS, TRAINED
from explorer.measure.regression import LineFit, line

ABOUT = 0.25  # an exponent whose interval lies within this of one counts as it
FEWEST = 3  # dimensions of which a line is made


def levels(tables: Tables) -> list[float]:
    """The targets that are one number for all, rising: those of what is built."""
    table = THRESHOLDS.among(tables)
    return np.unique(table["lip_target"][table["series"] == BUILT]).tolist()


def rows(tables: Tables, series: str) -> Columns:
    """The rows of a series under one target each: 1.25 times the plateau if trained, the largest level if built.

    Of the targets of a trained network the plateau's is the one that is no level; where both are one number, their rows
    say the same of all but the widest network.
    """
    if series == BUILT:
        return at(tables, BUILT, max(levels(tables), default=np.nan))
    table = THRESHOLDS.among(tables)
    table = where(table, table["series"] == series)
    order = np.argsort(np.isin(table["lip_target"], levels(tables)), kind="stable")  # what is no level comes first
    starts = np.stack([table[name][order] for name in ("d", "n", "seed")])
    return where(table, order[np.unique(starts, axis=1, return_index=True)[1]])


def at(tables: Tables, series: str, level: float) -> Columns:
    """The rows of a series whose target is this level."""
    table = THRESHOLDS.among(tables)
    return where(table, (table["series"] == series) & (table["lip_target"] == level))


def at_levels(tables: Tables) -> Columns:
    """The rows of trained networks whose target is a level, each level's together."""
    return THRESHOLDS.joined([at(tables, TRAINED, level) for level in levels(tables)])


@dataclass(frozen=True)
class Factor:
    """Parameters to fit smoothly over parameters to fit.

    Attributes:
        d, value: of each start of training (of each data set, if built) that reached both.
        unreached: how many did not.
        whole: the dimensions in which all of them did. Where some did not, the others are the cheap ones.
        fit: the line through log value over log d in the dimensions that are whole; NaN if these are fewer than three.
    """

    d: np.ndarray
    value: np.ndarray
    unreached: int
    whole: tuple[int, ...]
    fit: LineFit


def factor(tables: Tables, series: str) -> Factor:
    """The factor of a series, and how it grows with d."""
    return factor_of(rows(tables, series))


def factor_of(table: Columns) -> Factor:
    """The factor in rows of one target each, and how it grows with d."""
    with np.errstate(all="ignore"):  # tables may come with anything in them
        value = table["params_smooth"] / table["params_fit"]
    there = np.isfinite(value)
    whole = np.setdiff1d(table["d"], table["d"][~there])
    used = np.isin(table["d"], whole) & (len(whole) >= FEWEST)
    d = table["d"].astype(float)
    return Factor(
        d[there], value[there], int((~there).sum()), tuple(whole.tolist()), line(np.log(d[used]), np.log(value[used]))
    )
