"""What the captions of the panel `curve` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping
from typing import Literal

import numpy as np

from explorer.figures.numbers import down, up
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.curve import CURVE, GLOBAL, NOISE, RANDOM, CurveSettings
from explorer.labs.prunability.curve.numbers import way
from explorer.labs.prunability.told import counted
from explorer.measure.regression import FIRM, Interval, mean

HALF, MOST, TENTH = 0.5, 0.9, 0.1  # shares kept
STILL, CLIMBED = 0.1, 0.3  # nats: what hardly counts, and what does
LITTLE, MUCH = (
    0.1,
    0.25,
)  # shares of |w|^2 between the answers; half of equal weights would carry 0.5, of normal ones 0.07
ALIKE = 2.0  # ratio of losses up to which they count as about the same, where random pruning makes it fifty
LIGHT, SOME, HEAVY = "less than a tenth", "a tenth to a quarter", "more than a quarter"


def known(settings: CurveSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


def _at(table: Columns, scope: str, kept: float, column: Literal["loss", "energy"] = "loss") -> np.ndarray:
    """The losses of all networks at a share, or what of |w|^2 is gone there."""
    found = []
    for net in np.unique(table["net"]).tolist():
        curve = way(table, net, scope)
        values = curve.loss if column == "loss" else curve.energy
        found.append(float(values[curve.at(kept)]) if len(curve.kept) else math.nan)
    return np.array(found)


def _finished(table: Columns) -> bool:
    return bool((table["scope"] == NOISE).any())


def stands_still(tables: Tables, settings: CurveSettings) -> Finding | None:
    """In every network: without a tenth of the weights little more loss; with a tenth left, far more."""
    table = CURVE.among(tables)
    if not _finished(table):
        return None
    dense, some, few = (_at(table, GLOBAL, kept) for kept in (1.0, MOST, TENTH))
    if not len(dense) or not np.isfinite([dense, some, few]).all():
        return None
    still, climbed = float((some - dense).max()), float(few.min())
    return Finding(
        still <= STILL and climbed >= CLIMBED, {"still": up(still, 2), "climbed": f"{down(climbed, 2)} or more"}
    )


def length_tells(tables: Tables, settings: CurveSettings) -> Finding | None:
    """At half of the weights, over networks: noise of equal length leaves about the loss that pruning leaves."""
    table = CURVE.among(tables)
    pruned, noise = (_at(table, scope, HALF) for scope in (GLOBAL, NOISE))
    found = _ratio(noise, pruned)
    if found is None:
        return None
    ratio, (low, high) = found
    numbers = {
        "noise": f"{_middle(noise):.2g}",
        "smallest": f"{_middle(pruned):.2g}",
        "ratio": f"{ratio:.2g}",
        "interval": f"[{low:.2g}, {high:.2g}]",
    }
    if low > 1 / ALIKE and high < ALIKE:
        return Finding(True, numbers)
    return Finding(False, numbers) if low > ALIKE or high < 1 / ALIKE else None


def carried_by_half(tables: Tables, settings: CurveSettings) -> Outcome | None:
    """Which share of |w|^2 the smallest half of the weights carries, in the mean over networks."""
    table = CURVE.among(tables)
    if not _finished(table):
        return None
    smallest, random, energy = _at(table, GLOBAL, HALF), _at(table, RANDOM, HALF), _at(table, GLOBAL, HALF, "energy")
    if len(energy) < 3 or not np.isfinite([smallest, random, energy]).all():
        return None
    middle, (low, high) = mean(energy)
    half = FIRM * (high - low) / 2
    low, high = middle - half, middle + half
    numbers = {
        "share": f"{100 * middle:.2g}%",
        "interval": f"[{100 * low:.2g}%, {100 * high:.2g}%]",
        "smallest": f"{_middle(smallest):.2g}",
        "random": f"{_middle(random):.2g}",
        "networks": counted(len(energy), "network"),
    }
    if high < LITTLE:
        return Outcome(LIGHT, numbers)
    if low > MUCH:
        return Outcome(HEAVY, numbers)
    return Outcome(SOME, numbers) if low > LITTLE and high < MUCH else None


def _ratio(over: np.ndarray, under: np.ndarray) -> tuple[float, Interval] | None:
    """The geometric mean of the ratios of networks, and an interval wide enough to be said of either side."""
    if len(over) < 3 or not (np.isfinite(over) & np.isfinite(under) & (over > 0) & (under > 0)).all():
        return None
    middle, (low, high) = mean(np.log(over / under))
    half = FIRM * (high - low) / 2
    return math.exp(middle), (math.exp(middle - half), math.exp(middle + half))


def _middle(losses: np.ndarray) -> float:
    return float(np.exp(np.log(losses).mean()))


CHECKS: Mapping[str, Check] = {"stands-still-then-climbs": stands_still, "length-tells": length_tells}
OUTCOMES: Mapping[str, Decide] = {"carried-by-half": carried_by_half}
