"""What the captions of the panel `noise` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down, interval
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.noise import NoiseSettings
from explorer.labs.noise_curves import Price, at_level, by_width, curves, fitted, price
from explorer.measure.regression import line, side

ALIKE = 1.3  # largest over smallest of constants that count as alike
MORE = 1.1  # times as much counts as more
HARDLY = -0.1  # an exponent of k above it hardly falls


def steeper_below_the_noise(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """Below the noise level every network gets steeper, and clearly more than the same one does without noise."""
    priced = _price(tables, settings)
    if priced is None:
        return None
    paid, numbers = priced
    if paid.found.min() <= 1 or paid.log_interval[1] <= np.log(MORE):
        return Finding(False, numbers)
    came = beside_no_noise(tables, settings)
    return Finding(True, numbers) if came and came.answer == "more than without noise" else None


def beside_no_noise(tables: Tables, settings: NoiseSettings) -> Outcome | None:
    """Whether networks get steeper below the noise level by more than the same ones do without noise."""
    priced = _price(tables, settings)
    if priced is None:
        return None
    paid, numbers = priced
    middle, (low, high) = paid.log_more, paid.log_interval
    beside = side((low, high), 0)
    if beside > 0 and middle >= np.log(MORE):
        return Outcome("more than without noise", numbers)
    if beside < 0 and middle <= -np.log(MORE):
        return Outcome("less than without noise", numbers)
    return Outcome("about as much", numbers) if max(-low, high) <= np.log(MORE) else None


def _price(tables: Tables, settings: NoiseSettings) -> tuple[Price, dict[str, object]] | None:
    """How many times as steep networks get, beside the same without noise; how it is told."""
    priced = price(tables, settings.sigma)
    if priced is None:
        return None
    return priced, {
        "price": f"{priced.found.mean():.2f}",
        "networks": len(priced.found),
        "least": down(priced.found.min()),
        "more": f"{priced.more:.2f}",
        "interval": interval(priced.interval),
        "both": priced.both,
    }


def alike_then_apart(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """At the noise level all widths are alike; when they fit, the narrowest is the steepest."""
    level = at_level(tables, settings.sigma, settings.sigma**2)
    last = fitted(tables, settings.sigma, settings.tolerance)
    k, ends = by_width(last)
    widths = {curve.k for curve in curves(tables, settings.sigma)}
    if not len(level) == len(k) == len(widths) > 1:  # "all widths" are all
        return None
    numbers = {
        "at_level": f"{level.max() / level.min():.2f}",
        "narrow": k[0],
        "narrow_end": f"{ends[0]:.3g}",
        "wide": k[-1],
        "wide_end": f"{ends[-1]:.3g}",
    }
    if level.max() > ALIKE * level.min() or ends.argmax() > 0 or ends[0] <= ALIKE * ends[-1]:
        return Finding(False, numbers)
    falls = line(np.log(last["k"]), np.log(last["lower"])).slope_interval[1] < 0  # not by chance
    return Finding(True, numbers) if falls else None


def noiseless_are_alike(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """Without noise wide networks end hardly flatter than narrow ones."""
    k, ends = by_width(fitted(tables, 0.0, settings.tolerance))
    if len(k) < 2:
        return None
    slope = line(np.log(k), np.log(ends)).slope
    numbers = {"narrow": k[0], "narrow_end": f"{ends[0]:.3g}", "wide": k[-1], "wide_end": f"{ends[-1]:.3g}"}
    return Finding(bool(slope > HARDLY), numbers)


CHECKS: Mapping[str, Check] = {
    "steeper-below-the-noise": steeper_below_the_noise,
    "alike-then-apart": alike_then_apart,
    "noiseless-are-alike": noiseless_are_alike,
}

OUTCOMES: Mapping[str, Decide] = {
    "beside-no-noise": beside_no_noise,
}
