"""What figures, sentences and captions of the panel `norms` read out of its table. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.regression import FIRM, Interval, mean

LEARNT = 0.1  # nats: the training loss at which the images count as learnt
LOG = "log_"  # how names of measures begin that are natural logarithms


def of(table: Columns, net: int) -> Columns:
    """One network, while it learned."""
    return where(table, table["net"] == net)


def decades(table: Columns, measure: str) -> np.ndarray:
    """log10 of a measure, so that all have one scale; NaN where it is not positive."""
    values = table[measure]
    if measure.startswith(LOG):
        return values / math.log(10)
    return np.log10(np.where(values > 0, values, np.nan))


def learnt(table: Columns) -> int | None:
    """The first row of a network with a loss of at most `LEARNT`; None before."""
    there = np.flatnonzero(table["loss"] <= LEARNT)
    return int(there[0]) if len(there) else None


@dataclass(frozen=True)
class Growth:
    """By which factor a measure has grown since the images were learnt, over networks."""

    middle: float
    interval: Interval
    each: np.ndarray


def growth(table: Columns, measure: str) -> Growth | None:
    """Of all networks; None where one has not learnt, has no row after that, or a measure that is not known."""
    found = []
    for net in np.unique(table["net"]).tolist():
        own = of(table, net)
        at, values = learnt(own), decades(own, measure)
        if at is None or at == len(values) - 1 or not np.isfinite([values[at], values[-1]]).all():
            return None
        found.append((values[-1] - values[at]) * math.log(10))
    if not found:
        return None
    logs = np.array(found)
    middle, (low, high) = mean(logs)
    half = FIRM * (high - low) / 2
    return Growth(math.exp(middle), (math.exp(middle - half), math.exp(middle + half)), np.exp(logs))
