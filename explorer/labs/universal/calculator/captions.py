"""What the captions of the panel `calculator` say of a run, checked on its tables."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.calculator import CALCULATOR, CONDITIONS, ENOUGH, LAW, OWN, CalculatorSettings
from explorer.labs.universal.calculator.figure import VACUOUS, count, named, ranges
from explorer.measure.regression import line

TINY = 0.01  # a bound below it is far from anything
HALF = (-0.56, -0.44)  # the exponent of the shape, give or take what logarithms do
FEW = 5.0  # times as many are more than a few


def known(settings: CalculatorSettings) -> Mapping[str, object]:
    """The values, with counts as a person writes them and the parameters that there are."""
    sizes = {"n": settings.n, "d": settings.d, "params": settings.size}
    return {**settings.values(), **{name: count(value) for name, value in sizes.items()}}


def says_less_than_two_points(tables: Tables, settings: CalculatorSettings) -> Finding | None:
    """With all constants the bound is below what two points force."""
    bounds = _own(tables)
    if bounds is None:
        return None
    exact, shape = bounds
    numbers = {"exact": f"{exact:.2g}", "shape": f"{shape:.3g}", "times": count(shape / exact)}
    return Finding(exact < VACUOUS, numbers)


def asks_for_more_points(tables: Tables, settings: CalculatorSettings) -> Finding | None:
    """The condition on the number of points fails."""
    told = named(CONDITIONS.among(tables), ENOUGH)
    if not len(told["holds"]) or not np.isfinite([told["value"][0], told["least"][0]]).all():
        return None
    numbers = {"given": count(told["value"][0]), "needed": count(math.ceil(told["least"][0]))}
    return Finding(bool(told["value"][0] < told["least"][0]), numbers)


def asks_for_no_more(tables: Tables, settings: CalculatorSettings) -> Finding | None:
    """The condition on the number of points holds."""
    found = asks_for_more_points(tables, settings)
    return None if found is None else Finding(not found.holds, found.numbers)


def falls_like_the_shape(tables: Tables, settings: CalculatorSettings) -> Finding | None:
    """On log axes the bound falls with params as its shape does, nearly."""
    law = named(CALCULATOR.among(tables), LAW)
    there = np.isfinite(law["bound_exact"]) & (law["bound_exact"] > 0)
    if there.sum() < 3:
        return None
    slope = line(np.log(law["params"][there]), np.log(law["bound_exact"][there])).slope
    return Finding(bool(HALF[0] <= slope <= HALF[1]), {"slope": f"{slope:.2f}".replace("-", "−")})


def size_of_the_bound(tables: Tables, settings: CalculatorSettings) -> Outcome | None:
    """How large the bound is with all its constants."""
    bounds = _own(tables)
    if bounds is None:
        return None
    exact, shape = bounds
    answer = "less than 0.01" if exact < TINY else "0.01 to 1" if exact < VACUOUS else "1 or more"
    return Outcome(answer, {"exact": f"{exact:.2g}", "shape": f"{shape:.3g}", "times": count(shape / exact)})


def count_beside_networks(tables: Tables, settings: CalculatorSettings) -> Outcome | None:
    """The least that the law counts for ImageNet over the most parameters of a robust network there."""
    found = ranges(CALCULATOR.among(tables))
    if not found.keys() >= {("ImageNet", "law"), ("ImageNet", "networks")}:
        return None
    (least, _), (_, most) = found["ImageNet", "law"], found["ImageNet", "networks"]
    if not least > 0 < most:
        return None
    times = least / most
    answer = "fewer" if times < 1 else "up to 5 times as many" if times <= FEW else "more than 5 times as many"
    return Outcome(answer, {"least": count(least), "most": count(most), "times": f"{times:.3g}"})


def _own(tables: Tables) -> tuple[float, float] | None:
    """The bound and the shape at the network's own parameters."""
    own = named(CALCULATOR.among(tables), OWN)
    if not len(own["params"]) or not np.isfinite([own["bound_exact"][0], own["bound_shape"][0]]).all():
        return None
    exact, shape = float(own["bound_exact"][0]), float(own["bound_shape"][0])
    return (exact, shape) if exact > 0 < shape else None


CHECKS: Mapping[str, Check] = {
    "says-less-than-two-points": says_less_than_two_points,
    "asks-for-more-points": asks_for_more_points,
    "asks-for-no-more": asks_for_no_more,
    "falls-like-the-shape": falls_like_the_shape,
}

OUTCOMES: Mapping[str, Decide] = {
    "size-of-the-bound": size_of_the_bound,
    "count-beside-networks": count_beside_networks,
}
