"""What the sign of a difference in one column tells of the sign of the difference in another, over pairs of networks.

V_mu is the sign of mu_1 - mu_2 over ordered pairs of networks, V_g that of the target, U_S the values that both have of
the hyper-parameters in S (Jiang et al. 2020; dossier 1.5). A tie is a value of its own, 0: a column that ties
everywhere tells nothing, and one that ties just where the target does tells that. In nats. No torch.

The plug-in estimate errs upwards, and by more than the number of pairs suggests: pairs that share a network depend on
each other. At 48 networks noise seems to tell .7 % of a target's sign on average, and over 2 % in one population of
ten. So all numbers are less their bias to first order, by the jackknife over networks (Quenouille 1956), and
information is cut off at 0; what `plain` is part of the name of is the plug-in estimate.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

import numpy as np
from jaxtyping import Float, Int
from scipy.special import xlogy

from explorer.measure.rank import Column, Hyper, finite, levels, signs

FEWEST = 5  # networks that a value of U_S has on average, at least: hyper-parameters that split finer are left out


@dataclass(frozen=True)
class Information:
    """I(X; Y | Z) >= 0 and H(Y | Z) in nats less their bias, and the plug-in estimates of both."""

    nats: float
    entropy: float
    plain: float
    plain_entropy: float

    @property
    def share(self) -> float:
        """I / H, from 0 to 1; NaN where nothing is left to be told (H = 0)."""
        return _share(self.nats, self.entropy)

    @property
    def plain_share(self) -> float:
        """The plug-in estimate of it."""
        return _share(self.plain, self.plain_entropy)


def _share(nats: float, entropy: float) -> float:
    return min(max(nats / entropy, 0.0), 1.0) if entropy > 1e-12 else math.nan


def information(
    x: Float[np.ndarray, " n"],
    y: Float[np.ndarray, " n"],
    beside: Float[np.ndarray, " n"] | None = None,
    groups: Int[np.ndarray, " n"] | None = None,
) -> Information:
    """I(V_x; V_y | U, V_beside) over the ordered pairs of n networks, all numbers finite.

    U is the pair of the networks' groups (0, 1, 2, ...). NaN of fewer than three networks.
    """
    n = len(x)
    groups = np.zeros(n, np.int64) if groups is None else groups
    inner = (1 if beside is None else 3, 3, 3)
    code = 3 * signs(x).astype(np.int64) + signs(y).astype(np.int64) + 4
    if beside is not None:
        code += 9 * (signs(beside).astype(np.int64) + 1)
    if n < 3:
        return Information(*[math.nan] * 4)
    count, size = int(groups.max()) + 1, math.prod(inner)
    place = (np.arange(n)[:, None] * count + groups) * size + code
    rows = np.bincount(place.ravel(), minlength=n * count * size).reshape(
        n, count, *inner
    )  # pairs (i, .) by group of .
    rows[np.arange(n), groups, inner[0] // 2, 1, 1] -= 1  # nobody pairs with himself
    tables = np.zeros((count, count, *inner), np.int64)
    np.add.at(tables, groups, rows)
    whole = _sums(tables)  # (count, count, 2)
    # without network i: its pairs leave the cells (its group, b), and their mirror images the cells (b, its group)
    own = np.arange(count) == groups[:, None]
    twice = np.where(own[..., None, None, None], rows + rows[..., ::-1, ::-1, ::-1], rows)
    change = np.where(own, 1, 2)[..., None] * (whole[groups] - _sums(tables[groups] - twice))
    totals = whole.sum((0, 1))
    plain = totals / (n * (n - 1))
    left_out = (totals - change.sum(1)) / ((n - 1) * (n - 2))
    corrected = n * plain - (n - 1) * left_out.mean(0)
    return Information(max(float(corrected[0]), 0.0), float(corrected[1]), max(float(plain[0]), 0.0), float(plain[1]))


def _sums(tables: Int[np.ndarray, "*cells k 3 3"]) -> Float[np.ndarray, "*cells two"]:
    """Number of pairs times I(X; Y | Z) and times H(Y | Z), each cell's part of it; axes: Z, X, Y."""
    joint, xz, yz, z = (tables, tables.sum(-1), tables.sum(-2), tables.sum((-1, -2)))
    f = [xlogy(t, t).reshape(*tables.shape[:-3], -1).sum(-1) for t in (joint, xz, yz, z)]
    return np.stack([f[0] - f[1] - f[2] + f[3], f[3] - f[2]], -1)


