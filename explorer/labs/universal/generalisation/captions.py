"""What the captions of the panel `generalisation` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, signed, up
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.generalisation import NETWORKS, SMOOTH, GeneralisationSettings
from explorer.labs.universal.generalisation.figure import middles
from explorer.labs.universal.generalisation.rates import draws
from explorer.measure.regression import mean, one_of, side

SAME = 0.2  # an exponent within this of 0 hardly counts


def known(settings: GeneralisationSettings) -> Mapping[str, object]:
    """Values, the dimensions at the ends, and how many parameters networks have there."""
    few, many = min(settings.ds), max(settings.ds)
    params = {"params_few": settings.k * (few + 2), "params_many": settings.k * (many + 2)}
    return settings.values() | params | {"d_few": few, "d_many": many}


def with_more_parameters(tables: Tables, settings: GeneralisationSettings) -> Outcome | None:
    """How the agreement of networks goes with d, and so with their parameters, at the same n."""
    found = draws(tables, NETWORKS, "d", settings.n)
    exponents = found.exponents()
    if not len(exponents) or not np.isfinite(exponents).all():
        return None
    exponent, ends = mean(exponents)
    if not np.isfinite(ends[0]):
        return None
    middle, *_ = middles(found)
    numbers = {
        "first": f"{middle[0]:.2g}",
        "last": f"{middle[-1]:.2g}",
        "exponent": signed(exponent),
        "interval": interval(ends),
        "draws": len(exponents),
        "massart": f"{found.massart[-1] / found.massart[0]:.2g}",
    }
    beside = side(ends, 0)
    if beside > 0 and exponent >= SAME:
        return Outcome("grow", numbers)
    if beside < 0 and exponent <= -SAME:
        return Outcome("fall", numbers)
    return Outcome("stay about the same", numbers) if max(-ends[0], ends[1]) <= SAME else None


def below_the_bound(tables: Tables, settings: GeneralisationSettings) -> Finding | None:
    """At every size the mean over draws of what is found is below what is proved, by more than chance.

    That it is above at one of them is said by intervals that hold for all sizes together.
    """
    told: list[np.ndarray] = []
    for along, fixed in (("n", settings.d), ("d", settings.n)):
        found = draws(tables, NETWORKS, along, fixed)
        for column, bound in zip(found.estimate.T, found.bound, strict=True):
            part = column[np.isfinite(column)]
            told += [part / bound] if len(part) and bound > 0 else []
    if not told:
        return None
    over = sum(side(mean(part, one_of(len(told)))[1], 1) > 0 for part in told)
    numbers = {"share": up(max(part.mean() for part in told), 2), "over": over, "sizes": len(told)}
    if over:
        return Finding(False, numbers)
    return Finding(True, numbers) if all(side(mean(part)[1], 1) < 0 for part in told) else None


def networks_fall_faster(tables: Tables, settings: GeneralisationSettings) -> Finding | None:
    """With n the agreement of networks falls faster than that of all smooth functions, draw by draw."""
    both = [draws(tables, name, "n", settings.d) for name in (NETWORKS, SMOOTH)]
    if not np.array_equal(both[0].seeds, both[1].seeds) or not np.array_equal(both[0].size, both[1].size):
        return None
    own, every = (each.exponents() for each in both)
    beside, ends = mean(own - every)
    if not np.isfinite(ends[0]):
        return None
    (middle, at), (middle_all, at_all) = (mean(each) for each in (own, every))
    numbers = {
        "own": signed(middle),
        "own_interval": interval(at),
        "every": signed(middle_all),
        "every_interval": interval(at_all),
        "draws": len(own),
    }
    if side(ends, 0) < 0 and beside <= -SAME:
        return Finding(True, numbers)
    return Finding(False, numbers) if ends[0] >= -SAME else None


CHECKS: Mapping[str, Check] = {
    "networks-below-the-bound": below_the_bound,
    "networks-fall-faster": networks_fall_faster,
}

OUTCOMES: Mapping[str, Decide] = {
    "with-more-parameters": with_more_parameters,
}
