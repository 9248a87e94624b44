"""What the captions of the panel `capacity` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down, up
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.capacity import CAPACITY, CapacitySettings
from explorer.labs.universal.capacity.numbers import Contrast, contrast, finished, means, steeper
from explorer.labs.universal.capacity.words import count, percent, points, span
from explorer.measure.regression import side

MORE = 0.01  # a difference of shares that counts as one
MUCH = 0.05  # and between what is fitted and what is fitted robustly


def known(settings: CapacitySettings) -> Mapping[str, object]:
    """What settings alone say, and the sizes that they ask for."""
    sizes = {"fewest": settings.params(settings.widths[0]), "most": settings.params(settings.widths[-1])}
    said = {"said": settings.source.said, "eps_max": f"{settings.eps_max:g}"}
    return {**settings.values(), **{name: count(size) for name, size in sizes.items()}, **said}


def robust_with_params(tables: Tables, settings: CapacitySettings) -> Outcome | None:
    """Whether the largest networks withstand more on unseen images than the smallest that fit."""
    both = contrast(CAPACITY.among(tables), "robust")
    if both is None:
        return None
    middle, (low, high) = both.difference
    if not np.isfinite(low):
        return None
    beside = side((low, high), 0)
    if beside and abs(middle) >= MORE:
        return Outcome("more robust" if beside > 0 else "less robust", _numbers(both))
    return Outcome("about as robust", _numbers(both)) if max(-low, high) <= 2 * MORE else None


def fitting_is_not_robust_fitting(tables: Tables, settings: CapacitySettings) -> Finding | None:
    """The fewest parameters that fit leave much of what they learned open to attack, the most parameters do not."""
    table = CAPACITY.among(tables)
    both, plain = contrast(table, "robust_fit"), contrast(table, "fit")
    if both is None or plain is None:
        return None
    _, ends = both.difference
    numbers = {**_numbers(both), "fit": percent(plain.before.mean())}
    if not np.isfinite(ends[0]):
        return None
    if side(ends, MUCH) > 0:
        return Finding(True, numbers)
    return Finding(False, numbers) if ends[1] < 2 * MUCH else None


def larger_is_flatter(tables: Tables, settings: CapacitySettings) -> Finding | None:
    """The mean constants of the fewest and of the most parameters, where brackets lie apart by more than chance."""
    table = finished(CAPACITY.among(tables))
    sizes, lower, _, _ = means(table, "lower")
    _, upper, _, _ = means(table, "upper")
    if len(sizes) < 2 or not np.isfinite([lower[0], upper[0], lower[-1], upper[-1]]).all():
        return None
    ends = {"fewest": count(sizes[0]), "most": count(sizes[-1])}
    told = steeper(table)
    if told < 0:
        return Finding(True, {**ends, "narrow": down(lower[0]), "wide": up(upper[-1])})
    return Finding(False, {**ends, "narrow": up(upper[0]), "wide": down(lower[-1])}) if told > 0 else None


def _numbers(both: Contrast) -> dict[str, object]:
    middle, ends = both.difference
    return {
        "small": count(both.small),
        "large": count(both.large),
        "before": percent(both.before.mean()),
        "after": percent(both.after.mean()),
        "difference": points(middle),
        "interval": span(ends).removeprefix("95% interval "),
        "seeds": len(both.before),
    }


CHECKS: Mapping[str, Check] = {
    "fitting-is-not-robust-fitting": fitting_is_not_robust_fitting,
    "larger-is-flatter": larger_is_flatter,
}

OUTCOMES: Mapping[str, Decide] = {
    "robust-with-params": robust_with_params,
}
