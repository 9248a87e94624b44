"""Granulated Kendall coefficients: tau where one hyper-parameter alone varies (Jiang et al. 2020). No torch."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from explorer.measure.environments import coupled
from explorer.measure.rank import Column, Hyper, finite


@dataclass(frozen=True)
class Granulated:
    """Of a measure with a target.

    Attributes:
        n: networks that count.
        names: of the hyper-parameters.
        psi: of each, the mean of tau over the settings of the others where tau is defined; NaN if it is nowhere.
        settings: how many these are.
        mean: Psi, the mean of those psi that are defined; NaN if none is.
    """

    n: int
    names: tuple[str, ...]
    psi: Float[np.ndarray, " h"]
    settings: Int[np.ndarray, " h"]
    mean: float


def granulated(measure: Column, target: Column, hyper: Hyper) -> Granulated:
    """psi and Psi.

    At each setting of the others tau-b is over the pairs that differ in the one hyper-parameter; networks alike in all
    of them (other seeds) are no pair. A setting counts as much as any other, however many networks it has.
    """
    (x, y), there = finite(measure, target)
    pairs = coupled({name: np.asarray(column)[there] for name, column in hyper.items()}, len(x))
    a, b = (np.sign(v[pairs.first] - v[pairs.second]) for v in (x, y))
    psi, settings = np.full(len(hyper), math.nan), np.zeros(len(hyper), np.int64)
    for k in range(len(hyper)):
        here = pairs.axis == k
        above, one, other = (np.bincount(pairs.setting[here], v[here]) for v in (a * b, a * a, b * b))
        defined = (one > 0) & (other > 0)
        settings[k] = defined.sum()
        if settings[k]:
            psi[k] = float((above[defined] / np.sqrt(one[defined] * other[defined])).mean())
    there_is = np.isfinite(psi)
    return Granulated(len(x), tuple(hyper), psi, settings, float(psi[there_is].mean()) if there_is.any() else math.nan)
