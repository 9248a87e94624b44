"""What figures and sentences of the panel `league` read out of its tables. No torch."""

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
from scipy.special import ndtri

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.prunability.league import NOTHING, PRUNABILITY
from explorer.labs.prunability.measures import MEASURES
from explorer.measure.regression import LEVEL, Interval, one_of, side

#: Networks below which no measure is told from chance: with 19 measures some stand in perfect order, and a bootstrap of
#: them, too.
FEW = 12
#: Names that fit beside a row.
SHORT: Mapping[str, str] = MappingProxyType(
    {
        "prunability_magnitude": "P, smallest",
        "prunability_random": "P at random",
        "flatness": "flatness",
        "flatness_relative": "flat ∝ |w|",
        "sharpness": "sharpness",
        "path_norm": "path norm",
        "margin": "1/margin²",
        "params": "weights",
        "l2": "|w|",
        "distance": "|w − w₀|",
        "spectral": "spectral",
        "frobenius": "Frobenius",
        "stable_rank": "stable rank",
        "spectral_margin": "spec/margin",
        "spectral_start": "spec/start",
        "path_margin": "path/margin",
        "steps": "steps",
        "summed": "Σ loss",
        "train_loss": "final loss",
    }
)
#: Where a name stands in a sentence.
IN_A_SENTENCE: Mapping[str, str] = MappingProxyType(
    {
        **SHORT,
        PRUNABILITY: "prunability",
        "flatness_relative": "flatness ∝ |w|",
        "params": "weight count",
        "spectral_margin": "spectral/margin",
        "spectral_start": "spectral/start",
        "summed": "summed loss",
    }
)
#: From above, as the matrix has them: P, then family by family.
ROWS: tuple[str, ...] = tuple(MEASURES)


def ordered(table: Columns, target: str) -> Columns:
    """The rows of a target, the largest tau first, and last those in which it is undefined."""
    rows = where(table, table["target"] == target)
    return where(rows, np.argsort(-np.where(np.isfinite(rows["tau"]), rows["tau"], -2.0), kind="stable"))


def defined(rows: Columns) -> Columns:
    """The rows of an ordered table that have a tau."""
    return where(rows, np.isfinite(rows["tau"]))


def interval(rows: Columns, at: int, name: str = "") -> Interval:
    """That of tau of a row, or another one: "fixed", "less", "lead"."""
    low, high = (f"{name}_{end}" if name else end for end in ("low", "high"))
    return float(rows[low][at]), float(rows[high][at])


def clear(found: Interval, of: int = 1) -> int:
    """On which side of 0 an interval lies clearly, where it is one of so many that are looked at together."""
    if not all(map(math.isfinite, found)):
        return 0
    middle, half = sum(found) / 2, (found[1] - found[0]) / 2
    wider = half * float(ndtri((1 + one_of(of)) / 2) / ndtri((1 + LEVEL) / 2))
    return side((middle - wider, middle + wider), 0.0)


def clearly(rows: Columns, name: str = "", of: int | None = None) -> np.ndarray:
    """Of each row, on which side of 0 its tau is, or what `name` has: `of` them together, or all, are to be right.

    On none of fewer than `FEW` networks.
    """
    m = len(rows["tau"])
    sides = [clear(interval(rows, i, name), of or m) for i in range(m)]
    return np.where(rows["n"] < FEW, 0, np.array(sides, np.int64))


def row(rows: Columns, measure: str) -> int | None:
    """Where a measure stands."""
    found = np.flatnonzero(rows["measure"] == measure)
    return int(found[0]) if len(found) else None


def matrix(table: Columns, given: str = NOTHING) -> Columns:
    """What measures tell of measures."""
    return where(table, (table["given"] == given) & np.isin(table["b"], ROWS))


def beyond(table: Columns, target: str) -> tuple[np.ndarray, np.ndarray]:
    """Row by row of `ROWS`, what P tells of a target beyond the measure, and what the measure tells beyond P."""
    rows = where(table, table["b"] == target)
    pairs = dict(zip(zip(rows["a"].tolist(), rows["given"].tolist(), strict=True), rows["value"].tolist(), strict=True))
    ours = [pairs.get((PRUNABILITY, name), math.nan) for name in ROWS]
    theirs = [pairs.get((name, PRUNABILITY), math.nan) for name in ROWS]
    return np.array(ours), np.array(theirs)


def differs(environment: str) -> str:
    """What is not alike in an environment: of "dropout 0 or 0.2" that dropout differs, and how."""
    axis, _, values = environment.partition(" ")
    return f"{axis} differs ({values})" if values else f"{axis} differs"
