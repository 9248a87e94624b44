"""What a table says of who attacks with how many samples and who defends with how many. No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.bayes.attack_numbers import accuracy, difference
from explorer.labs.bayes.samples import OTHERS, SAME
from explorer.measure.regression import Interval


@dataclass(frozen=True)
class Along:
    """What stays right over a number of samples, mean over seeds, with a 95 % interval."""

    x: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray

    def at(self, count: int) -> float:
        """NaN where there is none of that number."""
        found = np.flatnonzero(self.x == count)
        return float(self.value[found[0]]) if len(found) else float("nan")


def of(table: Columns, model: str) -> Columns:
    """The rows of one who attacks: samples that defend as well, or others."""
    return where(table, (table["model"] == model) & np.isfinite(table["accuracy"]))


def most(table: Columns, model: str) -> int:
    """The largest number that defends; 0 of no rows."""
    return int(of(table, model)["n_defend"].max(initial=0))


def common(table: Columns) -> int:
    """The largest number as many attack as, of its own as well as of others; 0 where there is none.

    Others are at most half of all samples, and a half need not be among the numbers of which its own are tried:
    of 8 samples 1, 2, 5 and 8 attack, of the others 1, 2 and 4.
    """
    own, others = ({*level(table, model).x.astype(int).tolist()} for model in (SAME, OTHERS))
    return max(own & others, default=0)


def cells(table: Columns) -> dict[str, np.ndarray]:
    """Of the rows of one radius: a pair each, means over seeds, with their intervals."""
    pairs = np.unique(np.stack([table["n_attack"], table["n_defend"]], 1), axis=0)
    names = ("accuracy", "low", "high", "more", "more_low", "more_high", "clean", "eps")
    found = []
    for attack, defend in pairs.tolist():
        rows = where(table, (table["n_attack"] == attack) & (table["n_defend"] == defend))
        right, more = accuracy(rows), difference(rows)
        eps = float(right.eps[0])
        found.append((*_flat(right.at(eps)), *_flat(more.at(eps)), right.clean, eps))
    columns = np.array(found, np.float64).reshape(-1, len(names)).T
    return {"n_attack": pairs[:, 0], "n_defend": pairs[:, 1], **dict(zip(names, columns, strict=True))}


def _flat(found: tuple[float, Interval]) -> tuple[float, float, float]:
    return found[0], *found[1]


def along(table: Columns, model: str, defend: int) -> Along:
    """Of the rows of one radius, over the number that attacks."""
    rows = of(table, model)
    return _over(where(rows, rows["n_defend"] == defend), "n_attack")


def level(table: Columns, model: str) -> Along:
    """Of the rows of one radius in which as many attack as defend, over that number."""
    rows = of(table, model)
    return _over(where(rows, rows["n_defend"] == rows["n_attack"]), "n_defend")


def single(table: Columns, model: str) -> Along:
    """Of the rows of one radius in which one attacks, over the number that defends."""
    rows = of(table, model)
    return _over(where(rows, rows["n_attack"] == 1), "n_defend")


def _over(rows: Columns, column: str) -> Along:
    found = []
    for count in np.unique(rows[column]).tolist():
        curve = accuracy(where(rows, rows[column] == count))
        found.append((count, curve.value[0], curve.low[0], curve.high[0]))
    return Along(*np.array(found, np.float64).reshape(-1, 4).T)


def gap(table: Columns, model: str, attack: int, defend: int, eps: float) -> tuple[float, Interval]:
    """What a pair has over the one that it is compared with, at a radius; NaN where that is unknown."""
    rows = of(table, model)
    rows = where(rows, (rows["n_attack"] == attack) & (rows["n_defend"] == defend))
    return difference(rows).at(eps)
