"""What the tables of the panel `boundary` say: planes as pictures, and distances over networks. No torch."""

import math
from collections.abc import Iterator

import numpy as np
from jaxtyping import Bool, Float

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.boundary import ALL, BASE, NEW_V, OLD_V
from explorer.labs.region.defence.numbers import by_seed
from explorer.measure.regression import UNKNOWN, Interval, mean

LEAST = 0.02  # of a plane's area: regions that are named


def cells(boundary: Columns, model: str) -> Float[np.ndarray, "m m"] | None:
    """A plane's classes, the lowest row first, NaN where there is none; None where the plane is not there."""
    rows = where(boundary, boundary["model"] == model)
    side = math.isqrt(len(rows["label"]))
    if not side or side * side != len(rows["label"]):
        return None
    order = np.lexsort((rows["u"], rows["v"]))
    label = rows["label"][order].astype(np.float32).reshape(side, side)
    return np.where(label < 0, np.float32(np.nan), label)


def outline(region: Bool[np.ndarray, "m m"]) -> Iterator[tuple[float, float, float, float]]:
    """Where a region ends within the unit square that its cells fill: straight pieces (x, y, x1, y1)."""
    side = len(region)
    for row, column in zip(*np.nonzero(region[:, 1:] != region[:, :-1]), strict=True):
        x = (column + 1) / side
        yield x, row / side, x, (row + 1) / side
    for row, column in zip(*np.nonzero(region[1:] != region[:-1]), strict=True):
        y = (row + 1) / side
        yield column / side, y, (column + 1) / side, y


def middles(label: Float[np.ndarray, "m m"]) -> dict[int, tuple[float, float]]:
    """Of each region that is not tiny a place deep within it, in the unit square."""
    found = {}
    for each in np.unique(label[np.isfinite(label)]).tolist():
        region = label == each
        if region.mean() < LEAST:
            continue
        while (inner := _eroded(region)).any():
            region = inner
        rows, columns = np.nonzero(region)
        at = np.argmin((rows - rows.mean()) ** 2 + (columns - columns.mean()) ** 2)
        row, column = rows[at], columns[at]
        found[int(each)] = ((column + 0.5) / len(label), (row + 0.5) / len(label))
    return found


def _eroded(region: np.ndarray) -> np.ndarray:
    """Cells all of whose neighbours are in it."""
    wide = np.pad(region, 1)
    return wide[1:-1, 1:-1] & wide[:-2, 1:-1] & wide[2:, 1:-1] & wide[1:-1, :-2] & wide[1:-1, 2:]


def of(distance: Columns, model: str, along: str, target: int = ALL) -> Columns:
    """Rows of a model along old or new vectors, towards one target or all; the base network's own are the old ones."""
    along = OLD_V if model == BASE else along
    return where(distance, (distance["model"] == model) & (distance["along"] == along) & (distance["target"] == target))


def ratios(distance: Columns, model: str, along: str, target: int = ALL) -> dict[int, float]:
    """Median distance by that before, network by network, as logarithms."""
    before = by_seed(of(distance, BASE, OLD_V, target), "median")
    return _logarithms(by_seed(of(distance, model, along, target), "median"), before)


def new_by_old(distance: Columns, model: str) -> dict[int, float]:
    """Median distance along new vectors by that along old ones, network by network, as logarithms."""
    return _logarithms(
        *(by_seed(of(distance, model, along), "median") for along in (NEW_V, OLD_V)),
    )


def _logarithms(one: dict[int, float], two: dict[int, float]) -> dict[int, float]:
    return {s: math.log(one[s] / two[s]) for s in one.keys() & two.keys() if one[s] > 0 and two[s] > 0}


def over(logarithms: dict[int, float]) -> tuple[float, Interval]:
    """Their mean over networks, and Student's interval, both still logarithms; that needs two of them."""
    values = np.array([logarithms[seed] for seed in sorted(logarithms)], np.float64)
    return mean(values) if len(values) else (math.nan, UNKNOWN)


def times(value: float) -> str:
    """The ratio of a logarithm, in words."""
    return f"{math.exp(value):.2f}" if math.isfinite(value) else "unknown"


def times_span(ends: Interval) -> str:
    """Of an interval of logarithms; "" where there is none."""
    return f"95 % [{math.exp(ends[0]):.2f}, {math.exp(ends[1]):.2f}]" if all(map(math.isfinite, ends)) else ""
