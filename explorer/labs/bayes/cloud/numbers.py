"""What the table `cloud` says: of each method, of pairs with the same hyper-parameters, and of one dot. No torch."""

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.rank_correlation import RankCorrelation, spearman
from explorer.measure.regression import Interval, mean


def known(table: Columns) -> Columns:
    """The rows that can be drawn."""
    return where(table, np.isfinite(table["accuracy"]) & np.isfinite(table["robust"]))


def of(table: Columns, method: str) -> Columns:
    """The dots of one method."""
    return where(table, table["method"] == method)


def ranked(table: Columns, method: str, column: str) -> RankCorrelation:
    """Accuracy against a robustness, over the dots of one method."""
    rows = of(table, method)
    return spearman(rows["accuracy"], rows[column])


def paired(table: Columns, method: str, other: str, column: str) -> tuple[float, Interval, int]:
    """By how much one method is above another with the same hyper-parameters: mean, interval over draws, how many."""
    of_each = [
        {(int(s), int(d)): float(v) for s, d, v in zip(rows["seed"], rows["draw"], rows[column], strict=True)}
        for rows in (of(table, method), of(table, other))
    ]
    both = sorted(of_each[0].keys() & of_each[1].keys())
    each = np.array([of_each[0][at] - of_each[1][at] for at in both], np.float64)
    return *mean(each[np.isfinite(each)]), int(np.isfinite(each).sum())


def nearest(table: Columns, place: tuple[float, ...]) -> Columns:
    """The row of the dot next to a place of accuracy and accuracy under attack; none where no place is chosen."""
    rows = known(table)
    if len(place) != 2 or not len(rows["method"]):
        return where(rows, np.zeros(len(rows["method"]), np.bool_))
    away = np.hypot(rows["accuracy"] - place[0], rows["robust"] - place[1])
    return where(rows, np.array([int(np.argmin(away))]))
