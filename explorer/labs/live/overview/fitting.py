"""What a run of the live lab tells about the widths at which all its networks fit, and what chance alone would tell."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import Spread, curves, spread, where
from explorer.frames import Columns, Tables
from explorer.labs.live.overview import LIPSCHITZ
from explorer.labs.live.overview.settings import LiveSettings
from explorer.measure.regression import line, plane, side
from explorer.theory.monomials import least_neurons

FLATTER = 0.9  # of another constant, or share, counts as clearly less


def least_width(settings: LiveSettings) -> int:
    """The narrowest width with as many numbers to choose as there are points."""
    if settings.family == "polynomial":
        return least_neurons(settings.d, settings.p, settings.n)
    return -(-settings.n // (settings.d + 2))


@dataclass(frozen=True)
class Fitting:
    """The widths at which every network fits, rising, and between which bounds their constants lie.

    A bound of a width is NaN where that of one of its networks is not known. `rows` holds their networks, one a row.
    """

    k: np.ndarray
    found: Spread
    certified: Spread
    rows: Columns

    @classmethod
    def of(cls, tables: Tables) -> "Fitting":
        """Those of the table `lipschitz`."""
        table = LIPSCHITZ.among(tables)
        there = np.isin(table["k"], table["k"][table["fits"] == 0], invert=True)
        rows = where(table, there)
        return cls(np.unique(rows["k"]).astype(np.int64), _whole(rows, "lower"), _whole(rows, "upper"), rows)

    @property
    def bounds(self) -> tuple[np.ndarray, np.ndarray]:
        """What is found of every network, and what is certified."""
        return self.rows["lower"], self.rows["upper"]

    @property
    def falls(self) -> bool:
        """Whether both bounds fall as k grows, more clearly than chance alone would make them: networks are points."""
        return all(trend(self.rows["k"], bound) < 0 for bound in self.bounds)

    @property
    def rises(self) -> bool:
        """Whether both rise."""
        return all(trend(self.rows["k"], bound) > 0 for bound in self.bounds)


def _whole(rows: Columns, name: str) -> Spread:
    """The spread of a column over each width, NaN where a value of the width is not known."""
    k, found = spread(rows, name)
    lost = np.isin(k, rows["k"][~np.isfinite(rows[name])])
    return Spread(*(np.where(lost, np.nan, part) for part in (found.low, found.mean, found.high)))


def trend(k: np.ndarray, values: np.ndarray) -> int:
    """1 where values rise with k on log axes, -1 where they fall, more clearly than chance alone would make them.

    0 where that is not known: there are fewer than three, or one of them is unknown.
    """
    if len(k) < 3 or not (np.isfinite(values) & (values > 0)).all():
        return 0
    return side(line(np.log(k), np.log(values)).slope_interval, 0)


def bend(k: np.ndarray, values: np.ndarray) -> int:
    """-1 where values rise with k and fall again, 1 where they fall and rise; 0 where that is not known."""
    if len(k) < 4 or not (np.isfinite(values) & (values > 0)).all():
        return 0
    x = np.log(k)
    x = x - x.mean()
    return side(plane(x, x**2, np.log(values)).second_interval, 0)


def stands_out(
    widths: np.ndarray, least: np.ndarray, most: np.ndarray, k: np.ndarray, columns: Sequence[np.ndarray]
) -> int | None:
    """The place of the width that is highest, clearly and not by chance; None where none is.

    An end is highest where it is above all others and the columns have a slope towards it, a width between the ends
    where it is above both of them and the columns bend down.

    Args:
        widths: rising. least, most: bounds of the height of each. k, columns: the networks behind them, one a row.
    """
    at, last = int(least.argmax()), len(widths) - 1
    between = 0 < at < last
    rest = most[[0, last]] if between else np.delete(most, at)
    if not len(rest) or not np.isfinite(least).all() or not rest.max() <= FLATTER * least[at]:
        return None
    signs = {bend(k, column) if between else trend(k, column) for column in columns}
    return at if signs == {1 if at == last else -1} else None


def flipped(tables: Tables) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """For each width at which every network fits, eps and the mean share that the attack flips, where known."""
    if "attack" not in tables:
        return {}
    shown, fitting = curves(tables["attack"], "eps", "success"), Fitting.of(tables).k.tolist()
    found = {int(k): (shown.x, y) for k, y in zip(shown.k, shown.y, strict=True) if k in fitting}
    return {k: curve for k, curve in found.items() if np.isfinite(curve[1]).all()}
