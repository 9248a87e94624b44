"""What the captions of the panel `one-neuron` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import percent_up
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.one_neuron import OneNeuronSettings, figure
from explorer.measure.regression import line, side

AGREES = 0.02  # measured over formula may be off by this much
STEADY = 0.05  # a constant that does not change varies by less
SEEN = 0.001  # smaller shares are rounding, and no news


def ramps_are_exact(tables: Tables, settings: OneNeuronSettings) -> Finding | None:
    """From t* on what is measured agrees with the formula in the ball."""
    t, table = figure.thresholds(tables, settings.n)
    there = np.isfinite(table["formula_sphere"]) & np.isfinite(table["lip_ball"]) if len(t) else np.zeros(0, bool)
    least = figure.star(t, table)
    if not there.any() or not np.isfinite(least):
        return None
    ratio = table["lip_ball"][there] / table["formula_ball"][there]
    numbers = {
        "star": f"{least:.3f}",
        "constant": f"{1 / (1 - least):.3g}",
        "off": percent_up(max(abs(ratio - 1).max(), SEEN), 1),
    }
    return Finding(bool(abs(ratio - 1).max() <= AGREES), numbers)


def no_growth(tables: Tables, settings: OneNeuronSettings) -> Finding | None:
    """The constant at one threshold is the same for few points and for many."""
    n, table = figure.at_chosen(tables)
    if len(n) < 2:
        return None
    values = table["lip_ball"]
    varies = float(values.max() / values.min() - 1)
    numbers = {"fewest": f"{n[0]:,.0f}", "most": f"{n[-1]:,.0f}", "varies": percent_up(max(varies, SEEN), 2)}
    return Finding(varies <= STEADY, numbers)


def with_more_points(tables: Tables, settings: OneNeuronSettings) -> Outcome | None:
    """Whether the constant at one threshold grows with the number of points, and not by chance."""
    n, table = figure.at_chosen(tables)
    came = no_growth(tables, settings)
    if came is None:
        return None
    first, last = (float(table["lip_ball"][at]) for at in (0, -1))
    steps = np.sign(np.diff(table["lip_ball"]))
    numbers = {**came.numbers, "at_fewest": f"{first:.3g}", "at_most": f"{last:.3g}"}
    if came.holds:
        return Outcome("stay the same", numbers)
    way = side(line(np.log(n), np.log(table["lip_ball"])).slope_interval, 0)
    if way > 0 and (steps > 0).all() and last > (1 + STEADY) * first:
        return Outcome("grow", numbers)
    return Outcome("fall", numbers) if way < 0 and (steps < 0).all() and first > (1 + STEADY) * last else None


CHECKS: Mapping[str, Check] = {
    "ramps-are-exact": ramps_are_exact,
    "no-growth": no_growth,
}

OUTCOMES: Mapping[str, Decide] = {
    "with-more-points": with_more_points,
}
