"""What the captions of the panel `one-neuron` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import percent_up
from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.law.one_neuron import OneNeuronSettings, figure

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


CHECKS: Mapping[str, Check] = {
    "ramps-are-exact": ramps_are_exact,
    "no-growth": no_growth,
}
