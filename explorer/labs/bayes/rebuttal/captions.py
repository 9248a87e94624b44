"""What the captions of the panel `rebuttal` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.attack_numbers import accuracy, difference, points, span, whole
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, FREE, MAP, nearest
from explorer.labs.bayes.rebuttal import RebuttalSettings
from explorer.labs.bayes.rebuttal.figure import KINDS, NEAR, rows
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import Interval, side

WEAK, STRONG, SHARP = KINDS


def known(settings: RebuttalSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "eps": f"{settings.eps:g}"}


def ahead_under_fgsm(tables: Tables, settings: RebuttalSettings) -> Finding | None:
    """Under FGSM more of the images stay right with the average than with MAP."""
    found = _gap(tables, settings, WEAK)
    if found is None:
        return None
    _, ends, numbers = found
    return Finding(side(ends, 0) > 0, numbers)


def lead_shrinks(tables: Tables, settings: RebuttalSettings) -> Finding | None:
    """Of the lead under FGSM at most half is left under PGD on the margin, and the intervals of both lie apart."""
    weak, sharp = (_gap(tables, settings, kind) for kind in (WEAK, SHARP))
    if weak is None or sharp is None or side(weak[1], 0) <= 0:
        return None
    numbers = {
        "before": weak[2]["points"],
        "after": sharp[2]["points"],
        "interval_before": weak[2]["interval"],
        "interval_after": sharp[2]["interval"],
        "eps": weak[2]["eps"],
    }
    return Finding(sharp[0] <= weak[0] / 2 and sharp[1][1] < weak[1][0], numbers)


def prior_protects(tables: Tables, settings: RebuttalSettings) -> Finding | None:
    """Under PGD more of the images stay right with MAP than with a network that has no prior."""
    table = whole(ATTACK.among(tables))
    eps = nearest(table, settings.eps)
    part = rows(table, FREE, STRONG)
    less, (low, high) = difference(part).at(eps)
    if not (eps > 0 and math.isfinite(less)):
        return None
    numbers = {
        "map": percent(accuracy(rows(table, MAP, STRONG)).at(eps)[0]),
        "free": percent(accuracy(part).at(eps)[0]),
        "points": points(-less),
        "interval": span((-high, -low)).removeprefix("95% interval "),
        "eps": f"{eps:g}",
    }
    return Finding(side((low, high), 0) < 0, numbers)


def average_beside_map(tables: Tables, settings: RebuttalSettings) -> Outcome | None:
    """On whose side the difference under PGD lies, if it is more than 6 points."""
    found = _gap(tables, settings, STRONG)
    if found is None:
        return None
    gap, ends, numbers = found
    if abs(gap) <= NEAR:
        return Outcome("about as many images", numbers) if max(-ends[0], ends[1]) <= 2 * NEAR else None
    beside = side(ends, 0)
    if not beside:
        return None
    return Outcome("clearly more images" if beside > 0 else "clearly fewer images", numbers)


def _gap(
    tables: Tables, settings: RebuttalSettings, kind: tuple[str, str]
) -> tuple[float, Interval, dict[str, object]] | None:
    """What the average has over MAP under an attack at the radius, its interval, and the numbers."""
    table = whole(ATTACK.among(tables))
    eps = nearest(table, settings.eps)
    part = rows(table, AVERAGE, kind)
    curve = difference(part)
    gap, ends = curve.at(eps)
    if not (eps > 0 and np.isfinite([gap, *ends]).all()):
        return None
    numbers = {
        "average": percent(accuracy(part).at(eps)[0]),
        "map": percent(accuracy(rows(table, MAP, kind)).at(eps)[0]),
        "points": points(gap),
        "interval": span(ends).removeprefix("95% interval "),
        "samples": int(part["n_defend"].max()),
        "seeds": curve.seeds,
        "eps": f"{eps:g}",
    }
    return gap, ends, numbers


CHECKS: Mapping[str, Check] = {
    "ahead-under-fgsm": ahead_under_fgsm,
    "lead-shrinks": lead_shrinks,
    "prior-protects": prior_protects,
}
OUTCOMES: Mapping[str, Decide] = {"average-beside-map": average_beside_map}
