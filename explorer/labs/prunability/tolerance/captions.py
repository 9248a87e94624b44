"""What the captions of the panel `tolerance` say of a run, checked on its table, and what its question asks."""

import math
from collections.abc import Mapping

from explorer.figures.numbers import interval as written
from explorer.figures.numbers import signed
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.measures import TARGETS
from explorer.labs.prunability.told import counted, percent
from explorer.labs.prunability.tolerance import ABSOLUTE, RANDOM, RELATIVE, SMALLEST, TOLERANCE, ToleranceSettings
from explorer.labs.prunability.tolerance.numbers import at, sweep
from explorer.measure.regression import FIRM, side

SMALL, LARGE = 0.001, 1.0  # tolerances, in nats or of the loss
MOSTLY, SELDOM = 0.5, 0.2  # of the pairs: what ties tell apart
ALIKE = 0.25  # of tau: what hardly counts
RISE, FALL, STAY = "rise", "fall", "stay about the same"


def known(settings: ToleranceSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "against": TARGETS[settings.target].said}


def _row(tables: Tables, settings: ToleranceSettings, way: str, rule: str, beta: float) -> dict[str, float] | None:
    """The numbers of one tolerance, once all is swept."""
    rows: Columns = sweep(TOLERANCE.among(tables), settings, way, rule)
    place = at(rows, beta)
    if place is None or not bool(rows["whole"].all()):
        return None
    names = ("n", "tau", "ties", "gain", "gain_low", "gain_high")
    return {name: float(rows[name][place]) for name in names}


def random_ties(tables: Tables, settings: ToleranceSettings) -> Finding | None:
    """With a thousandth of the loss most pairs tie at random, few with the smallest weights first."""
    found = [_row(tables, settings, way, RELATIVE, SMALL) for way in (SMALLEST, RANDOM)]
    if found[0] is None or found[1] is None or found[0]["n"] < 2:
        return None
    smallest, random = (each["ties"] for each in found if each)
    if not (math.isfinite(smallest) and math.isfinite(random)):
        return None
    numbers = {"smallest": percent(smallest), "random": percent(random)}
    return Finding(random >= MOSTLY and smallest <= SELDOM, numbers)


def with_tolerance(tables: Tables, settings: ToleranceSettings) -> Outcome | None:
    """tau of magnitude prunability at a tolerance of 1 nat, less that at a thousandth, on the same networks."""
    few, many = (_row(tables, settings, SMALLEST, ABSOLUTE, beta) for beta in (SMALL, LARGE))
    if few is None or many is None:
        return None
    gain = many["gain_low"], many["gain_high"]
    if not all(map(math.isfinite, (*gain, few["tau"], many["tau"]))):
        return None
    numbers = {
        "few": signed(few["tau"]),
        "many": signed(many["tau"]),
        "gain": signed(many["gain"]),
        "interval": written(gain),
        "networks": counted(int(many["n"]), "network"),
    }
    if found := side(gain, 0):
        return Outcome(RISE if found > 0 else FALL, numbers)
    middle, half = sum(gain) / 2, FIRM * (gain[1] - gain[0]) / 2
    return Outcome(STAY, numbers) if abs(middle) + half < ALIKE else None


CHECKS: Mapping[str, Check] = {"random-ties": random_ties}
OUTCOMES: Mapping[str, Decide] = {"with-tolerance": with_tolerance}
