"""What the captions of the panel `exact` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.bayes.exact import EXACT, ExactSettings
from explorer.labs.bayes.gradient import GRADIENT, NORMAL, TANGENTIAL, Slope, means, slope
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import side

BAND = -0.6, -0.35  # slopes that count as about that of 1/√n, which is -0.5
FLAT = 0.1  # a slope below this counts as none
FALL = -0.25  # half of the slope of 1/√n: what falls like this or steeper falls, what stays above stays
SAME = 1e-6  # what counts as equal, in float32
BOTH, ONLY, NEITHER = "both parts", "only the part off the data", "neither part"


def known(settings: ExactSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "padding": settings.d - 2}


def normal_cancels(tables: Tables, settings: ExactSettings) -> Finding | None:
    """The slope of the normal part is about that of 1/√n, and its interval keeps clear of none."""
    found = _slope(tables, NORMAL)
    if found is None:
        return None
    numbers = {"slope": signed(found.mean), "interval": interval(found.interval), "seeds": len(found.each)}
    if not BAND[0] <= found.mean <= BAND[1]:
        return Finding(False, numbers)
    return Finding(True, numbers) if side(found.interval, 0) < 0 else None


def tangential_stays(tables: Tables, settings: ExactSettings) -> Finding | None:
    """The slope of the tangential part is about 0, with all of its interval above that of a part that falls."""
    found = _slope(tables, TANGENTIAL)
    if found is None:
        return None
    numbers = {"slope": signed(found.mean), "interval": interval(found.interval), "seeds": len(found.each)}
    if abs(found.mean) > FLAT:
        return Finding(False, numbers)
    return Finding(True, numbers) if _stays(found) else None


def mirrors_reverse(tables: Tables, settings: ExactSettings) -> Finding | None:
    """With the weights of the padding flipped, outputs on the data are equal and normal gradients opposite."""
    table = EXACT.among(tables)
    gaps = [*table["mirror_output"], *table["mirror_gradient"]]
    if not gaps or not np.isfinite(gaps).all():
        return None
    numbers = {
        "samples": f"{int(table['samples'].sum()):,}",
        "output": f"{table['mirror_output'].max():.1g}",
        "gradient": f"{table['mirror_gradient'].max():.1g}",
    }
    return Finding(float(max(gaps)) <= SAME, numbers)


def what_fades(tables: Tables, settings: ExactSettings) -> Outcome | None:
    """Which parts fall with the number of samples, at half the slope of 1/√n or steeper."""
    off, along = _slope(tables, NORMAL), _slope(tables, TANGENTIAL)
    if off is None or along is None:
        return None
    numbers = {
        "slope_off": signed(off.mean),
        "interval_off": interval(off.interval),
        "slope_along": signed(along.mean),
        "interval_along": interval(along.interval),
        "seeds": len(off.each),
        **_ends(tables),
    }
    for answer, falls in ((ONLY, (True, False)), (BOTH, (True, True)), (NEITHER, (False, False))):
        if all((_falls if one else _stays)(part) for one, part in zip(falls, (off, along), strict=True)):
            return Outcome(answer, numbers)
    return None


def _slope(tables: Tables, direction: str) -> Slope | None:
    """Over the seeds; None where there are too few for an interval."""
    found = slope(GRADIENT.among(tables), direction)
    return found if np.isfinite([found.mean, *found.interval]).all() else None


def _falls(found: Slope) -> bool:
    return found.mean <= FALL and side(found.interval, 0) < 0


def _stays(found: Slope) -> bool:
    return max(map(abs, found.interval)) < -FALL


def _ends(tables: Tables) -> dict[str, object]:
    """Both parts with the fewest samples and with the most."""
    table = GRADIENT.among(tables)
    (n, off), (_, along) = means(table, NORMAL), means(table, TANGENTIAL)
    names = ("off_first", "off_last", "along_first", "along_last")
    sizes = (f"{value:.2g}" for value in (off[0], off[-1], along[0], along[-1]))
    return {"first": int(n[0]), "last": int(n[-1]), **dict(zip(names, sizes, strict=True))}


CHECKS: Mapping[str, Check] = {
    "normal-cancels": normal_cancels,
    "tangential-stays": tangential_stays,
    "mirrors-reverse": mirrors_reverse,
}

OUTCOMES: Mapping[str, Decide] = {"what-fades": what_fades}
