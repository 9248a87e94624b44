"""What the captions of the panel `instrument` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Tables
from explorer.labs.bayes.attack_numbers import accuracy, whole
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, MAP, SAID, nearest
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.instrument import InstrumentSettings
from explorer.labs.bayes.instrument.numbers import once, rows, twice
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import Interval, side
from explorer.theory.double_softmax import floor

LOW, HIGH = 0.4, 0.85  # what the honest reading falls below at the largest radius, and the other one does not
ROUNDING = 1e-6  # of a mean in float32
NEAR = 0.05  # a difference that is hardly one; the interval of one that is not there stays within three times that
MORE, SAME, LESS = "clearly more robust", "about as robust", "clearly less robust"


def known(settings: InstrumentSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "said": settings.source.said,
        "eps": f"{settings.eps:g}",
        "most": f"{settings.eps_max:g}",
        "name": SAID[settings.attack],
        "classes": CLASSES,
        "floor": f"{floor(CLASSES):.4f}",
    }


def floor_holds(tables: Tables, settings: InstrumentSettings) -> Finding | None:
    """Softmax taken twice reads no less than the floor, whoever is attacked, at every radius."""
    table = whole(ATTACK.among(tables))
    found = where(table, np.isfinite(table["double_softmax"]))["double_softmax"]
    if not len(found):
        return None
    least = float(found.min())
    return Finding(least >= floor(CLASSES) - ROUNDING, {"least": f"{least:.4f}", "rows": len(found)})


def twice_hides(tables: Tables, settings: InstrumentSettings) -> Finding | None:
    """At the largest radius the honest reading is 0.4 or less, the other one 0.85 or more."""
    table = whole(ATTACK.among(tables))
    honest, double = (each(table, AVERAGE, settings.attack) for each in (once, twice))
    if not len(honest.eps) or not honest.eps[-1] > 0:
        return None
    eps = float(honest.eps[-1])
    (low, _), (high, _) = honest.at(eps), double.at(eps)
    right = accuracy(rows(table, AVERAGE, settings.attack)).at(eps)[0]
    if not np.isfinite([low, high, right]).all():
        return None
    numbers = {"once": f"{low:.2f}", "twice": f"{high:.2f}", "right": percent(right), "at": f"{eps:g}"}
    return Finding(low <= LOW and high >= HIGH, numbers)


def lead_is_the_instrument(tables: Tables, settings: InstrumentSettings) -> Finding | None:
    """Of what the average has over MAP as the code read both, half or less is left once both are read alike."""
    table, attack = whole(ATTACK.among(tables)), settings.attack
    eps = nearest(table, settings.eps)
    found = [curve.at(eps) for curve in (twice(table, AVERAGE, attack), once(table, AVERAGE, attack))]
    beside = once(table, MAP, attack).at(eps)
    numbers_of = [number for value, ends in (*found, beside) for number in (value, *ends)]
    if not (eps > 0 and np.isfinite(numbers_of).all()) or not found[0][1][0] > beside[1][1]:
        return None  # nobody would have read a lead
    (double, (least, _)), (honest, (_, most)), (alone, _) = *found, beside
    before, after = double - alone, honest - alone
    numbers = {
        "twice": f"{double:.2f}",
        "once": f"{honest:.2f}",
        "map": f"{alone:.2f}",
        "before": f"{before:.2f}",
        "after": f"{after:.2f}".replace("-", "−"),
        "eps": f"{eps:g}",
    }
    return Finding(after <= before / 2 and most < least, numbers)


def average_beside_map_once(tables: Tables, settings: InstrumentSettings) -> Outcome | None:
    """On whose side the honest readings lie; the ends of either interval make that of the difference."""
    table, attack = whole(ATTACK.among(tables)), settings.attack
    eps = nearest(table, settings.eps)
    (average, (low, high)), (alone, (least, most)) = (once(table, model, attack).at(eps) for model in (AVERAGE, MAP))
    if not (eps > 0 and np.isfinite([average, low, high, alone, least, most]).all()):
        return None
    ends: Interval = (low - most, high - least)
    gap = average - alone
    double = twice(table, AVERAGE, attack).at(eps)[0]
    if not np.isfinite(double):
        return None
    numbers = {
        "average": f"{average:.2f}",
        "map": f"{alone:.2f}",
        "interval": f"[{ends[0]:+.2f}, {ends[1]:+.2f}]".replace("-", "−"),
        "twice": f"{double:.2f}",
        "seeds": len(np.unique(table["seed"])),
        "eps": f"{eps:g}",
    }
    if gap > NEAR and side(ends, 0) > 0:
        return Outcome(MORE, numbers)
    if gap < -NEAR and side(ends, 0) < 0:
        return Outcome(LESS, numbers)
    return Outcome(SAME, numbers) if abs(gap) <= NEAR and max(-ends[0], ends[1]) <= 3 * NEAR else None


CHECKS: Mapping[str, Check] = {
    "floor-holds": floor_holds,
    "twice-hides": twice_hides,
    "lead-is-the-instrument": lead_is_the_instrument,
}
OUTCOMES: Mapping[str, Decide] = {"average-beside-map-once": average_beside_map_once}
