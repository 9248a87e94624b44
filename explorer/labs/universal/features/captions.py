"""What the captions of the panel `features` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.features import RANDOM, TANGENT, FeaturesSettings
from explorer.labs.universal.features.means import beyond, means, near, of

ALIKE, MORE = 1.5, 3.0  # times the norm at 4 n
PEAK = (0.9, 1.1)  # params / n between which the largest norm is at n
ANSWERS = ("about the same", "1.5 to 3 times as large", "more than 3 times as large")


def peak_at_n(tables: Tables, settings: FeaturesSettings) -> Finding | None:
    """The largest norm of random features is where there are as many as points."""
    share, norm = means(of(tables, RANDOM), "norm")
    if not len(share) or share[-1] < 4 or not np.isfinite(near(share, norm, 1.0)):
        return None
    at = float(share[norm.argmax()])
    return Finding(PEAK[0] <= at <= PEAK[1], {"at": f"{at:.3g}", "norm": f"{norm.max():.3g}"})


def tangent_falls_faster(tables: Tables, settings: FeaturesSettings) -> Finding | None:
    """Beyond 2 n steepness falls faster with the number of gradient features than with that of random ones."""
    random, tangent = (beyond(of(tables, kind)) for kind in (RANDOM, TANGENT))
    if not np.isfinite([*random.slope_interval, *tangent.slope_interval]).all():
        return None
    numbers = {
        "random": signed(random.slope),
        "random_interval": interval(random.slope_interval),
        "tangent": signed(tangent.slope),
        "tangent_interval": interval(tangent.slope_interval),
    }
    if tangent.slope_interval[1] < random.slope_interval[0]:
        return Finding(True, numbers)
    return Finding(False, numbers) if tangent.slope_interval[0] > random.slope_interval[1] else None


def height_at_n(tables: Tables, settings: FeaturesSettings) -> Outcome | None:
    """The norm at params = n over that at 4 n."""
    share, norm = means(of(tables, RANDOM), "norm")
    times = near(share, norm, 1.0) / near(share, norm, 4.0) if len(share) else np.nan
    if not np.isfinite(times) or times < 1 / ALIKE:
        return None
    return Outcome(ANSWERS[int(times > ALIKE) + int(times > MORE)], {"times": f"{times:.3g}"})


CHECKS: Mapping[str, Check] = {"peak-at-n": peak_at_n, "tangent-falls-faster": tangent_falls_faster}

OUTCOMES: Mapping[str, Decide] = {"height-at-n": height_at_n}
