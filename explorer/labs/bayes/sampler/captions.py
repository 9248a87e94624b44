"""What the captions of the panel `sampler` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

from explorer.figures.numbers import interval
from explorer.frames import Tables
from explorer.labs.bayes.sampler import FAMILIES, SamplerSettings
from explorer.labs.bayes.sampler.numbers import agreement, orders
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.convergence import RHAT_MOST
from explorer.measure.regression import FIRM, side

THIRD = 2.7, 3.3  # slopes that count as third order
ALIKE = 0.3  # difference of slopes below which two are as fast
AIMED = 0.6, 0.95  # acceptance


def known(settings: SamplerSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "activation": FAMILIES[settings.family],
        "params": settings.params,
        "draws": -(-settings.samples // settings.chains),
    }


def chains_agree(tables: Tables, settings: SamplerSettings) -> Finding | None:
    """R-hat of four functions is small; how many trajectories diverged is told, and decides nothing."""
    found = agreement(tables)
    if found is None or found.chains < 2 or not (math.isfinite(found.worst) and math.isfinite(found.ess)):
        return None
    numbers = {"rhat": f"{found.worst:.3f}", "ess": f"{found.ess:.0f}", "divergences": found.divergences}
    return Finding(found.worst <= RHAT_MOST, numbers)


def third_order(tables: Tables, settings: SamplerSettings) -> Finding | None:
    """The error of tanh goes like the third power of the step."""
    found = orders(tables)
    if found is None:
        return None
    slope, ends = found.tanh
    low, high = (side(ends, value) for value in THIRD)
    numbers = {"slope": f"{slope:.2f}", "interval": interval(ends)}
    if low > 0 > high:
        return Finding(True, numbers)
    return Finding(False, numbers) if low < 0 or high > 0 else None


def accepted(tables: Tables, settings: SamplerSettings) -> Finding | None:
    """The step size that the warm-up has found leads to the acceptance that it was to find."""
    found = agreement(tables)
    if found is None or settings.step_size > 0 or not math.isfinite(found.accept):
        return None
    numbers = {"accept": f"{100 * found.accept:.0f}", "step": f"{found.step:.2g}"}
    return Finding(AIMED[0] <= found.accept <= AIMED[1], numbers)


def with_half_the_step(tables: Tables, settings: SamplerSettings) -> Outcome | None:
    """Whether ReLU's error falls like that of tanh."""
    found = orders(tables)
    if found is None:
        return None
    middle, ends = found.difference
    half = FIRM * (ends[1] - ends[0]) / 2
    numbers = {
        "tanh": f"{2 ** found.tanh[0]:.1f}",
        "relu": f"{2 ** found.relu[0]:.1f}",
        "tanh_slope": f"{found.tanh[0]:.2f}",
        "relu_slope": f"{found.relu[0]:.2f}",
        "difference": f"{middle:.2f}".replace("-", "−"),
        "interval": interval(ends),
    }
    if abs(middle) + half <= ALIKE:
        return Outcome("as much", numbers)
    if clear := side(ends, 0.0):
        return Outcome("more" if clear > 0 else "less", numbers)
    return None


CHECKS: Mapping[str, Check] = {
    "chains-agree": chains_agree,
    "third-order": third_order,
    "accepted-as-aimed": accepted,
}
OUTCOMES: Mapping[str, Decide] = {"error-with-half-the-step": with_half_the_step}
