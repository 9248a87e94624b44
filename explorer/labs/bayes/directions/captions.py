"""What the captions of the panel `directions` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_numbers import Curve, accuracy, difference, of, points, span, whole
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, MAP, ONE, nearest
from explorer.labs.bayes.directions import COLLAPSE, FULL, OFF, OTHER_HALF, DirectionsSettings
from explorer.labs.bayes.directions.words import apart
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import Interval, side

FAR = 0.3  # of the points, what the average keeps more than one sample
NEAR = 0.02  # a lead of the average over MAP that is hardly one
FRESH = 0.01  # what samples that nobody attacked may have less
ALIKE = 0.1  # an interval within it says about as many
TOGETHER = 0.03  # the most that posteriors may differ at one reach


def known(settings: DirectionsSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "padding": settings.padding, "eps": f"{settings.eps:g}"}


def one_falls(tables: Tables, settings: DirectionsSettings) -> Finding | None:
    """Off the data the average keeps 30 points more than one sample, their intervals apart."""
    found = _both(tables, settings, (ONE, OFF), (AVERAGE, OFF))
    if found is None:
        return None
    eps, (one, (_, most)), (average, (least, _)) = found
    numbers = {"one": percent(one), "average": percent(average), "eps": f"{eps:g}"}
    if average - one < FAR:
        return Finding(False, numbers)
    return Finding(True, numbers) if least > most else None


def map_keeps(tables: Tables, settings: DirectionsSettings) -> Finding | None:
    """The average has no lead over MAP off the data: two points at most, whatever the points that were drawn."""
    found = _gap(tables, settings)
    if found is None:
        return None
    more, (low, high), numbers = found
    if more <= NEAR:
        return Finding(True, numbers) if high <= ALIKE else None
    return Finding(False, numbers) if side((low, high), 0) > 0 else None


def fresh_samples(tables: Tables, settings: DirectionsSettings) -> Finding | None:
    """Samples whose gradients were not followed keep as many right as those whose were, or more."""
    found = _both(tables, settings, (AVERAGE, OFF), (OTHER_HALF, OFF))
    if found is None:
        return None
    eps, (average, _), (other, _) = found
    numbers = {"average": percent(average), "other": percent(other), "eps": f"{eps:g}"}
    return Finding(other >= average - FRESH, numbers)


def all_directions(tables: Tables, settings: DirectionsSettings) -> Finding | None:
    """Attacked in all directions the average keeps fewer than off the data alone, their intervals apart."""
    found = _both(tables, settings, (AVERAGE, FULL), (AVERAGE, OFF))
    if found is None:
        return None
    eps, (full, (_, most)), (off, (least, _)) = found
    numbers = {"full": percent(full), "off": percent(off), "eps": f"{eps:g}"}
    if off <= full:
        return Finding(False, numbers)
    return Finding(True, numbers) if least > most else None


def curves_collapse(tables: Tables, settings: DirectionsSettings) -> Finding | None:
    """At one s eps sqrt(dims) no two posteriors differ by more than three points, in accuracy and in confidence."""
    table = COLLAPSE.among(tables)
    if not np.isfinite([*table["accuracy"], *table["confidence"]]).all():
        return None
    found = apart(table)
    if found is None or found.count < 2:
        return None
    numbers = {
        "count": found.count,
        "confidence": f"{100 * found.confidence:.1f}",
        "accuracy": f"{100 * found.accuracy:.1f}",
    }
    return Finding(max(found.confidence, found.accuracy) <= TOGETHER, numbers)


def map_beside_average(tables: Tables, settings: DirectionsSettings) -> Outcome | None:
    """Whether MAP keeps more right off the data than the average, point by point."""
    found = _gap(tables, settings)
    if found is None:
        return None
    _, ends, numbers = found
    if where_it_lies := side(ends, 0):
        return Outcome("clearly fewer" if where_it_lies > 0 else "clearly more", numbers)
    return Outcome("about as many", numbers) if max(-ends[0], ends[1]) <= ALIKE else None


def _gap(tables: Tables, settings: DirectionsSettings) -> tuple[float, Interval, dict[str, object]] | None:
    """The accuracy of the average less that of MAP off the data, its interval, and the numbers."""
    table, eps = _table(tables, settings)
    rows = of(table, AVERAGE, OFF)
    more, ends = difference(rows).at(eps)
    values = [accuracy(of(table, model, OFF)).at(eps)[0] for model in (AVERAGE, MAP)]
    if not np.isfinite([more, *ends, *values]).all() or not eps > 0:
        return None
    numbers: dict[str, object] = {
        "average": percent(values[0]),
        "map": percent(values[1]),
        "points": points(-more),
        "interval": span((-ends[1], -ends[0])).removeprefix("95% interval "),
        "samples": int(rows["n_defend"].max()),
        "seeds": len(np.unique(rows["seed"])),
        "eps": f"{eps:g}",
    }
    return more, ends, numbers


def _both(
    tables: Tables, settings: DirectionsSettings, one: tuple[str, str], other: tuple[str, str]
) -> tuple[float, tuple[float, Interval], tuple[float, Interval]] | None:
    """The radius and two accuracies with their intervals; None where one is unknown, or nothing is moved."""
    table, eps = _table(tables, settings)
    curves: list[Curve] = [accuracy(of(table, *case)) for case in (one, other)]
    found = [curve.at(eps) for curve in curves]
    if not eps > 0 or not all(math.isfinite(number) for value, ends in found for number in (value, *ends)):
        return None
    return eps, found[0], found[1]


def _table(tables: Tables, settings: DirectionsSettings) -> tuple[Columns, float]:
    """The rows of fits that are done, and the radius next to the chosen one."""
    table = whole(ATTACK.among(tables))
    return table, nearest(table, settings.eps)


CHECKS: Mapping[str, Check] = {
    "one-falls": one_falls,
    "map-keeps": map_keeps,
    "fresh-samples": fresh_samples,
    "all-directions": all_directions,
    "curves-collapse": curves_collapse,
}
OUTCOMES: Mapping[str, Decide] = {"map-beside-average": map_beside_average}
