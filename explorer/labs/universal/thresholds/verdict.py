"""universal-2: does smooth interpolation need d times more parameters? From tables of `thresholds`. No torch."""

import math

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.claims import NOT_SUPPORTED, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.universal.thresholds import THRESHOLDS, TRAINED
from explorer.labs.universal.thresholds.factors import Factor, factor
from explorer.measure.regression import side

TEXT = "smooth interpolation needs d times more parameters than mere interpolation"
STATISTIC = "exponent of d in params_smooth / params_fit of trained networks"
ABOUT = 0.25  # an exponent passes for 1 if its interval is within this of it
FEWEST = 8  # networks
LEFT_OUT = 0.1  # share of networks that were smooth at no width, beyond which the rest say too little
RULE = (
    "Of trained networks the ratio of the two thresholds is fitted by a power of d; smooth is certified to be"
    " at most 1.25 times as steep as the widest that fits. Supported if the 95 % interval of the exponent is"
    f" within {ABOUT} of 1; not supported if it is wholly below {1 - ABOUT} or above {1 + ABOUT}; else"
    f" undecided, as with fewer than {FEWEST} networks. Narrower smooth networks that nobody found may exist:"
    " then the exponent would be smaller still."
)
CHOSEN = (
    "that the target is relative to the widest network, after constants had been seen to fall with d; how near is near."
)


def judge(runs: Runs) -> Verdict:
    """The verdict over the networks of all runs together."""
    joined: Tables = {"thresholds": THRESHOLDS.joined(tables["thresholds"] for tables in runs.values())}
    found = factor(joined, TRAINED)
    ends = found.fit.slope_interval
    left_out = found.unreached / max(1, found.unreached + len(found.d))
    if len(found.d) < FEWEST or left_out > LEFT_OUT or not all(map(math.isfinite, ends)):
        return undecided(STATISTIC, "Too few networks reached both thresholds.", len(found.d))
    return Verdict(
        _word(ends), STATISTIC, found.fit.slope, ends, f"95 % over {len(found.d)} networks", len(found.d), _said(found)
    )


def _word(ends: tuple[float, float]) -> str:
    low, high = side(ends, 1 - ABOUT), side(ends, 1 + ABOUT)
    if low > 0 > high:
        return SUPPORTED
    return NOT_SUPPORTED if low < 0 or high > 0 else UNDECIDED


def _said(found: Factor) -> str:
    ratio = {int(d): np.exp(np.log(found.value[found.d == d]).mean()) for d in (found.d.min(), found.d.max())}
    ends = ", ".join(f"{value:.3g} at d = {d}" for d, value in ratio.items())
    return f"The ratio goes like d to the power {signed(found.fit.slope)} {interval(found.fit.slope_interval)}: {ends}."
