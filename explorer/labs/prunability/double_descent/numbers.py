"""What the table says of widths; for figures, sentences and captions. No torch."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.rank import weighted
from explorer.measure.regression import Interval, mean

BAND = 3  # seeds from which on the interval of a mean is drawn: that of two dwarfs all else
INTERPOLATES = 0.01  # share of its training images that a network may have wrong and still interpolates them


@dataclass(frozen=True)
class Grid:
    """One column at one level of noise: a row a width, rising; a column a seed. NaN is unknown."""

    widths: Int[np.ndarray, " W"]
    values: Float[np.ndarray, "W S"]

    @property
    def mean(self) -> Float[np.ndarray, " W"]:
        """Over the seeds that are known."""
        return np.array([row[np.isfinite(row)].mean() if np.isfinite(row).any() else math.nan for row in self.values])

    @property
    def ends(self) -> tuple[Float[np.ndarray, " W"], Float[np.ndarray, " W"]]:
        """The 95 % interval of the mean of each width, Student's t over seeds; NaN where there are too few."""
        found = [mean(row[np.isfinite(row)])[1] for row in self.values]
        low, high = np.array(found, np.float64).reshape(-1, 2).T
        return low, high

    def whole(self) -> "Grid":
        """Of the seeds that all widths have."""
        return Grid(self.widths, self.values[:, np.isfinite(self.values).all(0)])

    def since(self, width: int) -> "Grid":
        """From this width on."""
        there = self.widths >= width
        return Grid(self.widths[there], self.values[there])


def finished(table: Columns) -> Columns:
    """The rows of networks that are trained and pruned, or lost: of those whose loss is no number nothing comes."""
    return where(table, np.isfinite(table["prunability_random"]) | ~np.isfinite(table["train_loss"]))


def levels(table: Columns) -> tuple[float, ...]:
    """The levels of noise, the largest first."""
    return tuple(np.unique(table["noise"])[::-1].tolist())


def grid(table: Columns, noise: float, column: str) -> Grid:
    """A column at one level of noise."""
    here = where(table, table["noise"] == noise)
    widths, row = np.unique(here["width"], return_inverse=True)
    seeds, place = np.unique(here["seed"], return_inverse=True)
    values = np.full((len(widths), len(seeds)), np.nan)
    values[row, place] = here[column]
    return Grid(widths, values)


def interpolation(table: Columns, noise: float) -> int | None:
    """The least width from which on networks have hardly a training image wrong, in the mean over seeds."""
    errors = grid(table, noise, "train_error")
    with np.errstate(invalid="ignore"):
        fits = errors.mean <= INTERPOLATES
    if not len(fits) or not fits[-1]:
        return None
    misses = np.flatnonzero(~fits)
    return int(errors.widths[misses[-1] + 1 if len(misses) else 0])


@dataclass(frozen=True)
class Peak:
    """The highest rise of a mean curve over widths that comes between two lower places.

    Attributes:
        dip, top, last: widths: the best before the peak, the peak, the widest. at_dip, at_top, at_last: the means.
        rise, fall: per seed the logarithm of the value at the peak over that at the dip, and over that of the widest
            width. Where both are is chosen by the mean of the other seeds, so that chance does not choose its own peak.
        before: per seed the logarithm of the value of the narrowest over that at the dip, which others choose.
    """

    dip: int
    top: int
    last: int
    at_dip: float
    at_top: float
    at_last: float
    rise: Float[np.ndarray, " S"]
    fall: Float[np.ndarray, " S"]
    before: Float[np.ndarray, " S"]

    @property
    def ratio(self) -> float:
        """How many times the value at the dip the peak is, of the means."""
        return self.at_top / self.at_dip

    @property
    def typical(self) -> float:
        """The geometric mean of the seeds' own ratios, which is what the interval is of; NaN of one seed."""
        return math.exp(mean(self.rise)[0])

    @property
    def interval(self) -> Interval:
        """Of `typical`, by the seeds' logarithms; NaN of one seed."""
        low, high = mean(self.rise)[1]
        return math.exp(low), math.exp(high)


