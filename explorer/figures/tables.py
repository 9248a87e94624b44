"""From long tables (one row a network and level) to what a figure draws: one line a width, over seeds."""

from dataclasses import dataclass

import numpy as np

from explorer.frames import Columns

WIDEST = float(np.log(1.5))  # of the room that the networks of one width have beside each other, in log k
SHARE = 0.7  # of that room which they take


@dataclass(frozen=True)
class Means:
    """One line a width: k (K,), common x (X,), y (K, X) averaged over the seeds that are there."""

    k: np.ndarray
    x: np.ndarray
    y: np.ndarray

    def of(self, k: int) -> np.ndarray:
        """The line of width k; NaN when there is none."""
        at = np.flatnonzero(self.k == k)
        return self.y[at[0]] if len(at) else np.full(len(self.x), np.nan)


@dataclass(frozen=True)
class Spread:
    """Least, mean and largest value over the seeds of each width (NaN where unknown for every seed)."""

    low: np.ndarray
    mean: np.ndarray
    high: np.ndarray


def where(table: Columns, rows: np.ndarray | slice) -> dict[str, np.ndarray]:
    """Some rows of a table: a mask, or indices in the order wanted."""
    return {name: values[rows] for name, values in table.items()}


def curves(table: Columns, x: str, y: str) -> Means:
    """Lines of column `y` over column `x`, one a width."""
    k, row = np.unique(table["k"], return_inverse=True)
    levels, column = np.unique(table[x], return_inverse=True)
    good = np.isfinite(table[y])
    total, count = np.zeros((len(k), len(levels))), np.zeros((len(k), len(levels)))
    np.add.at(total, (row[good], column[good]), table[y][good])
    np.add.at(count, (row[good], column[good]), 1)
    return Means(k, levels, np.divide(total, count, out=np.full_like(total, np.nan), where=count > 0))


def spread(table: Columns, y: str) -> tuple[np.ndarray, Spread]:
    """The widths, rising, and the spread of column `y` over the seeds of each."""
    k, row = np.unique(table["k"], return_inverse=True)
    low, high = np.full(len(k), np.inf), np.full(len(k), -np.inf)
    total, count = np.zeros(len(k)), np.zeros(len(k))
    good = np.isfinite(table[y])
    values = table[y][good]
    np.minimum.at(low, row[good], values)
    np.maximum.at(high, row[good], values)
    np.add.at(total, row[good], values)
    np.add.at(count, row[good], 1)
    none = count == 0
    low[none] = high[none] = np.nan
    return k, Spread(low, np.divide(total, count, out=np.full(len(k), np.nan), where=~none), high)


def dodged(k: np.ndarray, seed: np.ndarray) -> np.ndarray:
    """Places of networks on a logarithmic axis: those of one width beside each other, clear of the next width's.

    Args:
        k, seed: (m,) of each network. All widths give as much room to each of their seeds.
    """
    widths, seeds = np.unique(k), np.unique(seed)
    room = min(np.diff(np.log(widths)).min(initial=WIDEST), WIDEST)
    rank = np.searchsorted(seeds, seed) - (len(seeds) - 1) / 2
    return k * np.exp(rank * room * SHARE / max(len(seeds), 1))
