"""What the captions of the panel `noise` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down
from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.law.noise import NoiseSettings, figure
from explorer.labs.law.numbers import interval
from explorer.measure.regression import line, mean

ALIKE = 1.3  # largest over smallest of constants that count as alike
MORE = 1.1  # times as much counts as more
HARDLY = -0.1  # an exponent of k above it hardly falls


def steeper_below_the_noise(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """Below the noise level every network gets steeper, and clearly more than the same one does without noise."""
    if not settings.sigma:
        return None
    steeper, control = (figure.ratios(tables, sigma, settings.sigma**2) for sigma in (settings.sigma, 0.0))
    both = sorted(steeper.keys() & control.keys())
    middle, (low, high) = mean(np.log([steeper[net] / control[net] for net in both]))
    if not np.isfinite(low):
        return None
    found = np.array(list(steeper.values()))
    numbers = {
        "price": f"{found.mean():.2f}",
        "networks": len(found),
        "least": down(found.min()),
        "more": f"{np.exp(middle):.2f}",
        "interval": interval((float(np.exp(low)), float(np.exp(high)))),
        "both": len(both),
    }
    if found.min() <= 1 or high <= np.log(MORE):
        return Finding(False, numbers)
    return Finding(True, numbers) if low > 0 and middle >= np.log(MORE) else None


def alike_then_apart(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """At the noise level all widths are alike; when they fit, the narrowest is the steepest."""
    level = figure.at_level(tables, settings.sigma, settings.sigma**2)
    fitted = figure.fitted(tables, settings.sigma, settings.tolerance)
    k, ends = figure.by_width(fitted)
    widths = {curve.k for curve in figure.curves(tables, settings.sigma)}
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
    falls = line(np.log(fitted["k"]), np.log(fitted["lower"])).slope_interval[1] < 0  # not by chance
    return Finding(True, numbers) if falls else None


def noiseless_are_alike(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """Without noise wide networks end hardly flatter than narrow ones."""
    k, ends = figure.by_width(figure.fitted(tables, 0.0, settings.tolerance))
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
