"""What the captions of the panel `overview` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.overview import OverviewSettings
from explorer.labs.universal.thresholds import BUILT, TRAINED
from explorer.labs.universal.thresholds.factors import factor

TWICE, FIVE = 2.0, 5.0
ANSWERS = ("less than twice", "2 to 5 times", "more than 5 times")


def known(settings: OverviewSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "low": settings.ds[0], "high": settings.ds[-1]}


def smooth_takes_more(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """In the largest dimension both what is trained and what is built needs more parameters to be smooth."""
    trained, built = (_largest(tables, settings, series) for series in (TRAINED, BUILT))
    if trained is None or built is None:
        return None
    numbers = {"d": settings.ds[-1], "trained": f"{trained:.2g}", "built": f"{built:.3g}"}
    return Finding(bool(trained > 1 and built > 1), numbers)


def how_many_times(tables: Tables, settings: OverviewSettings) -> Outcome | None:
    """How many times the parameters smoothness takes of trained networks, in the largest dimension."""
    trained = _largest(tables, settings, TRAINED)
    if trained is None:
        return None
    answer = ANSWERS[int(trained >= TWICE) + int(trained > FIVE)]
    return Outcome(answer, {"times": f"{trained:.2g}", "d": settings.ds[-1]})


def _largest(tables: Tables, settings: OverviewSettings, series: str) -> float | None:
    """The factor in the largest dimension, a geometric mean; None where some did not reach both thresholds.

    Those that did are the cheap ones.
    """
    found, d = factor(tables, series), settings.ds[-1]
    return float(np.exp(np.log(found.value[found.d == d]).mean())) if d in found.whole else None


CHECKS: Mapping[str, Check] = {"smooth-takes-more": smooth_takes_more}

OUTCOMES: Mapping[str, Decide] = {"how-many-times": how_many_times}
