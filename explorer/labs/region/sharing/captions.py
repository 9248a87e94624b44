"""What the captions of the panel `sharing` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.defence.numbers import by_seed, less, over_networks
from explorer.labs.region.sharing import EVERYBODY, SharingSettings
from explorer.labs.region.sharing.numbers import hardened, of
from explorer.labs.region.told import counted, percent, span
from explorer.measure.regression import Interval, side

FEWEST = 3  # networks, of which an effect is said
CLEAR, ALIKE = 0.05, 0.1  # of the images: what the two must differ by, and what hardly counts
FEWER, SAME, MORE = "fewer", "about as many", "more"


def known(settings: SharingSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "said": settings.source.said,
        "steps": settings.steps,
        "batch": settings.batch,
    }


def _both(tables: Tables, settings: SharingSettings, one: int, two: int, column: str) -> tuple[Columns, Columns] | None:
    """Two sizes of groups, of all networks; None before they are there."""
    found = hardened(tables)
    rows = of(found, one), of(found, two)
    whole = all(len(by_seed(each, column)) == settings.seeds >= FEWEST for each in rows)
    return rows if whole and one != two else None


def _numbers(one: Columns, two: Columns, column: str, ends: Interval) -> dict[str, object]:
    return {
        "one": percent(over_networks(one, column)[0]),
        "two": percent(over_networks(two, column)[0]),
        "interval": span(ends),
    }


def _apart(tables: Tables, settings: SharingSettings, one: int, two: int, column: str) -> Finding | None:
    """Whether a column is larger at the first size than at the second, network by network."""
    rows = _both(tables, settings, one, two, column)
    if rows is None:
        return None
    _, ends, both = less(rows[0], column, rows[1], column)
    found = side(ends, 0)
    return Finding(found > 0, _numbers(*rows, column, ends)) if both >= FEWEST and found else None


def one_for_all(tables: Tables, settings: SharingSettings) -> Finding | None:
    """One v for all turns more where the whole minibatch shared a perturbation than with one each."""
    return _apart(tables, settings, settings.cuts[-1], settings.cuts[0], "universal")


def anew_helps(tables: Tables, settings: SharingSettings) -> Finding | None:
    """More are right under PGD where every minibatch has one found for it than where one is moved along."""
    return _apart(tables, settings, settings.cuts[-1], EVERYBODY, "pgd")


def shared_under_pgd(tables: Tables, settings: SharingSettings) -> Outcome | None:
    """What is right under PGD where the whole minibatch shared, less what is with one perturbation each."""
    rows = _both(tables, settings, settings.cuts[-1], settings.cuts[0], "pgd")
    if rows is None:
        return None
    _, ends, both = less(rows[0], "pgd", rows[1], "pgd")
    if both < FEWEST:
        return None
    numbers = {**_numbers(*rows, "pgd", ends), "networks": counted(both, "network")}
    if side(ends, CLEAR) > 0:
        return Outcome(MORE, numbers)
    if side(ends, -CLEAR) < 0:
        return Outcome(FEWER, numbers)
    return Outcome(SAME, numbers) if side(ends, ALIKE) < 0 < side(ends, -ALIKE) else None


CHECKS: Mapping[str, Check] = {"one-for-all": one_for_all, "anew-helps": anew_helps}
OUTCOMES: Mapping[str, Decide] = {"shared-under-pgd": shared_under_pgd}
