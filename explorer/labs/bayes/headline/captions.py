"""What the captions of the panel `headline` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.attack_numbers import Curve, accuracy, span, success, whole
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, MAP, ONE, RANDOM, SAID, nearest
from explorer.labs.bayes.headline import HeadlineSettings
from explorer.labs.bayes.headline.figure import rows
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import Interval, side

FEWER = 0.3  # of what was right, that many more flips against one sample are what the paper's effect would be
FAR, LITTLE = 0.2, 0.2  # a difference that is large, and an interval that still says there is hardly one


def known(settings: HeadlineSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "eps": f"{settings.eps:g}"}


def flips_fewer(tables: Tables, settings: HeadlineSettings) -> Finding | None:
    """Of what was right, the attack flips at least 30 points fewer against the average than against one sample."""
    found = _flips(tables, settings)
    if found is None:
        return None
    gap, ends, numbers = found
    if gap < FEWER:
        return Finding(False, numbers)
    return Finding(True, numbers) if side(ends, 0) > 0 else None


def gradient_is_left(tables: Tables, settings: HeadlineSettings) -> Finding | None:
    """Random signs flip less of the average than its gradient does, with all of their intervals."""
    if settings.attack == RANDOM:
        return None
    ends = _ends(tables, settings, ((AVERAGE, settings.attack), (AVERAGE, RANDOM)))
    if ends is None:
        return None
    (followed, (_, most)), (control, (least, _)) = ends
    numbers = {"followed": percent(followed), "random": percent(control), "eps": _radius(tables, settings)}
    return Finding(least > most, numbers)


def map_withstands(tables: Tables, settings: HeadlineSettings) -> Finding | None:
    """MAP, which is no average, stays right on more than one sample, with all of their intervals."""
    ends = _ends(tables, settings, ((ONE, settings.attack), (MAP, settings.attack)))
    if ends is None:
        return None
    (one, (_, most)), (mode, (least, _)) = ends
    return Finding(least > most, {"map": percent(mode), "one": percent(one), "eps": _radius(tables, settings)})


def average_beside_one(tables: Tables, settings: HeadlineSettings) -> Outcome | None:
    """Whether the attack flips fewer of the images that were right."""
    found = _flips(tables, settings)
    if found is None:
        return None
    _, ends, numbers = found
    if side(ends, FAR) > 0:
        return Outcome("far fewer", numbers)
    if side(ends, 0) < 0:
        return Outcome("more", numbers)
    return Outcome("about as many", numbers) if max(-ends[0], ends[1]) <= LITTLE else None


def _flips(tables: Tables, settings: HeadlineSettings) -> tuple[float, Interval, dict[str, object]] | None:
    """By how much the share that is flipped differs, its interval from both ends of either share, and the numbers."""
    table = whole(ATTACK.among(tables))
    eps = nearest(table, settings.eps)
    one, average = (rows(table, model, settings.attack) for model in (ONE, AVERAGE))
    gone = [success(part, eps) for part in (one, average)]
    if not eps > 0 or not np.isfinite(gone).all():
        return None
    (_, least_of_one), (_, least) = (_flipped(accuracy(part), eps) for part in (one, average))
    (low_one, high_one), (low, high) = least_of_one, least
    ends = low_one - high, high_one - low
    numbers = {
        "one": percent(gone[0]),
        "average": percent(gone[1]),
        "clean_one": percent(float(one["clean"].mean())),
        "clean_average": percent(float(average["clean"].mean())),
        "points": f"{100 * (gone[0] - gone[1]):.0f}",
        "interval": span(ends).removeprefix("95% interval "),
        "samples": int(average["n_defend"].max()),
        "seeds": len(np.unique(average["seed"])),
        "eps": f"{eps:g}",
        "attack": SAID[settings.attack],
    }
    return gone[0] - gone[1], ends, numbers


def _flipped(curve: Curve, eps: float) -> tuple[float, Interval]:
    """The share that was flipped of what was right, and its interval."""
    value, (low, high) = curve.at(eps)
    return 1 - value / curve.clean, (1 - high / curve.clean, 1 - low / curve.clean)


def _ends(
    tables: Tables, settings: HeadlineSettings, cases: tuple[tuple[str, str], ...]
) -> list[tuple[float, Interval]] | None:
    """Accuracies at the radius with their intervals; None where one is unknown, or no pixel changes."""
    table = whole(ATTACK.among(tables))
    eps = nearest(table, settings.eps)
    found = [accuracy(rows(table, *case)).at(eps) for case in cases]
    known = all(math.isfinite(number) for value, ends in found for number in (value, *ends))
    return found if known and eps > 0 else None


def _radius(tables: Tables, settings: HeadlineSettings) -> str:
    return f"{nearest(whole(ATTACK.among(tables)), settings.eps):g}"


CHECKS: Mapping[str, Check] = {
    "flips-fewer": flips_fewer,
    "gradient-is-left": gradient_is_left,
    "map-withstands": map_withstands,
}
OUTCOMES: Mapping[str, Decide] = {"average-beside-one": average_beside_one}
