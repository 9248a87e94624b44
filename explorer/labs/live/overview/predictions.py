"""What came out of the questions that the live lab's lesson asks before a run, decided on its tables."""

from collections.abc import Mapping
from math import sqrt

import numpy as np

from explorer.figures.numbers import down, percent_down, percent_up, up
from explorer.figures.tables import spread, where
from explorer.frames import Tables
from explorer.labs.captions import Decide, Outcome
from explorer.labs.live.overview.fitting import FLATTER, LIPSCHITZ, Fitting, flipped, least_width, stands_out, trend
from explorer.labs.live.overview.settings import LiveSettings
from explorer.measure.regression import line, ranks, side

CLOSE = 1.5  # times the target's own constant still counts as close to it
ALIKE = 1.25  # times one another: still about as steep
AS_MANY = 0.05  # of all points more or fewer: still about as many
SEEN = 1e-4  # smaller gaps are rounding, and no news
TWICE = 2.0  # times as far apart, the middle ones of many networks, counts as further


def narrowest_beside_widest(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """Certified: whether the narrowest width that fits is steeper than the widest, with widths between in between."""
    fit = Fitting.of(tables)
    if len(fit.k) < 2:
        return None
    (least, wide_least), (most, wide_most) = (part[[0, -1]] for part in (fit.found.low, fit.certified.high))
    numbers = {
        "first": fit.k[0],
        "wide": fit.k[-1],
        "narrow_least": down(least),
        "narrow_most": up(most),
        "wide_least": down(wide_least),
        "wide_most": up(wide_most),
    }
    if not np.isfinite([least, most, wide_least, wide_most]).all():
        return None
    if wide_most <= FLATTER * least and fit.falls:
        return Outcome("steeper", numbers)
    if most <= FLATTER * wide_least and fit.rises:
        return Outcome("flatter", numbers)
    alike = max(most, wide_most) <= ALIKE * min(least, wide_least)
    return Outcome("about as steep", numbers) if alike else None


def steepest(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """Which of the widths that fit was found to be the steepest, clearly and not by chance."""
    fit = Fitting.of(tables)
    top = fit.found.high
    if len(fit.k) < 2 or not np.isfinite(top).all():
        return None
    at = stands_out(fit.k, top, top, fit.rows["k"], [fit.rows["lower"]])
    numbers = {"first": fit.k[0], "wide": fit.k[-1], "at": fit.k[int(top.argmax())], "top": down(top.max())}
    others = {"narrow_top": up(top[0]), "wide_top": up(top[-1]), "rest": up(np.delete(top, int(top.argmax())).max())}
    return None if at is None else Outcome(_place(at, len(fit.k)), numbers | others)


def flattest(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """Certified: at which of the widths that fit every network is flatter than those of the others, not by chance."""
    fit = Fitting.of(tables)
    found, certified = fit.found.low, fit.certified.high
    if len(fit.k) < 2 or not (np.isfinite(found) & np.isfinite(certified) & (found > 0)).all():
        return None
    at = stands_out(fit.k, 1 / certified, 1 / found, fit.rows["k"], [1 / bound for bound in fit.bounds])
    if at is None:
        return None
    numbers = {"first": fit.k[0], "wide": fit.k[-1], "at": fit.k[at], "most": up(certified[at])}
    return Outcome(_place(at, len(fit.k)), numbers | {"narrow_found": down(found[0]), "wide_found": down(found[-1])})


def beside_the_target(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """Whether the networks of the narrowest width that fits are about as steep as the smooth target, sqrt(d)."""
    fit = Fitting.of(tables)
    if not len(fit.k) or not np.isfinite([fit.found.low[0], fit.certified.high[0]]).all():
        return None
    target, least, most = sqrt(settings.d), fit.found.low[0], fit.certified.high[0]
    numbers = {"first": fit.k[0], "first_least": down(least), "first_most": up(most)}
    if least > CLOSE * target:
        return Outcome("much steeper", numbers)
    if most * CLOSE < target:
        return Outcome("much flatter", numbers)
    return Outcome("about as steep", numbers) if least * CLOSE >= target and most <= CLOSE * target else None


def closest(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """Whether found and certified lie closer together up to k = d than beyond, by quartiles and by rank."""
    table = LIPSCHITZ.among(tables)
    beyond = table["k"] > settings.d
    if beyond.all() or not beyond.any() or not (np.isfinite(table["upper"]) & (table["lower"] > 0)).all():
        return None
    apart = np.maximum(table["upper"] / table["lower"] - 1, 0)
    inside, outside = (float(np.median(apart[rows])) for rows in (~beyond, beyond))
    order = side(line(beyond.astype(np.float64), ranks(apart)).slope_interval, 0)
    (q1, q3), (first, third) = (np.quantile(apart[rows], [0.25, 0.75]) for rows in (~beyond, beyond))
    numbers = {"inside": percent_up(max(inside, SEEN), 2), "outside": percent_up(max(outside, SEEN), 2)}
    if outside >= TWICE * inside and q3 < first and order > 0:
        return Outcome("up to k = d", numbers)
    if inside >= TWICE * outside and third < q1 and order < 0:
        return Outcome("beyond k = d", numbers)
    alike = max(inside, outside) <= CLOSE * min(inside, outside)
    return Outcome("alike everywhere", numbers) if alike else None


def enough(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """How many of the networks with as many numbers to choose as there are points fit."""
    table = LIPSCHITZ.among(tables)
    fits = table["fits"][table["k"] >= least_width(settings)]
    if not len(fits):
        return None
    numbers = {"of": len(fits), "fitting": int(fits.sum()), "unfit": int((~fits).sum())}
    return Outcome("all of them" if fits.all() else "some of them" if fits.any() else "none of them", numbers)


def widest_under_attack(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """Whether the largest eps flips fewer points of each of the widest networks that fit than of the narrowest.

    Those between must lie between, and have a slope: else it may be chance.
    """
    found = flipped(tables)
    if len(found) < 2:
        return None
    attack = tables["attack"]
    last = where(attack, np.isin(attack["k"], list(found)) & (attack["eps"] == attack["eps"].max()))
    k, shares = spread(last, "success")
    way = trend(last["k"], last["success"])
    numbers = {"first": k[0], "wide": k[-1]}
    numbers |= {"narrow_share": percent_down(shares.mean[0]), "wide_share": percent_down(shares.mean[-1])}
    order = (int(shares.mean.argmin()), int(shares.mean.argmax()))
    if shares.high[-1] <= FLATTER * shares.low[0] and order == (len(k) - 1, 0) and way < 0:
        return Outcome("clearly fewer", numbers)
    if shares.high[0] <= FLATTER * shares.low[-1] and order == (0, len(k) - 1) and way > 0:
        return Outcome("clearly more", numbers)
    return Outcome("about as many", numbers) if abs(shares.mean[-1] - shares.mean[0]) <= AS_MANY else None


def half_flip(tables: Tables, settings: LiveSettings) -> Outcome | None:
    """Where on the axis of eps half of the points have flipped at every width that fits."""
    found = flipped(tables)
    if not found:
        return None
    eps = next(iter(found.values()))[0]
    at = int(np.searchsorted(eps, settings.eps_max / 2 + 1e-9)) - 1
    half, end = ({k: float(values[place]) for k, (_, values) in found.items()} for place in (at, -1))
    hardest, last = (min(shares, key=lambda k: shares[k]) for shares in (half, end))
    numbers = {"eps": f"{eps[at]:.3g}", "hardest": hardest, "share": percent_down(half[hardest])}
    numbers |= {"last": last, "last_share": percent_down(end[last])}
    if half[hardest] >= 0.5:
        return Outcome("in its first half", numbers)
    return Outcome("in its second half" if end[last] >= 0.5 else "not even at its end", numbers)


def _place(at: int, count: int) -> str:
    return "the narrowest" if at == 0 else "the widest" if at == count - 1 else "one in between"


OUTCOMES: Mapping[str, Decide] = {
    "narrowest-beside-widest": narrowest_beside_widest,
    "steepest": steepest,
    "flattest": flattest,
    "beside-the-target": beside_the_target,
    "closest": closest,
    "enough": enough,
    "widest-under-attack": widest_under_attack,
    "half-flip": half_flip,
}
