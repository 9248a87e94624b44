"""What the tables of the panel `masking` say: shares over the prior scale and over the step length. No torch."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.masking import BEST, IMAGE
from explorer.measure.regression import Interval, mean


@dataclass(frozen=True)
class Shares:
    """A column over x, mean over the seeds that are there, with a 95 % interval.

    Attributes:
        low, high: with one seed the interval over test images. With more the mean of those, or the interval over seeds
            (Student's t) where it reaches further.
    """

    x: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, x: float) -> tuple[float, Interval]:
        """The value there; NaN where there is none."""
        found = np.flatnonzero(self.x == x)
        if not len(found):
            return float("nan"), (float("nan"), float("nan"))
        i = found[0]
        return float(self.value[i]), (float(self.low[i]), float(self.high[i]))


def shares(table: Columns, x: str, names: Sequence[str]) -> Shares:
    """Of the rows where the first of these columns is known; the others are its ends, if there are any."""
    known = where(table, np.isfinite(table[names[0]]))
    places, found = np.unique(known[x]), []
    for place in places:
        here = where(known, known[x] == place)
        middle, (least, most) = mean(here[names[0]])
        ends = [float(here[name].mean()) for name in names[1:]] or [middle, middle]
        found.append((middle, *(ends if np.isnan(least) else (min(ends[0], least), max(ends[1], most)))))
    columns = np.array(found, np.float64).reshape(-1, 3).T
    return Shares(places, *columns)


ZERO = ("zero_share", "zero_low", "zero_high")
LOST = ("lost_share",)
BY_LOSS = ("accuracy_ce", "low_ce", "high_ce")
BY_MARGIN = ("accuracy_margin", "low_margin", "high_margin")
GAP = ("more", "more_low", "more_high")


def at_eps(table: Columns, dtype: str, eps: float) -> Columns:
    """The rows of one precision at one radius."""
    return where(table, (table["dtype"] == dtype) & (table["eps"] == eps))


def whole(table: Columns) -> Columns:
    """The rows of posteriors that were walked to the end and attacked."""
    return where(table, table["whole"] & np.isfinite(table["accuracy_ce"]))


def best(table: Columns) -> Columns:
    """The rows of each prior that are done; those of a first look as long as there are none."""
    measured = np.isin(table["prior_scale"], table["prior_scale"][table["whole"]])
    return where(table, table["whole"] | ~measured)


def lengths(table: Columns, scale: float, kept: str = BEST, start: str = IMAGE) -> Shares:
    """What stays right over the length of a step, in units of eps."""
    here = (table["prior_scale"] == scale) & (table["kept"] == kept) & (table["start"] == start)
    return shares(where(table, here), "length", ("accuracy", "low", "high"))


def largest(table: Columns) -> float:
    """The widest prior of a table; NaN of no rows."""
    scales = table["prior_scale"][np.isfinite(table["prior_scale"])]
    return float(scales.max()) if len(scales) else float("nan")


def best_length(found: Shares) -> tuple[float, float]:
    """The step length that leaves least, the shortest of several, and what it leaves; NaN of none."""
    if not len(found.x):
        return float("nan"), float("nan")
    i = int(np.argmin(found.value))
    return float(found.x[i]), float(found.value[i])
