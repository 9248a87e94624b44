"""What the captions of the law lab's lesson say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.captions import Finding, Lesson
from explorer.figures.law import circle, forms, grouped, heat_map, ladder, noise, one_neuron, picture, proxy
from explorer.figures.law.numbers import interval, signed
from explorer.figures.law.trained import HALF, Trained
from explorer.figures.numbers import down, percent_up
from explorer.frames import Tables
from explorer.labs.law.fits import line
from explorer.labs.law.settings import LawSettings
from explorer.theory.circle import kolmogorov_smirnov
from explorer.theory.monomials import monomials

NEAR = 0.15  # from an exponent still counts as that exponent
BLIND = 3  # times what samples see: then they have missed it
AGREES = 0.02  # measured over formula may be off by this much
STEADY = 0.05  # a constant that does not change varies by less
SEEN = 0.001  # smaller shares are rounding, and no news
TWICE = 1.8, 2.6  # is about twice: a random matrix has 2, a finite one somewhat more
FEW = 2.0, 8.0  # is a few times
EXPLODES = 1.5  # times the ratio far from the limit
CHANCE = 0.01  # a p-value below it is not put down to chance
ALIKE = 1.3  # largest over smallest of constants that count as alike


def known(settings: LawSettings) -> Mapping[str, object]:
    """What the settings alone say: their values, and how many numbers a form has."""
    values = settings.values()
    return {**values, "draws": f"{settings.draws:,}", "limit": monomials(settings.d, settings.p)}


def floors_hold(tables: Tables, settings: LawSettings) -> Finding | None:
    """In every cell that training fills, what it found lies above the floor of any function."""
    found, floor = _in_both(tables, "trained", "floors")
    if not len(found):
        return None
    ratio = found / floor
    numbers = {"cells": len(ratio), "below": int((ratio < 1).sum()), "least": down(ratio.min(), 2)}
    return Finding(bool((ratio >= 1).all()), numbers)


def built_beside_trained(tables: Tables, settings: LawSettings) -> Finding | None:
    """In how many cells what can be built is flatter than what training finds."""
    built, found = _in_both(tables, "constructions", "trained")
    return Finding(True, {"cells": len(built), "flatter": int((built < found).sum())}) if len(built) else None


def two_exponents(tables: Tables, settings: LawSettings) -> Finding | None:
    """The gradient grows like the root of n/k at the data, and like n/k itself where it is worst."""
    rows = grouped.chosen(tables, settings)
    data, ball = (rows.power(column) for column in ("lip_data", "lip_ball")) if len(rows.x) else (None, None)
    if data is None or ball is None or not np.isfinite([data.slope, ball.slope]).all():
        return None
    numbers = {"at_data": signed(data.slope), "in_ball": signed(ball.slope)}
    return Finding(abs(data.slope - 0.5) <= NEAR and abs(ball.slope - 1) <= NEAR, numbers)


def samples_fall_short(tables: Tables, settings: LawSettings) -> Finding | None:
    """Samples see clearly less than a search finds, and the product lies clearly above the best certificate."""
    rungs = _rungs(tables)
    if rungs is None:
        return None
    sampled, searched, certified = (rungs[name] for name in ("sampled", "adversarial", "upper"))
    numbers = {"share": f"{sampled / searched:.0%}", "factor": f"{rungs['product'] / certified:.2g}"}
    return Finding(bool(sampled < 0.9 * searched and rungs["product"] > 1.5 * certified), numbers)


def data_no_steeper(tables: Tables, settings: LawSettings) -> Finding | None:
    """At the data the network is about as steep as at random points."""
    rungs = _rungs(tables)
    if rungs is None or not rungs["random"] > 0:
        return None
    ratio = rungs["at_data"] / rungs["random"]
    return Finding(bool(max(ratio, 1 / ratio) <= ALIKE) if ratio > 0 else False, {"ratio": f"{ratio:.2f}"})


def samples_are_blind(tables: Tables, settings: LawSettings) -> Finding | None:
    """A search finds a gradient several times that at random points and at the data."""
    rungs = _rungs(tables)
    if rungs is None:
        return None
    numbers = {
        "random": f"{rungs['random']:.3g}",
        "at_data": f"{rungs['at_data']:.3g}",
        "times": down(rungs["adversarial"] / rungs["sampled"], 2),
    }
    return Finding(bool(rungs["adversarial"] >= BLIND * rungs["sampled"]), numbers)


def line_with_intercept(tables: Tables, settings: LawSettings) -> Finding | None:
    """Trained networks follow A + B sqrt(n/k) with an intercept that is not zero."""
    fit = Trained.of(tables, settings.n, settings.d).affine
    if not np.isfinite(fit.intercept_interval[0]):
        return None
    numbers = {
        "line": f"{fit.intercept:.3g} {'+' if fit.slope >= 0 else '−'} {abs(fit.slope):.3g} √(n/k)",
        "intercept": interval(fit.intercept_interval),
        "correlation": signed(fit.correlation),
    }
    return Finding(fit.intercept_interval[0] > 0, numbers)


def no_power_half(tables: Tables, settings: LawSettings) -> Finding | None:
    """On logarithmic axes the slope in k is not -1/2."""
    fit = Trained.of(tables, settings.n, settings.d).power
    if not np.isfinite(fit.slope_interval[0]):
        return None
    low, high = -fit.slope_interval[1], -fit.slope_interval[0]
    return Finding(not low <= -HALF <= high, {"slope": signed(-fit.slope), "interval": interval((low, high))})


def ramps_are_exact(tables: Tables, settings: LawSettings) -> Finding | None:
    """From t* on what is measured agrees with the formula in the ball."""
    t, table = one_neuron.thresholds(tables, settings.n)
    there = np.isfinite(table["formula_sphere"]) & np.isfinite(table["lip_ball"]) if len(t) else np.zeros(0, bool)
    least = one_neuron.star(t, table)
    if not there.any() or not np.isfinite(least):
        return None
    ratio = table["lip_ball"][there] / table["formula_ball"][there]
    numbers = {
        "star": f"{least:.3f}",
        "constant": f"{1 / (1 - least):.3g}",
        "off": percent_up(max(abs(ratio - 1).max(), SEEN), 1),
    }
    return Finding(bool(abs(ratio - 1).max() <= AGREES), numbers)


def no_growth(tables: Tables, settings: LawSettings) -> Finding | None:
    """The constant at one threshold is the same for few points and for many."""
    n, table = one_neuron.at_chosen(tables)
    if len(n) < 2:
        return None
    values = table["lip_ball"]
    varies = float(values.max() / values.min() - 1)
    numbers = {"fewest": f"{n[0]:,.0f}", "most": f"{n[-1]:,.0f}", "varies": percent_up(max(varies, SEEN), 2)}
    return Finding(varies <= STEADY, numbers)


def none_left_of_frontier(tables: Tables, settings: LawSettings) -> Finding | None:
    """No network with fewer parameters than points fits."""
    grid = heat_map.Grid.of(tables)
    few = grid.k * (settings.d + 2) < grid.n
    if not few.any():
        return None
    numbers = {"cells": int(few.sum()), "fitting": int((few & (grid.fitting > 0)).sum())}
    return Finding(not numbers["fitting"], numbers)


def not_n_over_k_alone(tables: Tables, settings: LawSettings) -> Finding | None:
    """At equal n/k the constant depends on the width too."""
    found = heat_map.exponents(heat_map.Grid.of(tables))
    if not np.isfinite(found.second_interval[0]):
        return None
    low, high = found.second_interval
    numbers = {
        "steeper": "steeper" if found.second > 0 else "flatter",
        "first": signed(found.first),
        "second": signed(found.second),
        "interval": interval(found.second_interval),
    }
    return Finding(not low <= 0 <= high, numbers)


def like_a_random_matrix(tables: Tables, settings: LawSettings) -> Finding | None:
    """The norm of the quadratic form is about twice sqrt(n/d)."""
    return _scaled(tables, settings, TWICE)


def a_few_times(tables: Tables, settings: LawSettings) -> Finding | None:
    """The norm of the form is a few times sqrt(n / d^(p-1))."""
    return _scaled(tables, settings, FEW)


def explodes_at_the_limit(tables: Tables, settings: LawSettings) -> Finding | None:
    """Near the largest number of points that forms fit, the ratio is much larger than far from it."""
    curve = forms.means(tables.get("tensor")).get(settings.d, forms.NOTHING)
    if len(curve["n"]) < 2:
        return None
    first, last = curve["y"][0], curve["y"][-1]
    numbers = {
        "near": f"{last:.2g}",
        "near_n": int(curve["n"][-1]),
        "far": f"{first:.2g}",
        "far_n": int(curve["n"][0]),
        "share": f"{curve['n'][-1] / monomials(settings.d, settings.p):.0%}",
    }
    return Finding(bool(last >= EXPLODES * first), numbers)


def product_above_floor(tables: Tables, settings: LawSettings) -> Finding | None:
    """Every network that fits lies above the certified floor of the product of its norms."""
    ratio, _ = proxy.above(tables)
    if not len(ratio):
        return None
    numbers = {"networks": len(ratio), "below": int((ratio < 1).sum()), "closest": down(ratio.min(), 2)}
    return Finding(bool((ratio >= 1).all()), numbers)


def follows_the_law(tables: Tables, settings: LawSettings) -> Finding | None:
    """The drawn best constants do not contradict their exact law."""
    lip, n = circle.constants(tables)
    if not lip.any():
        return None
    distance, p = kolmogorov_smirnov(lip, n)
    numbers = {"sets": f"{len(lip):,}", "distance": f"{distance:.2g}", "chance": f"{p:.2g}"}
    return Finding(p >= CHANCE, numbers)


def steeper_below_the_noise(tables: Tables, settings: LawSettings) -> Finding | None:
    """Below the noise level every network gets steeper, in the mean more than without noise."""
    found, control = (noise.ratios(tables, sigma, settings.sigma**2) for sigma in (settings.sigma, 0.0))
    if not settings.sigma or not len(found) or not len(control):
        return None
    numbers = {"price": f"{found.mean():.2f}", "without": f"{control.mean():.2f}", "networks": len(found)}
    return Finding(bool(found.min() > 1 and found.mean() > control.mean()), numbers)


def alike_then_apart(tables: Tables, settings: LawSettings) -> Finding | None:
    """At the noise level all widths are alike; when they fit, the narrowest is the steepest."""
    level = noise.at_level(tables, settings.sigma, settings.sigma**2)
    k, ends = noise.by_width(noise.fitted(tables, settings.sigma, settings.tolerance))
    if len(level) < 2 or len(k) < 2:
        return None
    numbers = {
        "at_level": f"{level.max() / level.min():.2f}",
        "narrow": k[0],
        "narrow_end": f"{ends[0]:.3g}",
        "wide": k[-1],
        "wide_end": f"{ends[-1]:.3g}",
    }
    alike = level.max() <= ALIKE * level.min()
    return Finding(bool(alike and ends.argmax() == 0 and ends[0] > ALIKE * ends[-1]), numbers)


def noiseless_are_alike(tables: Tables, settings: LawSettings) -> Finding | None:
    """Without noise wide networks end hardly flatter than narrow ones."""
    k, ends = noise.by_width(noise.fitted(tables, 0.0, settings.tolerance))
    if len(k) < 2:
        return None
    slope = line(np.log(k), np.log(ends)).slope
    numbers = {"narrow": k[0], "narrow_end": f"{ends[0]:.3g}", "wide": k[-1], "wide_end": f"{ends[-1]:.3g}"}
    return Finding(bool(slope > -0.1), numbers)


def _in_both(tables: Tables, one: str, other: str) -> tuple[np.ndarray, np.ndarray]:
    """The values of two layers of the picture in the cells that both fill."""
    layers = picture.layers(tables)
    first, second = (dict(zip(zip(a.n, a.k, strict=True), a.value, strict=True)) for a in (layers[one], layers[other]))
    pairs = [
        (first[cell], second[cell]) for cell in first if np.isfinite([first[cell], second.get(cell, np.nan)]).all()
    ]
    values = np.array([pair for pair in pairs if min(pair) > 0]).reshape(-1, 2)
    return values[:, 0], values[:, 1]


def _rungs(tables: Tables) -> dict[str, float] | None:
    """The rungs of the first network, and the larger of the two that sample; None where one that counts is unknown."""
    rungs = next(iter(ladder.climbed(tables.get("ladder")).values()), {})
    if not {"random", "at_data", "adversarial", "upper", "product"} <= rungs.keys():
        return None
    found = rungs | {"sampled": float(np.fmax(rungs["random"], rungs["at_data"]))}
    counts = [found[name] for name in ("sampled", "adversarial", "upper", "product", "random", "at_data")]
    return found if np.isfinite(counts).all() and min(counts[:4]) > 0 else None


def _scaled(tables: Tables, settings: LawSettings, within: tuple[float, float]) -> Finding | None:
    _, norm = forms.fitted(tables.get("tensor"), settings)
    if not len(norm) or not np.isfinite(norm).all():
        return None
    ratio = float(norm.mean() / np.sqrt(settings.n / settings.d ** (settings.p - 1)))
    return Finding(within[0] <= ratio <= within[1], {"ratio": f"{ratio:.2f}", "norm": f"{norm.mean():.3g}"})


LESSON = Lesson(
    known,
    {
        check.__name__.replace("_", "-"): check
        for check in (
            floors_hold,
            built_beside_trained,
            two_exponents,
            samples_fall_short,
            data_no_steeper,
            samples_are_blind,
            line_with_intercept,
            no_power_half,
            ramps_are_exact,
            no_growth,
            none_left_of_frontier,
            not_n_over_k_alone,
            like_a_random_matrix,
            a_few_times,
            explodes_at_the_limit,
            product_above_floor,
            follows_the_law,
            steeper_below_the_noise,
            alike_then_apart,
            noiseless_are_alike,
        )
    },
)
