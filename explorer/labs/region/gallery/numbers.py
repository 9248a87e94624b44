"""What the tables of the gallery say. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.regression import UNKNOWN, Interval, mean


@dataclass(frozen=True)
class Curve:
    """Over radii: a mean over networks of the mean over targets, with the interval over networks."""

    delta: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def by_seed(table: Columns, column: str) -> np.ndarray:
    """The mean over targets, network by network; those of which nothing is known are left out."""
    found = []
    for seed in np.unique(table["seed"]).tolist():
        values = table[column][table["seed"] == seed]
        if np.isfinite(values).any():
            found.append(float(np.nanmean(values)))
    return np.array(found, np.float64)


def over_networks(table: Columns, column: str) -> tuple[float, Interval]:
    """The mean over networks, and Student's interval; that needs two of them."""
    values = by_seed(table, column)
    if not len(values):
        return math.nan, UNKNOWN
    value, ends = mean(values)
    return value, ends


def curve(table: Columns, column: str) -> Curve:
    """The mean at every radius."""
    radii = np.unique(table["delta"])
    found = [over_networks(where(table, table["delta"] == radius), column) for radius in radii]
    value, low, high = (
        (np.array(part, np.float64) for part in zip(*((v, *ends) for v, ends in found), strict=True))
        if found
        else (np.zeros(0),) * 3
    )
    return Curve(radii, value, low, high)


def of_targets(table: Columns, column: str) -> tuple[np.ndarray, np.ndarray]:
    """The targets, and of each the mean over networks."""
    targets = np.unique(table["target"])
    return targets, np.array(
        [
            np.nanmean(table[column][table["target"] == t])
            if np.isfinite(table[column][table["target"] == t]).any()
            else math.nan
            for t in targets
        ],
        np.float64,
    )


def picture(pattern: Columns, kind: str, number: int, delta: float) -> np.ndarray | None:
    """Pixels, the lowest row first; None where there are none. Images have the radius 0."""
    own = where(pattern, (pattern["kind"] == kind) & (pattern["number"] == number) & (pattern["delta"] == delta))
    if not len(own["row"]):
        return None
    found = np.full((own["row"].max() + 1, own["column"].max() + 1), np.nan, np.float32)
    found[own["row"], own["column"]] = own["value"]
    return found[::-1]
