"""Slopes and powers with 95 % intervals, of one run or of all trials of a simulation at once. No torch."""

from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Float
from scipy.special import stdtrit

from explorer.figures.numbers import interval, signed
from explorer.frames import Columns
from explorer.measure.regression import FIRM, LEVEL, Interval

Numbers = np.ndarray | np.float64  # one of each trial, or a single one
Answers = np.ndarray | np.bool_


@dataclass(frozen=True)
class Known:
    """A number and half of its 95 % interval, or one of each for every trial; NaN where it is unknown."""

    value: Numbers
    half: Numbers

    @classmethod
    def mean(cls, values: Float[np.ndarray, "*trials m"]) -> Self:
        """Of m numbers, by Student's t."""
        m = values.shape[-1]
        middle = values.mean(-1) if m else np.full(values.shape[:-1], np.nan)
        if m < 2:
            return cls(middle, np.full_like(middle, np.nan))
        return cls(middle, _t(m - 1) * values.std(-1, ddof=1) / np.sqrt(m))

    @classmethod
    def power(cls, x: Float[np.ndarray, " m"], y: Float[np.ndarray, "*trials m"]) -> Self:
        """The slope of log y on log x by least squares."""
        with np.errstate(invalid="ignore", divide="ignore"):
            known = np.where(np.isfinite(np.log(y)), np.log(y), np.nan)
        across, up = np.log(x) - np.log(x).mean(), known - known.mean(-1, keepdims=True)
        spread, m = float(across @ across), len(x)
        if m < 3 or not spread > 0:
            unknown = np.full(y.shape[:-1], np.nan)
            return cls(unknown, unknown)
        slope = up @ across / spread
        rest = np.square(up - slope[..., None] * across).sum(-1)
        return cls(slope, _t(m - 2) * np.sqrt(rest / (m - 2) / spread))

    @property
    def ends(self) -> Interval:
        """The interval of a single number."""
        return float(self.value - self.half), float(self.value + self.half)

    def below(self, bound: float) -> Answers:
        """Whether the interval, a quarter wider, lies below; never where it is unknown."""
        return self.value + FIRM * self.half < bound

    def above(self, bound: float) -> Answers:
        """Whether the interval, a quarter wider, lies above; never where it is unknown."""
        return self.value - FIRM * self.half > bound

    def __str__(self) -> str:
        return f"{signed(float(self.value))} {interval(self.ends)}"


def grid(table: Columns, direction: str, column: str) -> tuple[np.ndarray, Float[np.ndarray, "*trials S C"]]:
    """A column of the table `gradient`, by seed and number of samples; these numbers. Seeds that lack one are left out.

    The column may have an axis of trials before that of the rows.
    """
    mine = np.flatnonzero(table["direction"] == direction)
    counts = np.unique(table["n_samples"][mine])
    places = {(table["seed"][i], table["n_samples"][i]): i for i in mine.tolist()}
    seeds = [seed for seed in np.unique(table["seed"][mine]) if all((seed, n) in places for n in counts)]
    at = np.array([[places[seed, n] for n in counts] for seed in seeds], np.intp).reshape(len(seeds), len(counts))
    return counts, table[column][..., at]


def slopes(counts: np.ndarray, values: Float[np.ndarray, "*trials S C"]) -> Float[np.ndarray, "*trials S"]:
    """Of each seed the slope of the logarithm against that of the number of samples; NaN where it has none."""
    if len(counts) < 2:
        return np.full(values.shape[:-1], np.nan)
    across = np.log(counts) - np.log(counts).mean()
    with np.errstate(invalid="ignore", divide="ignore"):
        known = np.where(np.isfinite(np.log(values)), np.log(values), np.nan)
    return known @ across / float(across @ across)


def _t(freedom: int) -> float:
    return float(stdtrit(freedom, (1 + LEVEL) / 2))
