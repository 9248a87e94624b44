"""What the captions of the panel `population` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

from explorer.figures.numbers import interval, signed
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.measures import POPULATION, fitting
from explorer.labs.prunability.population import PopulationSettings
from explorer.labs.prunability.population.numbers import Ranks, ranked
from explorer.labs.prunability.told import counted
from explorer.measure.rank import Tau, kendall
from explorer.measure.regression import FIRM, side

FEWEST = 20  # networks of which anything is said
FAINT = 0.4  # tau up to which there is no order to speak of
STRONG = 0.5  # tau from which two measures rank much alike
LARGER, NEITHER, SMALLER = "larger", "neither, clearly", "smaller"


def known(settings: PopulationSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


def _done(tables: Tables) -> Columns | None:
    """The table of a run in which all that fit are measured; None of too few."""
    table = POPULATION.among(tables)
    rows = fitting(table)
    return table if len(rows["net"]) >= FEWEST and rows["whole"].all() else None


def _clear(tau: Tau) -> bool:
    return math.isfinite(tau.tau) and all(map(math.isfinite, tau.interval))


def size_within_width(tables: Tables, settings: PopulationSettings) -> Finding | None:
    """More weights, more test loss: among networks of one width, and clearly less so among all."""
    table = _done(tables)
    if table is None:
        return None
    found = ranked(table, "params", "test_loss")
    if not (_clear(found.all) and _clear(found.width)) or found.widths < 2:
        return None
    numbers = _numbers(found)
    if found.width.tau <= max(found.all.tau, 0):
        return Finding(False, numbers)
    clear = side(found.width.interval, 0) > 0 and found.width.interval[0] > found.all.interval[1]
    return Finding(True, numbers) if clear else None


def random_is_flatness(tables: Tables, settings: PopulationSettings) -> Finding | None:
    """Random pruning and noise in proportion to the weights rank networks much alike."""
    table = _done(tables)
    if table is None:
        return None
    rows = fitting(table)
    tau = kendall(rows["prunability_random"], rows["flatness_relative"])
    if not _clear(tau) or not (way := side(tau.interval, STRONG)):
        return None
    numbers = {"tau": signed(tau.tau), "interval": interval(tau.interval), "networks": counted(tau.n, "network")}
    return Finding(way > 0, numbers)


def prunability_ranks(tables: Tables, settings: PopulationSettings) -> Outcome | None:
    """On which side of 0 the interval of tau of prunability with test loss lies, or that it reaches nowhere far."""
    table = _done(tables)
    if table is None:
        return None
    found = ranked(table, "prunability_magnitude", "test_loss")
    if not _clear(found.all):
        return None
    numbers = _numbers(found)
    if way := side(found.all.interval, 0):
        return Outcome(LARGER if way > 0 else SMALLER, numbers)
    low, high = found.all.interval
    middle, half = (low + high) / 2, FIRM * (high - low) / 2
    return Outcome(NEITHER, numbers) if middle - half > -FAINT and middle + half < FAINT else None


def _numbers(found: Ranks) -> Mapping[str, object]:
    return {
        "tau": signed(found.all.tau),
        "interval": interval(found.all.interval),
        "fixed": signed(found.width.tau) if math.isfinite(found.width.tau) else "unknown",
        "fixed_interval": interval(found.width.interval),
        "networks": counted(found.all.n, "network"),
    }


CHECKS: Mapping[str, Check] = {"size-within-width": size_within_width, "random-is-flatness": random_is_flatness}
OUTCOMES: Mapping[str, Decide] = {"prunability-ranks": prunability_ranks}
