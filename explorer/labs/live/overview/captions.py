"""What the captions of the live lab's lesson say of a run, checked on its tables."""

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt

import numpy as np

from explorer.figures.numbers import down, listed, percent_down, percent_up, up
from explorer.figures.tables import Spread, curves, spread
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.live.overview import PANEL
from explorer.labs.live.overview.settings import LiveSettings
from explorer.measure.regression import UNKNOWN, Interval, line
from explorer.theory.monomials import least_neurons, monomials

LIPSCHITZ = PANEL.tables[1]
CLOSE = 1.5  # times the target's own constant still counts as close to it
FLATTER = 0.9  # of another constant, or share, counts as clearly less
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
    """The widths at which every network fits, rising, and between which bounds their constants lie.

    A bound of a width is NaN where that of one of its networks is not known. `rows` holds their networks, one a row.
    """

    k: np.ndarray
    found: Spread
    certified: Spread
    rows: Columns

    @classmethod
    def of(cls, tables: Tables) -> "Fitting":
        """Those of the table `lipschitz`."""
        table = LIPSCHITZ.among(tables)
        there = np.isin(table["k"], table["k"][table["fits"] == 0], invert=True)
        rows = {name: values[there] for name, values in table.items()}
        return cls(np.unique(rows["k"]).astype(np.int64), _whole(rows, "lower"), _whole(rows, "upper"), rows)

    @property
    def falls(self) -> bool:
        """Whether both bounds fall as k grows, more clearly than chance alone would make them: networks are points."""
        return all(_slope(self.rows["k"], self.rows[name])[1] < 0 for name in ("lower", "upper"))


def _whole(rows: Columns, name: str) -> Spread:
    """The spread of a column over each width, NaN where a value of the width is not known."""
    k, found = spread(rows, name)
    lost = np.isin(k, rows["k"][~np.isfinite(rows[name])])
    return Spread(*(np.where(lost, np.nan, part) for part in (found.low, found.mean, found.high)))


def _slope(k: np.ndarray, values: np.ndarray) -> Interval:
    """The interval of the slope of values on log axes; NaN where there are fewer than three, or one is not known."""
    if len(k) < 3 or not (np.isfinite(values) & (values > 0)).all():
        return UNKNOWN
    return line(np.log(k), np.log(values)).slope_interval


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
    return Finding(True, numbers) if most <= FLATTER * least and fit.falls else None


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
    steepest, edge, rest = int(fit.found.high.argmax()), fit.found.high[0], float(fit.found.high[1:].max())
    numbers = {
        "first": fit.k[0],
        "edge": down(edge),
        "edge_most": up(edge),
        "rest": up(rest),
        "steepest": fit.k[steepest],
    }
    if steepest:
        return Finding(False, numbers)
    clear = rest <= FLATTER * edge and _slope(fit.rows["k"], fit.rows["lower"])[1] < 0
    return Finding(True, numbers) if clear else None


def edge_is_easiest(tables: Tables, settings: LiveSettings) -> Finding | None:
    """Of the widths that fit the narrowest is the easiest to attack, over all eps together, and not by chance."""
    success = _success(tables)
    if len(success) < 2:
        return None
    mean = {k: float(values.mean()) for k, (_, values) in success.items()}
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
    k, shares = (np.array(list(part)) for part in (mean.keys(), mean.values()))
    return Finding(True, numbers) if rest <= FLATTER * mean[first] and _slope(k, shares)[1] < 0 else None


def near_the_target(tables: Tables, settings: LiveSettings) -> Finding | None:
    """The narrowest width that fits is neither much steeper nor much flatter than sqrt(d), the smooth target's own."""
    fit = Fitting.of(tables)
    if not len(fit.k):
        return None
    target, found, certified = sqrt(settings.d), fit.found, fit.certified
    if not np.isfinite([found.low[0], certified.high[0]]).all():
        return None
    numbers = {"first": fit.k[0], "first_least": down(found.low[0]), "first_most": up(certified.high[0])}
    if found.low[0] * CLOSE >= target and certified.high[0] <= CLOSE * target:
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
    table = LIPSCHITZ.among(tables)
    enough = table["k"] >= least_width(settings)
    fit = Fitting.of(tables)
    if not enough.any() or not len(fit.k) or not np.isfinite(fit.found.low).all():
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
    table = LIPSCHITZ.among(tables)
    k, lower, upper = (table[name][table["k"] <= most] for name in ("k", "lower", "upper"))
    if not len(k) or not (np.isfinite(upper) & (lower > 0)).all():
        return None
    apart = upper / lower - 1
    widest = int(apart.argmax())
    numbers = {"apart": percent_up(max(float(apart[widest]), 0.0), 2), "apart_at": k[widest]}
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
