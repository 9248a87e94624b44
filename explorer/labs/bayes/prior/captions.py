"""What the captions of the panel `prior` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down, up
from explorer.frames import Columns, Tables
from explorer.labs.bayes.prior import AVERAGE, DRAWN, ONE, PRIOR, PriorSettings
from explorer.labs.bayes.prior.numbers import Curve, curve, whole
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome

TWICE = 4.0  # as steep is a draw of a prior of twice the scale, as two layers multiply
NEAR = 0.2  # by so much that may be off
ALIKE = 0.25  # accuracies whose intervals all lie within so much are about the same
RISES, PEAKS, FALLS, SAME = (
    "at the widest",
    "in between",
    "at the narrowest",
    "at none, it hardly changes",
)


def known(settings: PriorSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "said": settings.source.said,
        "narrow": f"{settings.scales[0]:g}",
        "wide": f"{settings.scales[-1]:g}",
    }


def average_flatter(tables: Tables, settings: PriorSettings) -> Finding | None:
    """At the scale that is set the average's certificate is below what was found of single samples, in the mean."""
    done = whole(PRIOR.among(tables))
    (one, _), (average, _) = (curve(done, *of).at(settings.prior_scale) for of in ((ONE, "lower"), (AVERAGE, "upper")))
    if not np.isfinite([one, average]).all():
        return None
    numbers = {"scale": f"{settings.prior_scale:g}", "one": down(one), "average": up(average)}
    return Finding(average < one, numbers)


def triangle(tables: Tables, settings: PriorSettings) -> Finding | None:
    """No average's upper bound is above the mean of its samples'."""
    done = whole(PRIOR.among(tables))
    ratios = []
    for scale, seed in sorted({*zip(done["scale"].tolist(), done["seed"].tolist(), strict=True)}):
        here = (done["scale"] == scale) & (done["seed"] == seed)
        average, one = (done["upper"][here & (done["model"] == model)] for model in (AVERAGE, ONE))
        if len(average) == 1 == len(one) and one[0] > 0:
            ratios.append(float(average[0] / one[0]))
    if not ratios or not np.isfinite(ratios).all():
        return None
    return Finding(max(ratios) <= 1, {"ratio": up(max(ratios), 2), "least": up(min(ratios), 2), "count": len(ratios)})


def draws_multiply(tables: Tables, settings: PriorSettings) -> Finding | None:
    """With twice the scale draws of the prior become four times as steep, as far as was found: there are two layers."""
    found = curve(PRIOR.among(tables), DRAWN, "lower")
    if len(found) < 2 or not (found.value > 0).all():
        return None
    doublings = np.log2(found.scale[-1] / found.scale[0])
    factor = float((found.value[-1] / found.value[0]) ** (1 / doublings))
    return Finding(abs(factor / TWICE - 1) <= NEAR, {"factor": f"{factor:.1f}"})


def wide_costs(tables: Tables, settings: PriorSettings) -> Finding | None:
    """Under attack the average of the widest prior is clearly below the best one: their intervals do not meet."""
    found = _robust(tables, settings)
    if found is None:
        return None
    top = int(np.argmax(found.value))
    numbers = {
        "best": percent(found.value[top]),
        "at": f"{found.scale[top]:g}",
        "last": percent(found.value[-1]),
        "scale": f"{found.scale[-1]:g}",
        "eps": f"{settings.eps_max:g}",
    }
    return Finding(bool(found.low[top] > found.high[-1]), numbers)


def robust_with_prior(tables: Tables, settings: PriorSettings) -> Outcome | None:
    """Where the average keeps most: that interval is above those of the ends, or of the other end."""
    found = _robust(tables, settings)
    if found is None:
        return None
    top = int(np.argmax(found.value))
    ends = found.low[0], found.high[0], found.low[-1], found.high[-1]
    numbers = {
        "eps": f"{settings.eps_max:g}",
        "first": percent(found.value[0]),
        "last": percent(found.value[-1]),
        "best": percent(found.value[top]),
        "at": f"{found.scale[top]:g}",
        "first_interval": _span(found, 0),
        "last_interval": _span(found, -1),
        "best_interval": _span(found, top),
    }
    inner = 0 < top < len(found) - 1
    if inner and found.low[top] > max(ends[1], ends[3]):
        return Outcome(PEAKS, numbers)
    if found.high.max() - found.low.min() <= ALIKE:
        return Outcome(SAME, numbers)
    if top == len(found) - 1 and ends[2] > ends[1]:
        return Outcome(RISES, numbers)
    if top == 0 and ends[0] > ends[3]:
        return Outcome(FALLS, numbers)
    return None


def _robust(tables: Tables, settings: PriorSettings) -> Curve | None:
    """What the average keeps under attack at three scales or more, all that were to be tried."""
    done: Columns = whole(PRIOR.among(tables))
    found = curve(done, AVERAGE, "robust")
    enough = len(found) >= 3 and len(found) == settings.priors and settings.eps_max > 0
    return found if enough and np.isfinite([found.low, found.high]).all() else None


def _span(found: Curve, at: int) -> str:
    return f"[{percent(found.low[at])}, {percent(found.high[at])}]"


CHECKS: Mapping[str, Check] = {
    "average-flatter": average_flatter,
    "triangle": triangle,
    "draws-multiply": draws_multiply,
    "wide-prior-costs": wide_costs,
}
OUTCOMES: Mapping[str, Decide] = {"robust-with-prior": robust_with_prior}
