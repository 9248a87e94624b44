"""What the table `defence` says of networks that are trained on. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.regression import UNKNOWN, Interval, mean


@dataclass(frozen=True)
class Curve:
    """Over steps: a mean over networks, with Student's interval."""

    steps: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def of(table: Columns, model: str, attack: str | None = None) -> Columns:
    """The rows of one kind under an attack; without one, those of its first, which has all that no attack changes."""
    rows = where(table, table["model"] == model)
    if attack is None:
        attack = str(rows["attack"][0]) if len(rows["attack"]) else ""
    return where(rows, rows["attack"] == attack)


def last(rows: Columns) -> Columns:
    """Those after the most steps."""
    return where(rows, rows["steps"] == rows["steps"].max(initial=0))


def by_seed(rows: Columns, column: str) -> dict[int, float]:
    """What is known of each network."""
    pairs = zip(rows["seed"].tolist(), rows[column].tolist(), strict=True)
    return {seed: value for seed, value in pairs if math.isfinite(value)}


def over_networks(rows: Columns, column: str) -> tuple[float, Interval]:
    """The mean over networks, and Student's interval; that needs two of them."""
    values = np.array(list(by_seed(rows, column).values()), np.float64)
    return mean(values) if len(values) else (math.nan, UNKNOWN)


def less(rows: Columns, column: str, others: Columns, other: str) -> tuple[float, Interval, int]:
    """A column less one of other rows, network by network: mean, interval, and of how many networks both are known."""
    one, two = by_seed(rows, column), by_seed(others, other)
    found = np.array([one[seed] - two[seed] for seed in one.keys() & two.keys()], np.float64)
    return (*(mean(found) if len(found) else (math.nan, UNKNOWN)), len(found))


def curve(rows: Columns, column: str) -> Curve:
    """The mean after every number of steps."""
    steps = np.unique(rows["steps"])
    found = [over_networks(where(rows, rows["steps"] == step), column) for step in steps]
    value, low, high = (
        (np.array(part, np.float64) for part in zip(*((v, *ends) for v, ends in found), strict=True))
        if found
        else (np.zeros(0),) * 3
    )
    return Curve(steps, value, low, high)
