"""What figures and sentences of the panel `population` read out of its tables. No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.prunability.grid import HYPERS
from explorer.labs.prunability.measures import MEASURES, fitting
from explorer.labs.prunability.population import ALL, PRUNED, UNITS, PopulationSettings
from explorer.measure.rank import Tau, kendall, within

NAMES = {
    "width": "width",
    "depth": "depth",
    "lr": "rate",
    "batch": "batch",
    "dropout": "dropout",
    "weight_decay": "decay",
}


def values(settings: PopulationSettings) -> np.ndarray:
    """Those of the coloured hyper-parameter, as tables have them."""
    return np.array(settings.listed()) * UNITS[settings.coloured]


def looked_at(table: Columns, settings: PopulationSettings) -> np.ndarray:
    """Which networks have the one value that is looked at; all where there is none."""
    if settings.only == ALL:
        return np.ones(len(table["net"]), bool)
    return np.isclose(table[settings.coloured], settings.only * UNITS[settings.coloured])


def shades(table: Columns, settings: PopulationSettings) -> np.ndarray:
    """The place of each network's hyper-parameter among the values that there are, from 0 to 1."""
    known = values(settings)
    place = np.abs(table[settings.coloured][:, None] - known).argmin(1)
    return place / max(len(known) - 1, 1)


def shown(table: Columns, name: str) -> np.ndarray:
    """A measure as it is drawn: the decimal logarithm of one that spans decades."""
    if name not in MEASURES or not MEASURES[name].log:
        return table[name]
    with np.errstate(divide="ignore", invalid="ignore"):
        found = np.log10(table[name])
    return np.where(np.isfinite(found), found, np.nan)


@dataclass(frozen=True)
class Ranks:
    """tau of a measure with a target over networks that fit and are looked at, and within networks of one width."""

    all: Tau
    width: Tau
    widths: int


def ranked(table: Columns, measure: str, target: str, which: np.ndarray | None = None) -> Ranks:
    """Of those networks of a table that fit."""
    rows = fitting(table if which is None else where(table, which))
    every = kendall(rows[measure], rows[target])
    fixed = within(rows[measure], rows[target], rows["width"])
    return Ranks(every, fixed, fixed.groups)


def chosen(table: Columns, net: int) -> Columns:
    """The row of a network; of the first one there is, while that one is not here."""
    numbers = table["net"]
    if not len(numbers):
        return table
    return where(table, numbers == (net if (numbers == net).any() else numbers[0]))


def curve(table: Columns, row: Columns) -> Columns:
    """The pruning curve of a network."""
    return where(table, table["net"] == row["net"][0]) if len(row["net"]) else PRUNED.empty()


def said(row: Columns) -> str:
    """The hyper-parameters of a network."""
    return ", ".join(f"{NAMES[name]} {row[name][0]:g}" for name in HYPERS if np.isfinite(row[name][0]))
