"""What the captions of the panel `degree` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.degree import TENSOR, DegreeSettings, forms
from explorer.measure.regression import line, ranks, side
from explorer.theory.monomials import monomials

TWICE = 1.8, 2.6  # is about twice: a random matrix has 2, a finite one somewhat more
FEW = 2.0, 8.0  # is a few times
EXPLODES = 1.5  # times the ratio far from the limit
ALIKE = 1.25  # times one another: about the same


def known(settings: DegreeSettings) -> Mapping[str, object]:
    """What the settings alone say: their values, and how many numbers a form has."""
    return {**settings.values(), "limit": monomials(settings.d, settings.p)}


def like_a_random_matrix(tables: Tables, settings: DegreeSettings) -> Finding | None:
    """The norm of the quadratic form is about twice sqrt(n/d)."""
    return _scaled(tables, settings, TWICE)


def a_few_times(tables: Tables, settings: DegreeSettings) -> Finding | None:
    """The norm of the form is a few times sqrt(n / d^(p-1))."""
    return _scaled(tables, settings, FEW)


def explodes_at_the_limit(tables: Tables, settings: DegreeSettings) -> Finding | None:
    """Near the largest number of points that forms fit, the ratio is much larger than far from it, not by chance."""
    ends = _ends(tables, settings)
    if ends is None:
        return None
    first, last, numbers = ends
    if last < EXPLODES * first:
        return Finding(False, numbers)
    came = towards_the_limit(tables, settings)
    return Finding(True, numbers) if came and came.answer == "grow" else None


def _ends(tables: Tables, settings: DegreeSettings) -> tuple[float, float, dict[str, object]] | None:
    """The ratio at the fewest points and at the most, in the chosen d, and how they are told."""
    curve = forms.means(TENSOR.among(tables)).get(settings.d, forms.NOTHING)
    if len(curve["n"]) < 2:
        return None
    first, last = float(curve["y"][0]), float(curve["y"][-1])
    return (
        first,
        last,
        {
            "near": f"{last:.2g}",
            "near_n": int(curve["n"][-1]),
            "far": f"{first:.2g}",
            "far_n": int(curve["n"][0]),
            "share": f"{curve['n'][-1] / monomials(settings.d, settings.p):.0%}",
        },
    )


def _scaled(tables: Tables, settings: DegreeSettings, within: tuple[float, float]) -> Finding | None:
    found = _ratio(tables, settings)
    return Finding(within[0] <= found[0] <= within[1], found[1]) if found else None


def _ratio(tables: Tables, settings: DegreeSettings) -> tuple[float, dict[str, object]] | None:
    """The mean norm of the forms at the chosen n and d over its scale, and how it is told."""
    _, norm = forms.fitted(TENSOR.among(tables), settings)
    if not len(norm) or not np.isfinite(norm).all():
        return None
    ratio = float(norm.mean() / np.sqrt(settings.n / settings.d ** (settings.p - 1)))
    return ratio, {"ratio": f"{ratio:.2f}", "norm": f"{norm.mean():.3g}"}


def towards_the_limit(tables: Tables, settings: DegreeSettings) -> Outcome | None:
    """What becomes of the ratio of forms in the chosen d as n grows to the limit, by its ends and by rank."""
    ends, table = _ends(tables, settings), TENSOR.among(tables)
    if ends is None:
        return None
    first, last, numbers = ends
    here = (table["d"] == settings.d) & (table["ratio"] > 0)
    order = side(line(ranks(table["n"][here].astype(np.float64)), ranks(table["ratio"][here])).slope_interval, 0)
    if last >= EXPLODES * first and order > 0:
        return Outcome("grow", numbers)
    if first >= EXPLODES * last and order < 0:
        return Outcome("fall", numbers)
    means = forms.means(table)[settings.d]["y"]
    return Outcome("stay about the same", numbers) if means.max() <= ALIKE * means.min() else None


def size_of_the_norm(tables: Tables, settings: DegreeSettings) -> Outcome | None:
    """How many times sqrt(n / d^(p-1)) the norm found is."""
    found = _ratio(tables, settings)
    if found is None:
        return None
    ratio, numbers = found
    low, high = FEW
    return Outcome(
        "less than twice" if ratio < low else "2 to 8 times" if ratio <= high else "more than 8 times", numbers
    )


CHECKS: Mapping[str, Check] = {
    "like-a-random-matrix": like_a_random_matrix,
    "a-few-times": a_few_times,
    "explodes-at-the-limit": explodes_at_the_limit,
}

OUTCOMES: Mapping[str, Decide] = {
    "towards-the-limit": towards_the_limit,
    "size-of-the-norm": size_of_the_norm,
}
