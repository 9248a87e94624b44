"""What the captions of the panel `noise` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.fits import line
from explorer.labs.law.noise import NoiseSettings, figure

ALIKE = 1.3  # largest over smallest of constants that count as alike


def steeper_below_the_noise(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """Below the noise level every network gets steeper, in the mean more than without noise."""
    found, control = (figure.ratios(tables, sigma, settings.sigma**2) for sigma in (settings.sigma, 0.0))
    if not settings.sigma or not len(found) or not len(control):
        return None
    numbers = {"price": f"{found.mean():.2f}", "without": f"{control.mean():.2f}", "networks": len(found)}
    return Finding(bool(found.min() > 1 and found.mean() > control.mean()), numbers)


def alike_then_apart(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """At the noise level all widths are alike; when they fit, the narrowest is the steepest."""
    level = figure.at_level(tables, settings.sigma, settings.sigma**2)
    k, ends = figure.by_width(figure.fitted(tables, settings.sigma, settings.tolerance))
    if len(level) < 2 or len(k) < 2:
        return None
    numbers = {
        "at_level": f"{level.max() / level.min():.2f}",
        "narrow": k[0],
        "narrow_end": f"{ends[0]:.3g}",
        "wide": k[-1],
        "wide_end": f"{ends[-1]:.3g}",
    }
    alike = level.max() <= ALIKE * level.min()
    return Finding(bool(alike and ends.argmax() == 0 and ends[0] > ALIKE * ends[-1]), numbers)


def noiseless_are_alike(tables: Tables, settings: NoiseSettings) -> Finding | None:
    """Without noise wide networks end hardly flatter than narrow ones."""
    k, ends = figure.by_width(figure.fitted(tables, 0.0, settings.tolerance))
    if len(k) < 2:
        return None
    slope = line(np.log(k), np.log(ends)).slope
    numbers = {"narrow": k[0], "narrow_end": f"{ends[0]:.3g}", "wide": k[-1], "wide_end": f"{ends[-1]:.3g}"}
    return Finding(bool(slope > -0.1), numbers)


CHECKS: Mapping[str, Check] = {
    "steeper-below-the-noise": steeper_below_the_noise,
    "alike-then-apart": alike_then_apart,
    "noiseless-are-alike": noiseless_are_alike,
}
