"""What the tables of the panel `vanishing` say: curves over the number of samples, width and data. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.gradient import EVERY, ONCE
from explorer.measure.regression import UNKNOWN, Interval, mean


@dataclass(frozen=True)
class Curve:
    """A column of `gradient` over another one, mean over the seeds that are there, with a 95 % interval.

    Attributes:
        low, high: with one seed the interval over images. With more the mean of those, or the interval over seeds
            (Student's t) where it reaches further. NaN where there is none.
    """

    x: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    @property
    def known(self) -> bool:
        return len(self.x) > 0

    def ends(self, i: int) -> Interval:
        """The interval at place i."""
        return float(self.low[i]), float(self.high[i])


def of(table: Columns, images: str = EVERY, loss: str = ONCE) -> Columns:
    """The rows of some images and one loss."""
    return where(table, (table["images"] == images) & (table["loss"] == loss))


def first(table: Columns) -> Columns:
    """The rows of the posterior that stands first: that of k and n of the settings."""
    if not len(table["width"]):
        return table
    return where(table, (table["width"] == table["width"][0]) & (table["points"] == table["points"][0]))


def finished(table: Columns) -> Columns:
    """The rows of the largest number of samples: those of posteriors that are done, or as far as they are."""
    return where(table, table["n_samples"] == table["n_samples"].max(initial=0))


def over_width(table: Columns) -> Columns:
    """Finished rows of all widths that learn from as many images as the first posterior."""
    rows = finished(table)
    return where(rows, rows["points"] == table["points"][0]) if len(table["points"]) else rows


def over_data(table: Columns) -> Columns:
    """Finished rows of all sizes of the data, of networks as wide as those of the first posterior."""
    rows = finished(table)
    return where(rows, rows["width"] == table["width"][0]) if len(table["width"]) else rows


def single(table: Columns) -> np.ndarray:
    """The mean norm of single samples' gradients."""
    with np.errstate(invalid="ignore", divide="ignore"):
        return table["mean_norm"] / table["ratio_single"]


def curve(table: Columns, x: str, column: str, low: str = "", high: str = "") -> Curve:
    """Over x; what no logarithmic axis can show is left out."""
    values = single(table) if column == "single" else table[column]
    good = np.isfinite(values) & (values > 0)
    places, found = np.unique(table[x][good]), []
    for place in places.tolist():
        here = good & (table[x] == place)
        middle, ends = mean(values[here])
        each = (float(table[low][here].mean()), float(table[high][here].mean())) if low else UNKNOWN
        found.append((middle, *_wider(each, ends)))
    columns = np.array(found, np.float64).reshape(-1, 3).T
    return Curve(places, columns[0], columns[1], columns[2])


def at(table: Columns, column: str, n: int) -> float:
    """The mean over seeds of what a column has after n samples, zeros too; NaN where that is unknown."""
    values = table[column][(table["n_samples"] == n) & np.isfinite(table[column])]
    return float(values.mean()) if len(values) else math.nan


def means(table: Columns, x: str) -> Curve:
    """The mean norm."""
    return curve(table, x, "mean_norm", "low", "high")


def medians(table: Columns, x: str) -> Curve:
    """The median norm."""
    return curve(table, x, "median_norm", "median_low", "median_high")


def _wider(one: Interval, other: Interval) -> Interval:
    """Holds both; one that is not known says nothing."""
    if np.isnan(other).any():
        return one
    if np.isnan(one).any():
        return other
    return min(one[0], other[0]), max(one[1], other[1])
