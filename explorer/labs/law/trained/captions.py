"""What the captions of the panel `trained` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.trained import TrainedSettings
from explorer.labs.law.trained.figure import HALF, Trained
from explorer.measure.regression import side

NEAR = 0.15  # from an exponent still counts as that exponent


def line_with_intercept(tables: Tables, settings: TrainedSettings) -> Finding | None:
    """The line A + B sqrt(n/k) through trained networks rises from an intercept above zero; another may fit as well."""
    fit = Trained.of(tables, settings.n, settings.d).affine
    low, high = fit.slope_interval
    if not np.isfinite(low) or low <= 0 <= high:  # whether it rises at all is not known
        return None
    numbers = {
        "line": f"{fit.intercept:.3g} {'+' if fit.slope >= 0 else '−'} {abs(fit.slope):.3g} √(n/k)",
        "slope": interval(fit.slope_interval),
        "intercept": interval(fit.intercept_interval),
        "widths": fit.n,
    }
    return Finding(low > 0 and fit.intercept_interval[0] > 0, numbers)


def no_power_half(tables: Tables, settings: TrainedSettings) -> Finding | None:
    """On logarithmic axes the slope in k is not -1/2."""
    fit = Trained.of(tables, settings.n, settings.d).power
    if not np.isfinite(fit.slope_interval[0]):
        return None
    low, high = -fit.slope_interval[1], -fit.slope_interval[0]
    numbers = {"slope": signed(-fit.slope), "interval": interval((low, high))}
    if low <= -HALF <= high:
        return Finding(False, numbers)
    return Finding(True, numbers) if side((low, high), -HALF) else None


def slope_in_k(tables: Tables, settings: TrainedSettings) -> Outcome | None:
    """Whether what is found falls with k like 1/sqrt(k), faster or more slowly."""
    fit = Trained.of(tables, settings.n, settings.d).power
    low, high = -fit.slope_interval[1], -fit.slope_interval[0]
    if not np.isfinite([low, high]).all():
        return None
    numbers = {"slope": signed(-fit.slope), "interval": interval((low, high)), "widths": fit.n}
    if beside := side((low, high), -HALF):
        return Outcome("more slowly, or not at all" if beside > 0 else "faster", numbers)
    return Outcome("just like 1/√k", numbers) if max(abs(low + HALF), abs(high + HALF)) <= NEAR else None


CHECKS: Mapping[str, Check] = {
    "line-with-intercept": line_with_intercept,
    "no-power-half": no_power_half,
}

OUTCOMES: Mapping[str, Decide] = {
    "slope-in-k": slope_in_k,
}