@dataclass(frozen=True)
class Conditional:
    """K(mu): the smallest share of what the target's sign leaves open that the measure's sign tells, over conditions.

    Attributes:
        n: networks that count.
        value: K, from 0 to 1: 1 for the target itself, 0 in the mean for noise; NaN where no condition is left.
        given: the hyper-parameters under which it is that small.
        plain: the smallest of the plug-in estimates.
        conditions: all that were tried, S = () first. shares: what is told under each; NaN where the hyper-parameters
            settle the target's sign, so that nothing is left to be told.
    """

    n: int
    value: float
    given: tuple[str, ...]
    plain: float
    conditions: tuple[tuple[str, ...], ...]
    shares: tuple[float, ...]


def conditional(measure: Column, target: Column, hyper: Hyper, largest: int = 2) -> Conditional:
    """K of a measure: min over S of I(V_mu; V_g | U_S) / H(V_g | U_S), S of up to `largest` hyper-parameters.

    The least of many noisy numbers errs downwards: a small K says little of a measure if n is small.
    """
    (x, y), there = finite(measure, target)
    columns = {name: np.asarray(column)[there] for name, column in hyper.items()}
    varied = [name for name, column in columns.items() if len(np.unique(column)) > 1]
    conditions, found = [], []
    for size in range(largest + 1):
        for names in combinations(varied, size):
            groups = levels([columns[name] for name in names], len(x))
            if names and FEWEST * (int(groups.max()) + 1) > len(x):
                continue
            conditions.append(names)
            found.append(information(x, y, groups=groups))
    shares = np.array([each.share for each in found])
    plain = np.array([each.plain_share for each in found])
    if not np.isfinite(shares).any():
        return Conditional(len(x), math.nan, (), math.nan, tuple(conditions), tuple(shares.tolist()))
    least = int(np.nanargmin(shares))
    return Conditional(
        len(x),
        float(shares[least]),
        conditions[least],
        float(np.nanmin(plain)),
        tuple(conditions),
        tuple(shares.tolist()),
    )


def beyond(candidate: Column, target: Column, measure: Column) -> Information:
    """I(V_P; V_g | V_mu): what the sign of P tells of the target's when that of mu is known; 0 if P = mu."""
    (p, y, x), _ = finite(candidate, target, measure)
    return information(p, y, beside=x)


@dataclass(frozen=True)
class Shared:
    """What the signs of m measures tell of each other, under one condition.

    Attributes:
        n: networks of which all of them are finite: only those count.
        nats: I(V_a; V_b | U_S) >= 0, symmetric; on the diagonal H(V_a | U_S).
        shares: the same over H(V_b | U_S) of its column b, 1 on the diagonal; NaN in the column of a constant measure.
    """

    n: int
    names: tuple[str, ...]
    nats: Float[np.ndarray, "m m"]
    shares: Float[np.ndarray, "m m"]


def shared(measures: Mapping[str, Column], hyper: Hyper | None = None) -> Shared:
    """Of every two measures; `hyper` are the hyper-parameters in S, none by default."""
    names, m = tuple(measures), len(measures)
    columns, there = finite(*measures.values())
    groups = levels([np.asarray(column)[there] for column in (hyper or {}).values()], int(there.sum()))
    nats, entropies = np.zeros((m, m)), np.zeros(m)
    for a in range(m):
        for b in range(a, m):
            found = information(columns[a], columns[b], groups=groups)
            nats[a, b] = nats[b, a] = found.nats
        entropies[a] = nats[a, a]
    shares = np.array([[_share(nats[a, b], entropies[b]) for b in range(m)] for a in range(m)]).reshape(m, m)
    return Shared(int(there.sum()), names, nats, shares)
