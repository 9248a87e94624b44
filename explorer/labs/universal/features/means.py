"""What the table `features` says: means over seeds, and how steepness goes with the number of parameters."""

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.universal.features import FEATURES
from explorer.measure.regression import LineFit, line

BEYOND = 2.0  # times n: from here on more parameters are more than enough


def of(tables: Tables, kind: str) -> Columns:
    """The rows of one kind of features."""
    table = FEATURES.among(tables)
    return where(table, table["kind"] == kind)


def means(table: Columns, column: str) -> tuple[np.ndarray, np.ndarray]:
    """Numbers of parameters over n, and the geometric mean over seeds of what is known and above 0."""
    known = np.isfinite(table[column]) & (table[column] > 0)
    share = (table["params"] / np.maximum(table["n"], 1))[known]
    shares = np.unique(share)
    return shares, np.array([np.exp(np.log(table[column][known][share == each]).mean()) for each in shares])


def near(shares: np.ndarray, values: np.ndarray, share: float) -> float:
    """The value at this share of n, or NaN where none is within a twentieth of it."""
    at = np.flatnonzero(np.abs(shares - share) <= 0.05 * share)
    return float(values[at[0]]) if len(at) else np.nan


def beyond(table: Columns) -> LineFit:
    """log Lip against log params, over all fits with more than enough parameters."""
    there = (table["params"] >= BEYOND * table["n"]) & (table["lip"] > 0)
    return line(np.log(table["params"][there]), np.log(table["lip"][there]))
