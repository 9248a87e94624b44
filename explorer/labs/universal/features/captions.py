"""What the captions of the panel `features` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.features import BEYOND, NTK, RANDOM, FeaturesSettings
from explorer.labs.universal.features.readings import peak, slope
from explorer.measure.regression import side

SAME, MORE = 1.5, 3.0  # times: up to the first about the same, from the second on much more


def known(settings: FeaturesSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "tried": len({k for kind, k in settings.sizes if kind == RANDOM}),
        "far": BEYOND * settings.n,
    }


def norm_at_n(tables: Tables, settings: FeaturesSettings) -> Outcome | None:
    """How many times the norm at 4n the norm at n is, if its interval tells."""
    found = peak(tables, RANDOM, "norm")
    if found is None or not np.isfinite(found.log_interval[0]):
        return None
    numbers = {"times": f"{found.times:.2g}", "interval": interval(found.interval), "done": found.seeds}
    if side(found.log_interval, np.log(MORE)) > 0:
        return Outcome("more than 3 times as large", numbers)
    if side(found.log_interval, np.log(SAME)) > 0 > side(found.log_interval, np.log(MORE)):
        return Outcome("1.5 to 3 times as large", numbers)
    if side(found.log_interval, np.log(SAME)) < 0 < side(found.log_interval, -np.log(SAME)):
        return Outcome("about the same", numbers)
    return None


def peaks_at_n(tables: Tables, settings: FeaturesSettings) -> Finding | None:
    """Norm and steepness of random features are both largest at about n, means over seeds, by more than chance."""
    norm, lip = (peak(tables, RANDOM, column) for column in ("norm", "lip"))
    if norm is None or lip is None or not (norm.inside and lip.inside) or min(norm.seeds, lip.seeds) < settings.seeds:
        return None
    numbers = {
        "norm_at": f"{norm.at:.2g}",
        "lip_at": f"{lip.at:.2g}",
        "lip_times": f"{lip.times:.2g}",
        "lip_interval": interval(lip.interval),
    }
    if norm.elsewhere or lip.elsewhere:
        return Finding(False, numbers)
    return Finding(True, numbers) if norm.told and lip.told else None


def more_still_helps(tables: Tables, settings: FeaturesSettings) -> Finding | None:
    """From 4n on both kinds still get flatter as there are more parameters."""
    random, ntk = (slope(tables, kind) for kind in (RANDOM, NTK))
    if random is None or ntk is None or not (random.word and ntk.word):
        return None
    numbers = {
        "random": signed(random.value),
        "random_interval": interval(random.interval),
        "ntk": signed(ntk.value),
        "ntk_interval": interval(ntk.interval),
    }
    return Finding(random.word == ntk.word == "falls", numbers)


CHECKS: Mapping[str, Check] = {"peaks-at-n": peaks_at_n, "more-still-helps": more_still_helps}

OUTCOMES: Mapping[str, Decide] = {"norm-at-n": norm_at_n}
