"""What the captions of the live lab's lesson say of a run, checked on its tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from explorer.figures.numbers import down, listed, percent_down, percent_up, up
from explorer.figures.tables import Spread, curves, spread
from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.live.overview.settings import LiveSettings
from explorer.theory.monomials import least_neurons, monomials

CLOSE = 1.5  # times the target's own constant still counts as close to it
FLATTER = 0.9  # of what was found before counts as flatter
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


def least_width(settings: LiveSettings) -> int:
    """The narrowest width with as many numbers to choose as there are points."""
    if settings.family == "polynomial":
        return least_neurons(settings.d, settings.p, settings.n)
    return -(-settings.n // (settings.d + 2))


@dataclass(frozen=True)
class Fitting:
    """The widths at which every network fits, rising, and between which bounds their constants lie."""

    k: np.ndarray
    found: Spread
    certified: Spread

    @classmethod
    def of(cls, tables: Tables) -> "Fitting":
        """Those of the table `lipschitz`, where both bounds are known."""
        table = tables.get("lipschitz", {})
        rows = np.isin(table["k"], table["k"][~table["fits"]], invert=True) if table else np.zeros(0, bool)
        if not rows.any():
            nothing = np.zeros(0)
            return cls(np.zeros(0, np.int64), Spread(*[nothing] * 3), Spread(*[nothing] * 3))
        some = {name: values[rows] for name, values in table.items()}
        k, found = spread(some, "lower")
        _, certified = spread(some, "upper")
        there = np.isfinite(found.low) & np.isfinite(certified.high) & (found.low > 0)
        cut = [Spread(s.low[there], s.mean[there], s.high[there]) for s in (found, certified)]
        return cls(k[there], *cut)


def narrow_is_steep(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Certified: the narrowest width that fits is steeper than the widest."""
    fit = Fitting.of(tables)
    if len(fit.k) < 2:
        return None
    least, most = fit.found.low[0], fit.certified.high[-1]
    numbers = {"first": fit.k[0], "wide": fit.k[-1], "narrow_least": down(least), "wide_most": up(most)}
    return Finding(bool(least > most), numbers)


def few_params_do_not_fit(tables: Tables, settings: LiveSettings) -> Finding | None:
    """No network with fewer numbers to choose than there are points fits, and some width fits."""
    table = tables.get("lipschitz", {})
    few = table["k"] < least_width(settings) if table else np.zeros(0, bool)
    if not few.any():
        return None
    fit = Fitting.of(tables)
    fitting = int((few & table["fits"]).sum())
    first = f"the narrowest width at which every network fits is {fit.k[0]}" if len(fit.k) else "at no width do all fit"
    return Finding(not fitting and len(fit.k) > 0, {"fitting": fitting, "of": int(few.sum()), "first_fit": first})


