"""What the table `prior` says: curves over the scale, mean over seeds, and how far they are known. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.prior import DRAWN
from explorer.measure.regression import Interval, mean


@dataclass(frozen=True)
class Curve:
    """A column over the scale, rising. `low`, `high`: of an accuracy its 95 % interval, else the value."""

    scale: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def __len__(self) -> int:
        return len(self.scale)

    def at(self, scale: float) -> tuple[float, Interval]:
        """The value at a scale of the table; NaN where there is none."""
        found = np.flatnonzero(self.scale == scale)
        if not len(found):
            return math.nan, (math.nan, math.nan)
        i = found[0]
        return float(self.value[i]), (float(self.low[i]), float(self.high[i]))


def whole(table: Columns) -> Columns:
    """The rows of posteriors that are done, without draws of the prior."""
    return where(table, table["whole"] & (table["model"] != DRAWN))


def best(table: Columns) -> Columns:
    """The rows of each scale that are done; those of a first look as long as there are none."""
    done = table["whole"]
    measured = np.isin(table["scale"], table["scale"][done & (table["model"] != DRAWN)])
    return where(table, done | ~measured)


def curve(table: Columns, model: str, column: str) -> Curve:
    """Of one model. An accuracy under attack has the interval over images, or over seeds where that is wider."""
    rows = where(table, (table["model"] == model) & np.isfinite(table[column]))
    low, high = ("low", "high") if column == "robust" else (column, column)
    found = []
    for scale in np.unique(rows["scale"]).tolist():
        here = where(rows, rows["scale"] == scale)
        middle, (least, most) = mean(here[column])
        ends = float(here[low].mean()), float(here[high].mean())
        wide = column == "robust" and math.isfinite(least)
        found.append((scale, middle, *((min(ends[0], least), max(ends[1], most)) if wide else ends)))
    return Curve(*np.array(found, np.float64).reshape(-1, 4).T)