def peak(values: Grid) -> Peak | None:
    """The peak of a column; None of less than three widths, or where no seed has them all or one is not above 0.

    There always is one: of a curve that only falls the "peak" is no higher than the dip.
    """
    values = values.whole()
    y = values.values
    W, S = y.shape
    if W < 3 or not S or not (y > 0).all():
        return None
    dip, top = _places(y.mean(1))
    rise, fall, before = (np.full(S, np.nan) for _ in range(3))
    for seed in range(S if S > 1 else 0):
        low, high = _places(np.delete(y, seed, axis=1).mean(1))
        rise[seed] = math.log(y[high, seed] / y[low, seed])
        fall[seed] = math.log(y[high, seed] / y[-1, seed])
        before[seed] = math.log(y[0, seed] / y[low, seed])
    means = y.mean(1)
    at_dip, at_top, at_last = (int(values.widths[at]) for at in (dip, top, -1))
    return Peak(at_dip, at_top, at_last, float(means[dip]), float(means[top]), float(means[-1]), rise, fall, before)


def _places(curve: Float[np.ndarray, " W"]) -> tuple[int, int]:
    """The dip and the top: the inner place that stands out most from the best before it and from the end."""
    before = np.minimum.accumulate(curve)[:-2]
    inner = curve[1:-1]
    top = int(np.argmax(np.minimum(inner / before, inner / curve[-1]))) + 1
    return int(np.argmin(curve[:top])), top


@dataclass(frozen=True)
class Rise:
    """How far a curve comes back up from its best narrower width.

    Attributes:
        best: that width, of the means. at_best: the mean there.
        end, fallen: per seed the logarithm of the value of the widest over that of the best narrower width, and of the
            narrowest over it.
        most: per seed the logarithm of the highest rise over a narrower width, of all widths. The means of the other
            seeds choose the places of all three.
    """

    best: int
    at_best: float
    end: Float[np.ndarray, " S"]
    fallen: Float[np.ndarray, " S"]
    most: Float[np.ndarray, " S"]


def rise(values: Grid) -> Rise | None:
    """Of a column; None of less than two widths or seeds, or where a value is not above 0."""
    values = values.whole()
    y = values.values
    W, S = y.shape
    if W < 2 or S < 2 or not (y > 0).all():
        return None
    end, fallen, most = (np.empty(S) for _ in range(3))
    for seed in range(S):
        others = np.delete(y, seed, axis=1).mean(1)
        low = int(np.argmin(others[:-1]))
        end[seed], fallen[seed] = np.log(y[-1, seed] / y[low, seed]), np.log(y[0, seed] / y[low, seed])
        top = int(np.argmax(others[1:] / np.minimum.accumulate(others)[:-1])) + 1
        most[seed] = np.log(y[top, seed] / y[int(np.argmin(others[:top])), seed])
    means = y.mean(1)
    best = int(np.argmin(means[:-1]))
    return Rise(int(values.widths[best]), float(means[best]), end, fallen, most)


def taus(one: Grid, other: Grid | None = None) -> Float[np.ndarray, " S"]:
    """Kendall's tau-b over widths of a column with the width, or with another column, of each seed that has all.

    Of seeds in which it is defined; of none where there are less than three widths.
    """
    with_width = other is None
    beside = (
        Grid(one.widths, np.repeat(one.widths[:, None], one.values.shape[1], 1).astype(float)) if with_width else other
    )
    assert beside is not None
    if len(one.widths) < 3 or one.values.shape != beside.values.shape:
        return np.full(0, np.nan)
    there = np.isfinite(one.values).all(0) & np.isfinite(beside.values).all(0)
    once = np.ones((1, len(one.widths)), np.int64)
    pairs = zip(one.values.T[there], beside.values.T[there], strict=True)
    found = np.array([float(weighted(once, x, y)[0]) for x, y in pairs])
    return found[np.isfinite(found)]


def of_tau(values: Float[np.ndarray, " S"]) -> tuple[float, Interval]:
    """The mean of some taus and its interval, which cannot leave [-1, 1]."""
    middle, (low, high) = mean(values)
    return middle, (max(low, -1.0), min(high, 1.0))
