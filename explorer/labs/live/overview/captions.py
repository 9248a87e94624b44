"""What the captions of the live lab's lesson say of a run, checked on its tables."""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from explorer.figures.numbers import down, listed, percent_down, percent_up, up
from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.live.overview.fitting import FLATTER, LIPSCHITZ, Fitting, flipped, least_width, trend
from explorer.labs.live.overview.predictions import (
    CLOSE,
    OUTCOMES,
    beside_the_target,
    enough,
    half_flip,
    narrowest_beside_widest,
    steepest,
)
from explorer.labs.live.overview.settings import LiveSettings
from explorer.theory.monomials import monomials

__all__ = ["CHECKS", "OUTCOMES", "known"]

SHUT, NEARLY = 0.01, 0.05  # how far certified may lie above found where the two are said to meet


def known(settings: LiveSettings) -> Mapping[str, object]:
    """What the settings alone say: their values, and how many numbers there are to choose."""
    d, p = settings.d, settings.p
    least = least_width(settings)
    below = [k for k in settings.widths if k < least]
    return {
        **settings.values(),
        "params": d + 2,
        "least": least,
        "below": listed(below) if below else "none of the widths here",
        "coefficients": monomials(d, p),
        "root_d": f"{sqrt(d):.3g}",
        "last_seed": settings.seed + settings.seeds - 1,
    }


