"""What the captions of the panel `noise` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.noise_curves import curves, price
from explorer.labs.universal.noise import NoiseSettings
from explorer.labs.universal.noise.partings import power
from explorer.measure.regression import side

MORE = 1.1  # times as much counts as more
SAME = 0.25  # an exponent of sigma^2 within this of 0 hardly counts
FLAT = 1.5  # times as steep at the end counts as flat still


def with_less_noise(tables: Tables, settings: NoiseSettings) -> Outcome | None:
    """Whether networks with less noise part from their twins at a smaller error."""
    told = power(tables, settings.levels[1:])
    if told is None:
        return None
    numbers = {
        "exponent": f"{told.exponent:.2f}",
        "interval": interval(told.interval),
        "networks": told.networks,
        "least": f"{told.sigmas[0] ** 2:.2g}",
        "least_error": f"{told.errors[0]:.2g}",
        "most": f"{told.sigmas[-1] ** 2:.2g}",
        "most_error": f"{told.errors[-1]:.2g}",
    }
    beside = side(told.interval, 0)
    if beside > 0 and told.exponent >= SAME:
        return Outcome("smaller", numbers)
    if beside < 0 and told.exponent <= -SAME:
        return Outcome("larger", numbers)
    return Outcome("about the same", numbers) if max(-told.interval[0], told.interval[1]) <= SAME else None


def every_noise_costs(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """At every noise networks rise below its level by more than they do between the same errors without it."""
    found = {sigma: price(tables, sigma) for sigma in settings.levels[1:]}
    known = {sigma: paid for sigma, paid in found.items() if paid is not None}
    if len(known) < len(found):
        return None
    less = min(known, key=lambda sigma: known[sigma].more)
    numbers = {
        "sigma": f"{less:.2g}",
        "more": f"{known[less].more:.2f}",
        "interval": interval(known[less].interval),
        "both": known[less].both,
    }
    if known[less].log_interval[1] <= np.log(MORE):
        return Finding(False, numbers)
    sure = all(side(paid.log_interval, 0) > 0 and paid.more >= MORE for paid in known.values())
    return Finding(True, numbers) if sure else None


def flat_without_noise(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """Below the least noise level the curves without noise hardly rise any more."""
    level = np.array([min(settings.levels[1:]) ** 2])
    ways = [curve for curve in curves(tables, 0.0) if len(curve.mse) and curve.mse[-1] <= settings.tolerance]
    rise = np.array([curve.lower[-1] / curve.at(level)[0] for curve in ways])
    if not len(rise) or not np.isfinite(rise).all():
        return None
    numbers = {"level": f"{level[0]:.2g}", "rise": f"{rise.max():.2f}", "networks": len(rise)}
    return Finding(bool(rise.max() <= FLAT), numbers)


CHECKS: Mapping[str, Check] = {
    "every-noise-costs": every_noise_costs,
    "flat-without-noise": flat_without_noise,
}

OUTCOMES: Mapping[str, Decide] = {
    "with-less-noise": with_less_noise,
}
