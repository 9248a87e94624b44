"""What the rules of this lab's claims share: means over networks, of one run or of all trials of a simulation at once.

Columns that chance decides may have an axis of trials before that of the rows. No torch.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Self

import numpy as np
from jaxtyping import Bool, Float, Int, Shaped
from scipy.special import stdtrit

from explorer.frames import Columns
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED
from explorer.measure.regression import FIRM, LEVEL, Interval

FEWEST = 3  # networks


@dataclass(frozen=True)
class Mean:
    """A mean over networks, half of its 95 % interval by Student's t, and of how many; NaN where it is unknown."""

    value: np.ndarray | np.float64
    half: np.ndarray | np.float64
    networks: int

    @classmethod
    def of(cls, values: Float[np.ndarray, "*trials S"]) -> Self:
        """Of one number a network."""
        S = values.shape[-1]
        unknown = np.full(values.shape[:-1], np.nan)
        if S < 2:
            return cls(values[..., 0] if S else unknown, unknown, S)
        half = stdtrit(S - 1, (1 + LEVEL) / 2) * values.std(-1, ddof=1) / np.sqrt(S)
        return cls(values.mean(-1), half, S)

    def side(self, bound: float) -> Int[np.ndarray, "*trials"]:
        """1 above and -1 below; 0 where the interval, a quarter wider, reaches it, or networks are too few."""
        if self.networks < FEWEST:
            return np.zeros_like(self.value, np.int64)
        above, below = self.value - FIRM * self.half > bound, self.value + FIRM * self.half < bound
        return np.asarray(np.asarray(above, np.int64) - below)

    @property
    def ends(self) -> Interval:
        """The interval of a single one."""
        return float(self.value - self.half), float(self.value + self.half)

    def __str__(self) -> str:
        low, high = self.ends
        return f"{self.value:.2f} [{low:.2f}, {high:.2f}]"


def by_network(table: Columns, rows: np.ndarray, column: str) -> Float[np.ndarray, "*trials S"]:
    """Of each seed that has such rows, rising, the mean of what is known there; NaN where nothing is."""
    values, found = np.asarray(table[column], np.float64), []
    for seed in np.unique(table["seed"][rows]).tolist():
        own = values[..., rows & (table["seed"] == seed)]
        known = np.isfinite(own)
        total, count = np.where(known, own, 0).sum(-1), known.sum(-1)
        found.append(np.where(count > 0, total / np.maximum(count, 1), np.nan))
    return np.stack(found, -1) if found else np.zeros((*values.shape[:-1], 0))


def ahead(own: Float[np.ndarray, "*trials S"], control: Float[np.ndarray, "*trials C"]) -> Mean:
    """By how much networks are ahead of others with the same seeds; unknown where one of them lacks."""
    return Mean.of(own - control if own.shape == control.shape else own[..., :0])


def word(
    needed: Int[np.ndarray, "*trials N"],
    beside: Int[np.ndarray, "*trials M"],
    counts: Bool[np.ndarray, "*trials N"] | None = None,
) -> np.ndarray:
    """The verdict by the sides of what the claim needs, and of what would be enough under a condition.

    Supported: all that is needed is there. Only when: some of it is clearly lacking, and something is there. Not
    supported: all of it is clearly lacking, and nothing else is there. Undecided where nothing `counts`.
    """
    counts = np.ones(needed.shape, bool) if counts is None else counts
    there, lacking = (needed > 0) & counts, (needed < 0) & counts
    some, any_counts = there.any(-1) | (beside > 0).any(-1), counts.any(-1)
    cases = [(there | ~counts).all(-1), lacking.any(-1) & some, (lacking | ~counts).all(-1)]
    return np.select([case & any_counts for case in cases], [SUPPORTED, ONLY_WHEN, NOT_SUPPORTED], UNDECIDED)


def over_data(words: Shaped[np.ndarray, "*trials D"]) -> np.ndarray:
    """The verdict over several data sets, by the word of each: what all say; only when, where some say so or yes."""
    same = (words == words[..., :1]).all(-1)
    good = np.isin(words, [SUPPORTED, ONLY_WHEN]).any(-1)
    against = np.isin(words, [NOT_SUPPORTED, ONLY_WHEN]).any(-1)
    return np.select([same, good & against], [words[..., 0], ONLY_WHEN], UNDECIDED)


def said(verdict: np.ndarray, there: Mapping[str, int]) -> str:
    """The verdict in words: the cases that are there, where it holds only in these."""
    found = str(verdict)
    return f"{found} {' or '.join(name for name, side in there.items() if side > 0)}" if found == ONLY_WHEN else found
