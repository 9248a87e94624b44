"""How the agreement of a class goes with n or d: a power for each draw, and its mean over draws."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.universal.generalisation import GENERALISATION
from explorer.measure.regression import line


@dataclass(frozen=True)
class Draws:
    """Sizes (m,), and the estimates of each draw at each size (draws, m); NaN where there is none."""

    seeds: np.ndarray
    size: np.ndarray
    estimate: np.ndarray
    bound: np.ndarray
    massart: np.ndarray

    def exponents(self) -> np.ndarray:
        """Of the size, in each draw that has all sizes, two at least; NaN for the others."""
        whole = np.isfinite(self.estimate) & (self.estimate > 0)
        x = np.log(self.size)
        return np.array(
            [
                line(x, np.log(row)).slope if len(x) > 1 and there.all() else np.nan
                for row, there in zip(np.where(whole, self.estimate, 1.0), whole, strict=True)
            ]
        )


def draws(tables: Tables, name: str, along: str, fixed: int) -> Draws:
    """One class against "n" (at this d) or "d" (at this n)."""
    table = GENERALISATION.among(tables)
    at = "d" if along == "n" else "n"
    table = where(table, (table["name"] == name) & (table[at] == fixed))
    size, column = np.unique(table[along], return_inverse=True)
    seeds, row = np.unique(table["seed"], return_inverse=True)
    estimate = np.full((len(seeds), len(size)), np.nan)
    estimate[row, column] = table["estimate"]
    return Draws(seeds, size, estimate, *(_first(table, along, size, each) for each in ("bound", "massart")))


def _first(table: Columns, along: str, size: np.ndarray, column: str) -> np.ndarray:
    """A column that is the same for all draws of a size."""
    return np.array([table[column][table[along] == each][0] for each in size], np.float64)
