"""What the tables of the panel `sharing` say, size of group by size of group. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.kinds import FIRST
from explorer.labs.region.sharing import BASE, EVERYBODY, HARDENED, NOBODY, SHARING, SharingSettings


@dataclass(frozen=True)
class Curve:
    """Over sizes of groups, rising: a mean over networks, with Student's interval."""

    group: np.ndarray
    value: np.ndarray
    low: np.ndarray
    high: np.ndarray


def of(rows: Columns, group: int) -> Columns:
    """The networks of one size."""
    return where(rows, rows["group"] == group)


def hardened(tables: Tables) -> Columns:
    """Networks that were trained on, with the seconds that an epoch took for them."""
    rows = HARDENED.among(tables)
    rows = where(rows, rows["group"] != NOBODY)
    pairs = zip(*(SHARING.among(tables)[name].tolist() for name in ("group", "seed", "seconds")), strict=True)
    seconds = {(group, seed): value for group, seed, value in pairs}
    keys = zip(rows["group"].tolist(), rows["seed"].tolist(), strict=True)
    return {**rows, "seconds": np.array([seconds.get(key, math.nan) for key in keys], np.float64)}


def before(tables: Tables) -> Columns:
    """Networks that no perturbation has trained; those that still learn where there are no others."""
    rows = HARDENED.among(tables)
    name = BASE if BASE in rows["model"] else FIRST
    return where(rows, rows["model"] == name)


def sizes(rows: Columns) -> list[int]:
    """Of groups that there are, rising, without universal AT."""
    return sorted({int(group) for group in rows["group"]} - {EVERYBODY, NOBODY})


def curve(rows: Columns, column: str) -> Curve:
    """Without universal AT, which has no size of group."""
    group = np.array(sizes(rows), np.int64)
    found = [over_networks(of(rows, int(each)), column) for each in group]
    value = np.array([each for each, _ in found], np.float64)
    ends = np.array([ends for _, ends in found], np.float64).reshape(-1, 2)
    return Curve(group, value, ends[:, 0], ends[:, 1])


def chosen(rows: Columns, settings: SharingSettings) -> int | None:
    """The size that is looked at: of those that there are, the nearest in the ratio; None where there is none."""
    there = sizes(rows)
    if settings.group == EVERYBODY and EVERYBODY in rows["group"]:
        return EVERYBODY
    if not there:
        return None
    wanted = settings.group or settings.batch
    return min(there, key=lambda size: abs(math.log(size / wanted)))


def furthest(value: np.ndarray) -> float:
    """The most by which a mean rises from a size to a larger one; at most 0 where it never does. NaN of one."""
    known = value[np.isfinite(value)]
    if len(known) < 2:
        return math.nan
    return float((known[1:] - np.minimum.accumulate(known)[:-1]).max())
