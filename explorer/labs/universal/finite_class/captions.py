"""What the captions of the panel `finite-class` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.finite_class import FiniteClassSettings, figure
from explorer.measure.regression import mean, side

NEAR = 0.6, 1.1  # times the bound for the mean
#: Answers by the power of d that the best correlation follows; each stands for what is within a quarter of it.
POWERS = {"just as much": 0.0, "half as much": -0.5, "a quarter as much": -1.0}
APART = 0.25


def known(settings: FiniteClassSettings) -> Mapping[str, object]:
    """What the settings alone say: their values, many functions with a comma between thousands."""
    return {**settings.values(), "N": f"{settings.N:,}", "lip": f"{settings.lip:g}"}


def near_the_smooth_bound(tables: Tables, settings: FiniteClassSettings) -> Finding | None:
    """The best correlation of the whole class, in the mean over seeds, is neither far below the bound nor above it."""
    here = figure.rows(tables, n=settings.n, d=settings.d, N=settings.N, L=settings.lip)
    if not len(here["value"]):
        return None
    (value, interval), theory = mean(here["value"]), float(here["theory"][0])
    if not np.isfinite(interval[0]):
        return None
    numbers = {"value": f"{value:.3g}", "bound": f"{theory:.3g}", "ratio": f"{value / theory:.2f}"}
    numbers |= {"massart": f"{here['massart'][0]:.3g}", "count": str(len(here["value"]))}
    least, most = (side(interval, share * theory) for share in NEAR)
    if least < 0 or most > 0:
        return Finding(False, numbers)
    return Finding(True, numbers) if least > 0 > most else None


def size_alone_beyond_root_d(tables: Tables, settings: FiniteClassSettings) -> Finding | None:
    """Of functions steeper than sqrt(d) the best stays below Massart's bound, then the smaller, if that is told."""
    table = figure.rows(tables, n=settings.n, d=settings.d, N=settings.N)
    if not len(table["L"]) or not table["L"].max() > np.sqrt(settings.d):
        return None
    here = table["L"] == table["L"].max()
    massart, values = float(table["massart"][here][0]), table["value"][here]
    _, interval = mean(values)
    if not np.isfinite(interval[0]):
        return None
    numbers = {
        "steep": f"{table['L'].max():.3g}",
        "root": f"{np.sqrt(settings.d):.3g}",
        "value": f"{values.mean():.2g}",
        "massart": f"{massart:.2g}",
        "smooth": f"{table['theory'][here][0]:.2g}",
    }
    beside = side(interval, massart)
    return Finding(beside < 0, numbers) if beside else None


def with_four_times_d(tables: Tables, settings: FiniteClassSettings) -> Outcome | None:
    """What becomes of the best correlation in four times as many dimensions, by the power of d that it follows."""
    middle, interval, seeds = figure.slope(tables, settings, "d")
    if not np.isfinite(interval[0]):
        return None
    numbers = {
        "power": f"{middle:.2f}".replace("-", "−"),
        "factor": f"{4**middle:.2f}",
        "low": f"{4 ** interval[0]:.2f}",
        "high": f"{4 ** interval[1]:.2f}",
        "count": seeds,
    }
    for answer, power in POWERS.items():
        if side(interval, power - APART) > 0 > side(interval, power + APART):
            return Outcome(answer, numbers)
    return None


CHECKS: Mapping[str, Check] = {
    "near-the-smooth-bound": near_the_smooth_bound,
    "size-alone-beyond-root-d": size_alone_beyond_root_d,
}
OUTCOMES: Mapping[str, Decide] = {"with-four-times-d": with_four_times_d}
