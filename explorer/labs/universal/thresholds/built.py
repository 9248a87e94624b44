"""Networks that can be written down: how many neurons they take to fit, and to fit smoothly."""

import math
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from torch import Tensor

from explorer.frames import Columns
from explorer.labs.universal.thresholds import BUILT, THRESHOLDS, params
from explorer.theory import grouped, linear, one_neuron, slabs


class Construction(NamedTuple):
    """A network that fits: its width, and what its constant is at most in the unit ball; infinite where not known."""

    k: int
    lip: float


def constructions(X: Tensor, y: Tensor, tolerance: float) -> Iterator[Construction]:
    """All that we know for points of the unit sphere in general position.

    Slabs of d points are very steep, so nothing is certified of them. One neuron a point has an exact constant where
    caps are disjoint; m points a neuron a certified one, for m = 1, 2, ... until one misses the tolerance; and where
    there are no more points than dimensions one linear function is enough.
    """
    n, d = X.shape
    yield Construction(slabs.width(y, min(d, n)), math.inf)
    t = one_neuron.disjoint_from(X)
    if t < 1:
        yield Construction(n, one_neuron.in_ball(t))
    w = linear.shortest(X, y)
    if w is not None:
        yield Construction(2, float(w.norm()))
    for m in range(1, min(d, n) + 1):
        net = grouped.grouped(X, y, m)
        if float((net.outputs(X)[0] - y).square().mean()) > tolerance:
            return
        yield Construction(len(net.outer), grouped.certified(net))


def thresholds(X: Tensor, y: Tensor, tolerance: float, levels: Sequence[int], seed: int) -> Columns:
    """The narrowest construction, and the narrowest whose constant is at most a level, a row a level."""
    n, d = X.shape
    known = list(constructions(X, y, tolerance))
    smooth = [min((each.k for each in known if each.lip <= level), default=math.nan) for level in levels]
    return THRESHOLDS.filled(
        d=d,
        n=n,
        seed=seed,
        series=BUILT,
        params_fit=params(min(each.k for each in known), d),
        params_smooth=[params(k, d) for k in smooth],
        lip_target=levels,
        k_max=max(n, *(each.k for each in known)),
    )