def edge_is_steepest(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Of the widths that fit the narrowest is the steepest, as far as was found."""
    fit = Fitting.of(tables)
    if len(fit.k) < 2:
        return None
    steepest, rest = int(fit.found.high.argmax()), float(fit.found.high[1:].max())
    numbers = {
        "first": fit.k[0],
        "edge": down(fit.found.high[0]),
        "edge_most": up(fit.found.high[0]),
        "rest": up(rest),
        "steepest": fit.k[steepest],
    }
    return Finding(steepest == 0, numbers)


def edge_is_easiest(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Of the widths that fit the narrowest is the easiest to attack, over all eps together."""
    success = _success(tables)
    if len(success) < 2:
        return None
    mean = {k: float(values.mean()) for k, (_, values) in success.items()}
    first, easiest = min(mean), max(mean, key=lambda k: mean[k])
    numbers = {
        "first": first,
        "easiest": easiest,
        "edge_share": f"{mean[first]:.0%}",
        "rest_share": f"{max(share for k, share in mean.items() if k != first):.0%}",
    }
    return Finding(first == easiest, numbers)


def near_the_target(tables: Tables, settings: LiveSettings) -> Finding | None:
    """The narrowest width that fits comes close to the constant sqrt(d) of the smooth target."""
    fit = Fitting.of(tables)
    if not len(fit.k):
        return None
    ratio = fit.certified.high[0] / sqrt(settings.d)
    return Finding(bool(ratio <= CLOSE), {"first": fit.k[0], "first_most": up(fit.certified.high[0])})


def no_flatter(tables: Tables, settings: LiveSettings) -> Finding | None:
    """No width is certified to be much flatter than what was found at the narrowest that fits."""
    fit = Fitting.of(tables)
    if len(fit.k) < 2:
        return None
    ratio = fit.certified.mean[1:] / fit.found.mean[0]
    flattest = int(ratio.argmin())
    numbers = {
        "first": fit.k[0],
        "flattest": fit.k[1 + flattest],
        "ratio_least": f"{ratio.min():.2f}",
        "ratio_most": f"{ratio.max():.2f}",
    }
    return Finding(bool(ratio.min() >= FLATTER), numbers)


def meets_up_to_d(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Up to k = d found and certified nearly meet."""
    return _meets(tables, NEARLY, settings.d)


def meets(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Found and certified meet at every width."""
    return _meets(tables, SHUT, max(settings.widths))


def every_width_that_may_fits(tables: Tables, settings: LiveSettings) -> Finding | None:
    """All networks with as many numbers to choose as there are points fit; how steep the flattest is."""
    table = tables.get("lipschitz", {})
    enough = table["k"] >= least_width(settings) if table else np.zeros(0, bool)
    fit = Fitting.of(tables)
    if not enough.any() or not len(fit.k):
        return None
    flattest = int(fit.found.low.argmin())
    numbers = {
        "of": int(enough.sum()),
        "unfit": int((enough & ~table["fits"]).sum()),
        "flattest": fit.k[flattest],
        "flattest_least": down(fit.found.low[flattest]),
    }
    return Finding(not numbers["unfit"], numbers)


def wide_keep_points(tables: Tables, settings: LiveSettings) -> Finding | None:
    """The widest that fits keeps most points at the largest eps, and more than the narrowest."""
    success = _success(tables)
    if len(success) < 2:
        return None
    first, wide = min(success), max(success)
    narrow_share, wide_share = (float(success[k][1][-1]) for k in (first, wide))
    numbers = {
        "first": first,
        "wide": wide,
        "narrow_share": percent_down(narrow_share),
        "wide_share": percent_down(wide_share),
    }
    return Finding(wide_share < 0.5 and wide_share < narrow_share, numbers)


def all_flip_early(tables: Tables, settings: LiveSettings) -> Finding | None:
    """At every width that fits, half of the points flip before half of the largest eps."""
    success = _success(tables)
    if not success:
        return None
    eps = next(iter(success.values()))[0]
    at = int(np.searchsorted(eps, settings.eps_max / 2 + 1e-9)) - 1
    shares = {k: float(values[at]) for k, (_, values) in success.items()}
    hardest = min(shares, key=lambda k: shares[k])
    numbers = {"eps": f"{eps[at]:.3g}", "hardest": hardest, "share": percent_down(shares[hardest])}
    return Finding(shares[hardest] >= 0.5, numbers)


def _meets(tables: Tables, gap: float, most: int) -> Finding | None:
    table = tables.get("lipschitz", {})
    if not table:
        return None
    here = (table["k"] <= most) & np.isfinite(table["upper"]) & (table["lower"] > 0)
    if not here.any():
        return None
    apart = np.where(here, table["upper"] / np.where(here, table["lower"], 1) - 1, -np.inf)
    widest = int(apart.argmax())
    numbers = {"apart": percent_up(max(float(apart[widest]), 0.0), 2), "apart_at": table["k"][widest]}
    return Finding(bool(apart[widest] <= gap), numbers)


def _success(tables: Tables) -> dict[int, tuple[np.ndarray, np.ndarray]]:
    """For each width at which every network fits, eps and the mean share that the attack flips, where known."""
    if "attack" not in tables:
        return {}
    shown, fitting = curves(tables["attack"], "eps", "success"), Fitting.of(tables).k.tolist()
    found = {int(k): (shown.x, y) for k, y in zip(shown.k, shown.y, strict=True) if k in fitting}
    return {k: curve for k, curve in found.items() if np.isfinite(curve[1]).all()}


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