def narrow_is_steep(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Certified: the narrowest width that fits is clearly steeper than the widest, and widths between lie between."""
    fit = Fitting.of(tables)
    if len(fit.k) < 2:
        return None
    least, most = fit.found.low[0], fit.certified.high[-1]
    if not np.isfinite([least, most]).all():
        return None
    numbers = {"first": fit.k[0], "wide": fit.k[-1], "narrow_least": down(least), "wide_most": up(most)}
    if least <= most:
        return Finding(False, numbers)
    clear = narrowest_beside_widest(tables, settings)
    return Finding(True, numbers) if clear and clear.answer == "steeper" else None


def few_params_do_not_fit(tables: Tables, settings: LiveSettings) -> Finding | None:
    """No network with fewer numbers to choose than there are points fits, and some width fits."""
    table = LIPSCHITZ.among(tables)
    few = table["k"] < least_width(settings)
    if not few.any():
        return None
    fit = Fitting.of(tables)
    fitting = int((few & table["fits"]).sum())
    first = f"the narrowest width at which every network fits is {fit.k[0]}" if len(fit.k) else "at no width do all fit"
    return Finding(not fitting and len(fit.k) > 0, {"fitting": fitting, "of": int(few.sum()), "first_fit": first})


def edge_is_steepest(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Of the widths that fit the narrowest is the steepest, as far as was found, and not by chance."""
    fit = Fitting.of(tables)
    if len(fit.k) < 2 or not np.isfinite(fit.found.high).all():
        return None
    top, edge, rest = int(fit.found.high.argmax()), fit.found.high[0], float(fit.found.high[1:].max())
    numbers = {
        "first": fit.k[0],
        "edge": down(edge),
        "edge_most": up(edge),
        "rest": up(rest),
        "steepest": fit.k[top],
    }
    if top:
        return Finding(False, numbers)
    return Finding(True, numbers) if steepest(tables, settings) else None


def edge_is_easiest(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Of the widths that fit the narrowest is the easiest to attack, over all eps together, and not by chance."""
    shares = flipped(tables)
    if len(shares) < 2:
        return None
    mean = {k: float(values.mean()) for k, (_, values) in shares.items()}
    first, easiest = min(mean), max(mean, key=lambda k: mean[k])
    rest = max(share for k, share in mean.items() if k != first)
    numbers = {
        "first": first,
        "easiest": easiest,
        "edge_share": percent_down(mean[first], 2),
        "rest_share": percent_up(rest, 2),
    }
    if first != easiest:
        return Finding(False, numbers)
    k, means = (np.array(list(part)) for part in (mean.keys(), mean.values()))
    return Finding(True, numbers) if rest <= FLATTER * mean[first] and trend(k, means) < 0 else None


def near_the_target(tables: Tables, settings: LiveSettings) -> Finding | None:
    """The narrowest width that fits is neither much steeper nor much flatter than sqrt(d), the smooth target's own."""
    fit = Fitting.of(tables)
    if not len(fit.k):
        return None
    target, found, certified = sqrt(settings.d), fit.found, fit.certified
    if not np.isfinite([found.low[0], certified.high[0]]).all():
        return None
    numbers = {"first": fit.k[0], "first_least": down(found.low[0]), "first_most": up(certified.high[0])}
    came = beside_the_target(tables, settings)
    if came and came.answer == "about as steep":
        return Finding(True, numbers)
    far = found.high[0] > CLOSE * target or certified.low[0] * CLOSE < target
    return Finding(False, numbers) if far else None


def no_flatter(tables: Tables, settings: LiveSettings) -> Finding | None:
    """What was found of wider networks is hardly less than what is certified at the narrowest width that fits."""
    fit = Fitting.of(tables)
    if len(fit.k) < 2 or not (np.isfinite(fit.found.mean) & np.isfinite(fit.certified.mean)).all():
        return None
    if not fit.found.mean[0] > 0:
        return None
    least, most = fit.found.mean[1:] / fit.certified.mean[0], fit.certified.mean[1:] / fit.found.mean[0]
    flattest = int(most.argmin())
    numbers = {
        "first": fit.k[0],
        "flattest": fit.k[1 + flattest],
        "ratio_least": down(least.min(), 2),
        "flattest_ratio": up(most[flattest], 2),
    }
    if least.min() >= FLATTER:
        return Finding(True, numbers)
    return Finding(False, numbers) if most[flattest] < FLATTER else None


def meets_up_to_d(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Up to k = d found and certified nearly meet."""
    return _meets(tables, NEARLY, settings.d)


def meets(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Found and certified meet at every width."""
    return _meets(tables, SHUT, max(settings.widths))


def every_width_that_may_fits(tables: Tables, settings: LiveSettings) -> Finding | None:
    """All networks with as many numbers to choose as there are points fit; how steep the flattest is."""
    came, fit = enough(tables, settings), Fitting.of(tables)
    if came is None or not len(fit.k) or not np.isfinite(fit.found.low).all():
        return None
    flattest = int(fit.found.low.argmin())
    of_it = {"flattest": fit.k[flattest], "flattest_least": down(fit.found.low[flattest])}
    return Finding(came.answer == "all of them", {**came.numbers, **of_it})


def wide_keep_points(tables: Tables, settings: LiveSettings) -> Finding | None:
    """The widest that fits keeps most points at the largest eps, and more than the narrowest."""
    shares = flipped(tables)
    if len(shares) < 2:
        return None
    first, wide = min(shares), max(shares)
    narrow_share, wide_share = (float(shares[k][1][-1]) for k in (first, wide))
    numbers = {
        "first": first,
        "wide": wide,
        "narrow_share": percent_down(narrow_share),
        "wide_share": percent_down(wide_share),
    }
    return Finding(wide_share < 0.5 and wide_share < narrow_share, numbers)


def all_flip_early(tables: Tables, settings: LiveSettings) -> Finding | None:
    """At every width that fits, half of the points flip before half of the largest eps."""
    came = half_flip(tables, settings)
    return Finding(came.answer == "in its first half", came.numbers) if came else None


def _meets(tables: Tables, gap: float, most: int) -> Finding | None:
    table = LIPSCHITZ.among(tables)
    k, lower, upper = (table[name][table["k"] <= most] for name in ("k", "lower", "upper"))
    if not len(k) or not (np.isfinite(upper) & (lower > 0)).all():
        return None
    apart = upper / lower - 1
    widest = int(apart.argmax())
    numbers = {"apart": percent_up(max(float(apart[widest]), 0.0), 2), "apart_at": k[widest]}
    return Finding(bool(apart[widest] <= gap), numbers)


CHECKS: Mapping[str, Check] = {
    "narrow-is-steep": narrow_is_steep,
    "few-params-do-not-fit": few_params_do_not_fit,
    "edge-is-steepest": edge_is_steepest,
    "edge-is-easiest": edge_is_easiest,
    "near-the-target": near_the_target,
    "no-flatter": no_flatter,
    "meets-up-to-d": meets_up_to_d,
    "meets": meets,
    "every-width-that-may-fits": every_width_that_may_fits,
    "wide-keep-points": wide_keep_points,
    "all-flip-early": all_flip_early,
}
