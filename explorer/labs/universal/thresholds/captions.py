"""What the captions of the panel `thresholds` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, listed, signed
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.thresholds import BUILT, TRAINED, ThresholdsSettings
from explorer.labs.universal.thresholds.factors import ABOUT, factor, rows
from explorer.measure.regression import geometric_means, side

A_POINT = (0.5, 6.0)  # parameters a point between which the threshold of fitting counts as about n


def known(settings: ThresholdsSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "dimensions": listed(settings.ds), "widths_tried": len(settings.widths)}


def fit_near_n(tables: Tables, settings: ThresholdsSettings) -> Finding | None:
    """Trained networks begin to fit at about n parameters, in every dimension that was gone through."""
    table = rows(tables, TRAINED)
    a_point = table["params_fit"] / table["n"]
    if {*table["d"].tolist()} != {*settings.ds} or not np.isfinite(a_point).all():
        return None
    least, most = float(a_point.min()), float(a_point.max())
    numbers = {"least": f"{least:.2g}", "most": f"{most:.2g}"}
    return Finding(A_POINT[0] <= least and most <= A_POINT[1], numbers)


def built_like_d(tables: Tables, settings: ThresholdsSettings) -> Finding | None:
    """The factor of constructions grows with d, over the dimensions in which all data sets reached both thresholds."""
    found = factor(tables, BUILT)
    ends, whole = found.fit.slope_interval, np.isin(found.d, found.whole)
    if not np.isfinite(ends).all():
        return None
    d, value = geometric_means(found.d[whole], found.value[whole])
    numbers = {"low": f"{d[0]:.0f}", "high": f"{d[-1]:.0f}", "first": f"{value[0]:.3g}", "last": f"{value[-1]:.3g}"}
    if side(ends, 0) > 0:
        return Finding(True, numbers)
    return Finding(False, numbers) if ends[1] < ABOUT else None


def factor_with_d(tables: Tables, settings: ThresholdsSettings) -> Outcome | None:
    """How the factor of trained networks grows with d, if the interval of its exponent tells."""
    found = factor(tables, TRAINED)
    low, high = found.fit.slope_interval
    if not (np.isfinite(low) and np.isfinite(high)):
        return None
    d, value = geometric_means(found.d, found.value)
    numbers = {
        "slope": signed(found.fit.slope),
        "interval": interval((low, high)),
        "low": f"{d[0]:.0f}",
        "high": f"{d[-1]:.0f}",
        "first": f"{value[0]:.2g}",
        "last": f"{value[-1]:.2g}",
    }
    if low > 1 - ABOUT and high < 1 + ABOUT:
        return Outcome("grow like d", numbers)
    if low > -ABOUT and high < ABOUT:
        return Outcome("stay about the same", numbers)
    return Outcome("grow, but slower than d", numbers) if low > 0 and high < 1 else None


CHECKS: Mapping[str, Check] = {"fit-near-n": fit_near_n, "built-like-d": built_like_d}

OUTCOMES: Mapping[str, Decide] = {"factor-with-d": factor_with_d}
