"""What the captions of the panel `boundary` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.boundary import DISTANCE, NEW_V, OLD_V, BoundarySettings
from explorer.labs.region.boundary.numbers import new_by_old, of, over, ratios, times, times_span
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.kinds import EXTRA, STATIC
from explorer.labs.region.told import counted
from explorer.measure.regression import side

FEWEST = 3  # networks, of which an effect is said
CLEAR, ALIKE = math.log(1.05), math.log(1.15)  # what distances must differ by, and what hardly counts
FURTHER, SAME, NEARER = "further away", "about as far", "nearer"


def known(settings: BoundarySettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "steps": settings.steps, "used": settings.used}


def _whole(found: dict[int, float], settings: BoundarySettings) -> bool:
    return len(found) == settings.seeds >= FEWEST


def recedes(tables: Tables, settings: BoundarySettings) -> Finding | None:
    """After static RAT regions begin further along the old vectors than before, network by network."""
    table = DISTANCE.among(tables)
    old, control = ratios(table, STATIC, OLD_V), ratios(table, EXTRA, OLD_V)
    if not _whole(old, settings) or not _whole(control, settings):
        return None
    value, ends = over(old)
    found = side(ends, 0)
    numbers = {"times": times(value), "interval": times_span(ends), "control": times(over(control)[0])}
    return Finding(found > 0, numbers) if found else None


def less_along_new(tables: Tables, settings: BoundarySettings) -> Finding | None:
    """After static RAT regions begin nearer along new vectors than along the old ones."""
    table = DISTANCE.among(tables)
    both = new_by_old(table, STATIC)
    old, new = ratios(table, STATIC, OLD_V), ratios(table, STATIC, NEW_V)
    if not all(_whole(each, settings) for each in (both, old, new)):
        return None
    _, ends = over(both)
    found = side(ends, 0)
    numbers = {
        "new": times(over(new)[0]),
        "span": times_span(over(new)[1]),
        "old": times(over(old)[0]),
        "interval": times_span(ends),
    }
    return Finding(found < 0, numbers) if found else None


def along_new(tables: Tables, settings: BoundarySettings) -> Outcome | None:
    """Static RAT: how far along a new vector a region begins, beside how far along the old one."""
    table = DISTANCE.among(tables)
    both = new_by_old(table, STATIC)
    if not _whole(both, settings):
        return None
    value, ends = over(both)
    numbers = {
        "old": f"{over_networks(of(table, STATIC, OLD_V), 'median')[0]:.2f}",
        "new": f"{over_networks(of(table, STATIC, NEW_V), 'median')[0]:.2f}",
        "times": times(value),
        "interval": times_span(ends),
        "networks": counted(len(both), "network"),
    }
    if side(ends, CLEAR) > 0:
        return Outcome(FURTHER, numbers)
    if side(ends, -CLEAR) < 0:
        return Outcome(NEARER, numbers)
    return Outcome(SAME, numbers) if side(ends, ALIKE) < 0 < side(ends, -ALIKE) else None


CHECKS: Mapping[str, Check] = {"region-recedes": recedes, "less-along-new": less_along_new}
OUTCOMES: Mapping[str, Decide] = {"how-far-along-new": along_new}
