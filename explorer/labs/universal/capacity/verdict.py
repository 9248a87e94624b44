"""universal-1: is overparametrisation necessary to interpolate smoothly? From tables of `capacity`. No torch.

A claim about all networks cannot be shown by those that were trained; what can be seen is whether sizes that fit the
images also fit them robustly, or whether that takes more parameters.
"""

import math

import numpy as np

from explorer.frames import Columns
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.universal.capacity import CAPACITY
from explorer.labs.universal.capacity.numbers import FITS, Contrast, contrast, finished
from explorer.labs.universal.capacity.words import count, percent, points, span
from explorer.measure.regression import side

TEXT = "overparametrisation is necessary to interpolate smoothly"
STATISTIC = "robust training accuracy with the most parameters less that with the fewest that fit"
MUCH = 0.05  # how much more of the training images must be fitted robustly
REACHED = 0.9  # of them, with the most parameters: else nobody has fitted robustly
FEWEST = 5  # seeds
CHOSEN = (
    "Where fitting begins (99 %) and what is much (5 points) were set after a first look at networks of three seeds, "
    f"before the runs; that the most parameters reach {100 * REACHED:.0f} % came after a run against nobody (51 %)."
)
RULE = (
    f"A size fits if each of its networks has {percent(FITS)} of its training images right. Supported on a data set if "
    f"networks with the most parameters fit at least {100 * MUCH:.0f} points more of their training images robustly "
    "(right under PGD) than those with the fewest that fit: the 95 % interval of the paired difference over the seeds, "
    f"widened by a quarter, lies above that, and {100 * REACHED:.0f} % or more are fitted robustly with the most. Not "
    f"supported if it lies below. Undecided with fewer than {FEWEST} seeds or no two sizes that fit. Of several data "
    "sets all must say so; where they differ, only when the data are those that do."
)


def judge(runs: Runs) -> Verdict:
    """The verdict over all data sets; the number is that of the one on which the difference is smallest."""
    both = {name: of for name, tables in runs.items() if (of := _contrast(CAPACITY.among(tables))) is not None}
    networks = sum(len(finished(CAPACITY.among(tables))["params"]) for tables in runs.values())
    if not both:
        return undecided(STATISTIC, "No two sizes of networks fit their training images.", networks)
    words = {name: word(of) for name, of in both.items()}
    least = min(both, key=lambda name: both[name].difference[0])
    middle, ends = both[least].difference
    said = "; ".join(f"{name}: {_said(of)}" for name, of in both.items())
    spread = f"95 % over {len(both[least].before)} seeds, {least}"
    return Verdict(_together(words), STATISTIC, middle, ends, spread, networks, f"{said[0].upper()}{said[1:]}.")


def word(both: Contrast) -> str:
    """The verdict on one data set."""
    _, (low, high) = both.difference
    if len(both.before) < FEWEST or not (math.isfinite(low) and math.isfinite(high)):
        return UNDECIDED
    word = {1: SUPPORTED, -1: NOT_SUPPORTED}.get(side((low, high), MUCH), UNDECIDED)
    return UNDECIDED if word == SUPPORTED and both.after.mean() < REACHED else word


def _together(words: dict[str, str]) -> str:
    found = set(words.values())
    if len(found) == 1:
        return found.pop()
    if NOT_SUPPORTED in found and SUPPORTED in found:
        return f"{ONLY_WHEN} data = {', '.join(name for name, each in words.items() if each == SUPPORTED)}"
    return UNDECIDED


def _contrast(table: Columns) -> Contrast | None:
    both = contrast(table, "robust_fit")
    return both if both is not None and np.isfinite(both.before).all() else None


def _said(both: Contrast) -> str:
    middle, ends = both.difference
    return (
        f"{percent(both.before.mean())} with {count(both.small)} parameters, {percent(both.after.mean())} with "
        f"{count(both.large)} ({points(middle)}, {span(ends)})"
    )
