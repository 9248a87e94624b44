"""What figures and sentences of the panel `curve` read out of its tables. No torch."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.prunability.curve import NOISE, RANDOM
from explorer.measure.regression import Interval, mean


@dataclass(frozen=True)
class Way:
    """One network's curve by one way of pruning: the mean over masks, and the range over random ones."""

    kept: np.ndarray
    loss: np.ndarray
    low: np.ndarray
    high: np.ndarray
    test_loss: np.ndarray
    energy: np.ndarray
    masks: int

    def at(self, kept: float) -> int:
        """The level nearest to a share."""
        return int(np.abs(self.kept - kept).argmin())


def way(table: Columns, net: int, scope: str) -> Way:
    """Without rows, a curve without points."""
    rows = where(table, (table["net"] == net) & (table["scope"] == scope))
    kept, masks = np.unique(rows["kept"]), len(np.unique(rows["mask_seed"]))
    order = np.lexsort((rows["kept"], rows["mask_seed"]))
    if len(order) != masks * len(kept):
        return way({name: values[:0] for name, values in table.items()}, net, scope)
    grids = {name: rows[name][order].reshape(masks, len(kept)) for name in ("loss", "test_loss", "energy")}
    loss = grids["loss"]
    if not masks:
        nothing = np.zeros(0)
        return Way(nothing, nothing, nothing, nothing, nothing, nothing, 0)
    ends = (loss.min(0), loss.max(0)) if scope in (RANDOM, NOISE) and masks > 1 else (loss[0], loss[0])
    return Way(kept, loss.mean(0), *ends, grids["test_loss"].mean(0), grids["energy"].mean(0), masks)


def fractions(table: Columns, scope: str, column: str = "fraction") -> np.ndarray:
    """Of every network, by its number; NaN where it is not known."""
    rows = where(table, table["scope"] == scope)
    return rows[column][np.argsort(rows["net"], kind="stable")]


def untrained(table: Columns) -> bool:
    """Whether no network has taken a step yet: any share of such weights is as good as all, and that says nothing."""
    return bool(len(table["step"])) and not table["step"].any()


def over_networks(values: np.ndarray) -> tuple[float, Interval]:
    """The mean of those that are known, and its 95 % interval."""
    return mean(values[np.isfinite(values)])


def counted(table: Columns, kept: float) -> tuple[int, int]:
    """How many weights are kept at the level nearest to a share, and how many there are."""
    if not len(table["kept"]):
        return 0, 0
    at = np.abs(table["kept"] - kept).argmin()
    return int(table["weights"][at]), int(table["weights"].max())
