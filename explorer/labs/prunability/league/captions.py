"""What the captions of the panel `league` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

from explorer.figures.numbers import interval as written
from explorer.figures.numbers import signed
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.league import LEAGUE, PRUNABILITY, LeagueSettings
from explorer.labs.prunability.league.numbers import defined, differs, interval, ordered, row
from explorer.labs.prunability.measures import MEASURES, TARGETS
from explorer.labs.prunability.told import counted, percent
from explorer.measure.regression import FIRM, Interval, side

FLATNESS = "flatness_relative"  # what prunability is to be more than: noise in proportion to the weights
FORETELLS = 0.4  # tau with the target, of which the papers speak
ALIKE = 0.25  # between two tau: what hardly counts
WRONG = 0.4  # of the pairs: close to a coin
SHARE, FLAT, NEITHER = "the share they need", "how flat they are", "neither, clearly"


def known(settings: LeagueSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    target = TARGETS[settings.target].said
    return {**settings.values(), "said": settings.source.said, "against": target, "measures": len(MEASURES)}


def _whole(tables: Tables, settings: LeagueSettings) -> Columns | None:
    """The rows of the target looked at, the largest tau first, once all is compared."""
    rows = defined(ordered(LEAGUE.among(tables), settings.target))
    return rows if len(rows["tau"]) and bool(rows["whole"].all()) else None


def prunability_orders(tables: Tables, settings: LeagueSettings) -> Finding | None:
    """P rises with the target; or its tau is clearly below .4, and does not."""
    rows = _whole(tables, settings)
    at = None if rows is None else row(rows, PRUNABILITY)
    if rows is None or at is None or not _finite(own := interval(rows, at)):
        return None
    fixed = float(rows["tau_fixed_width"][at])
    numbers = {
        "tau": signed(float(rows["tau"][at])),
        "interval": written(own),
        "fixed": signed(fixed) if math.isfinite(fixed) else "unknown",
        "place": at + 1,
        "of": len(rows["tau"]),
    }
    if side(own, 0) > 0:
        return Finding(True, numbers)
    return Finding(False, numbers) if side(own, FORETELLS) < 0 else None


def first_is_wrong_somewhere(tables: Tables, settings: LeagueSettings) -> Finding | None:
    """The measure with the largest tau is hardly better than a coin in some environment."""
    rows = _whole(tables, settings)
    if rows is None or not math.isfinite(rows["worst"][0]):
        return None
    worst = float(rows["worst"][0])
    numbers = {
        "first": MEASURES[str(rows["measure"][0])].said,
        "worst": percent(worst),
        "average": percent(float(rows["average"][0])),
        "where": differs(str(rows["hardest"][0])),
    }
    return Finding(worst >= WRONG, numbers)


def share_or_flatness(tables: Tables, settings: LeagueSettings) -> Outcome | None:
    """Which tau is larger, by their difference on the same networks."""
    rows = _whole(tables, settings)
    places = (None, None) if rows is None else (row(rows, PRUNABILITY), row(rows, FLATNESS))
    own, other = places
    if rows is None or own is None or other is None or not _finite(less := interval(rows, other, "less")):
        return None
    numbers = {
        "share": signed(float(rows["tau"][own])),
        "flat": signed(float(rows["tau"][other])),
        "less": signed(float(rows["less"][other])),
        "interval": written(less),
        "networks": counted(int(rows["n"][other]), "network"),
    }
    found = side(less, 0)
    if found:
        return Outcome(SHARE if found > 0 else FLAT, numbers)
    middle, half = sum(less) / 2, FIRM * (less[1] - less[0]) / 2
    return Outcome(NEITHER, numbers) if abs(middle) + half < ALIKE else None


def _finite(found: Interval) -> bool:
    return all(map(math.isfinite, found))


CHECKS: Mapping[str, Check] = {
    "prunability-orders": prunability_orders,
    "first-is-wrong-somewhere": first_is_wrong_somewhere,
}
OUTCOMES: Mapping[str, Decide] = {"share-or-flatness": share_or_flatness}
