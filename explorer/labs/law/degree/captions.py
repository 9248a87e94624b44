"""What the captions of the panel `degree` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.law.degree import DegreeSettings, forms
from explorer.theory.monomials import monomials

TWICE = 1.8, 2.6  # is about twice: a random matrix has 2, a finite one somewhat more
FEW = 2.0, 8.0  # is a few times
EXPLODES = 1.5  # times the ratio far from the limit


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
    """Near the largest number of points that forms fit, the ratio is much larger than far from it."""
    curve = forms.means(forms.TENSOR.among(tables)).get(settings.d, forms.NOTHING)
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


def _scaled(tables: Tables, settings: DegreeSettings, within: tuple[float, float]) -> Finding | None:
    _, norm = forms.fitted(forms.TENSOR.among(tables), settings)
    if not len(norm) or not np.isfinite(norm).all():
        return None
    ratio = float(norm.mean() / np.sqrt(settings.n / settings.d ** (settings.p - 1)))
    return Finding(within[0] <= ratio <= within[1], {"ratio": f"{ratio:.2f}", "norm": f"{norm.mean():.3g}"})


CHECKS: Mapping[str, Check] = {
    "like-a-random-matrix": like_a_random_matrix,
    "a-few-times": a_few_times,
    "explodes-at-the-limit": explodes_at_the_limit,
}
