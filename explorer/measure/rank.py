"""Kendall's tau-b of a measure with a target over networks, plain, within groups and given a control. No torch.

Pairs of networks are not independent, so every interval is the bootstrap's over networks, not over pairs (dossier 1.5).
A network drawn twice is no pair with itself: it ties in both columns, and tau-b leaves such pairs out.
"""

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from explorer.measure.regression import LEVEL, UNKNOWN, Interval, ranks

RESAMPLES = 1000
FEWEST = 5  # networks of which an interval is given
EXACT = 4096  # up to so many networks sums of float32 signs are exact: they stay below 2^24
Column = np.ndarray  # one value a network: a measure, a target, a hyper-parameter
Hyper = Mapping[str, Column]  # hyper-parameters by name, values of any kind


@dataclass(frozen=True)
class Tau:
    """A rank correlation of n networks.

    Attributes:
        n: networks that count: all columns are finite there.
        pairs: of them, those that are compared.
        tau: NaN, to be read as "undefined", where a column has one value only.
        interval: between the 2.5 % and the 97.5 % quantile over resamples. One in which tau is undefined could be
            anything: it counts as -1 for the lower end and as 1 for the upper. NaN of fewer than `FEWEST` networks.
        ties: share of the pairs that tie in some column.
        undefined: share of the resamples in which tau is undefined.
        groups: in which networks are compared, and tau is defined.
    """

    n: int
    pairs: int
    tau: float
    interval: Interval
    ties: float
    undefined: float
    groups: int = 1


def kendall(measure: Column, target: Column, seed: int = 0, resamples: int = RESAMPLES) -> Tau:
    """tau-b: concordant pairs less discordant ones, over the root of (pairs untied in one) (untied in the other)."""
    y, x = known(target, measure)
    return _estimate([x, y], lambda counts: weighted(counts, x, y), seed, resamples)


def partial(measure: Column, target: Column, control: Column, seed: int = 0, resamples: int = RESAMPLES) -> Tau:
    """Kendall's partial tau: (xy - xz yz) / sqrt((1 - xz^2) (1 - yz^2)) of the three tau-b, z the control.

    Undefined where one of them is, or where the control orders a column like itself. A hint, not a control: unlike
    `within` it need not be 0 where measure and target depend on each other through the control alone.
    """
    y, x, z = known(target, measure, control)

    def of(counts: Int[np.ndarray, "R n"]) -> Float[np.ndarray, " R"]:
        xy, xz, yz = (weighted(counts, *pair) for pair in ((x, y), (x, z), (y, z)))
        left = (1 - xz**2) * (1 - yz**2)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.where(left > 1e-12, np.clip((xy - xz * yz) / np.sqrt(left), -1, 1), np.nan)

    return _estimate([x, y, z], of, seed, resamples)


def difference(first: Column, second: Column, target: Column, seed: int = 0, resamples: int = RESAMPLES) -> Tau:
    """tau of one measure with the target less that of another, on the same networks and the same resamples of them.

    From -2 to 2; a resample in which it is undefined counts as these.
    """
    y, x, z = known(target, first, second)
    return _estimate([x, y, z], lambda counts: weighted(counts, x, y) - weighted(counts, z, y), seed, resamples, 2.0)


def within(measure: Column, target: Column, groups: Column, seed: int = 0, resamples: int = RESAMPLES) -> Tau:
    """tau among networks of one group (one width, say), averaged over groups, weighted by their pairs.

    `groups` has a value of any kind for each network; see `levels` for groups by several columns. Groups in which tau
    is undefined are left out with their weight, in each resample anew. Networks are drawn within their groups.
    The interval is somewhat narrow (it held 88 %) where groups are of two networks and nearly all of them agree.
    """
    measure, target, labels = (np.asarray(column) for column in (measure, target, groups))
    y, x, group = known(target, measure, levels([labels], len(labels)))
    rng, draws, taus, weights, counted, tied = np.random.default_rng(seed), [], [], [], 0, 0.0
    for label in np.unique(group):
        a, b = x[group == label], y[group == label]
        counts = resampled(len(a), rng, resamples)
        tau = float(weighted(np.ones((1, len(a)), np.int64), a, b)[0])
        if math.isnan(tau):
            continue
        taus.append(tau)
        weights.append(math.comb(len(a), 2))
        draws.append(weighted(counts, a, b))
        counted += len(a)
        tied += weights[-1] * ties(a, b)
    if not taus:
        return Tau(0, 0, math.nan, UNKNOWN, math.nan, math.nan, 0)
    pairs, drawn, weight = sum(weights), np.stack(draws), np.array(weights, np.float64)[:, None]
    there = np.isfinite(drawn)
    with np.errstate(invalid="ignore"):
        means = np.where(there, weight * drawn, 0).sum(0) / (weight * there).sum(0)
    middle = float(np.average(taus, weights=weights))
    interval, undefined = quantiles(means, counted)
    return Tau(counted, pairs, middle, interval, tied / pairs, undefined, len(taus))


def ties(*columns: Column) -> float:
    """Share of the pairs of networks that tie in at least one of these columns; NaN without a pair."""
    values = known(*columns)
    n = len(values[0])
    if n < 2:
        return math.nan
    apart = np.logical_and.reduce([signs(column) != 0 for column in values])
    return 1 - float(apart.sum()) / (n * (n - 1))


def known(*columns: Column) -> list[Float[np.ndarray, " m"]]:
    """The networks of which all columns are finite, in the order of the columns: of the first, of equals by the next.

    So what is drawn does not depend on the order in which networks come, nor on the measure, as long as the first
    column is a target without ties.

    Raises:
        ValueError: if the columns are not one-dimensional and of one length.
    """
    values, _ = finite(*columns)
    order = np.lexsort(values[::-1])
    return [column[order] for column in values]


def finite(*columns: Column) -> tuple[list[Float[np.ndarray, " m"]], Bool[np.ndarray, " n"]]:
    """The columns where all of them are finite, and where that is.

    Raises:
        ValueError: if they are not one-dimensional and of one length.
    """
    values = [np.asarray(column, np.float64) for column in columns]
    if values[0].ndim != 1 or len({column.shape for column in values}) > 1:
        raise ValueError(f"columns have shapes {[column.shape for column in values]}: one length, one dimension")
    there = np.logical_and.reduce(np.isfinite(values), axis=0)
    return [column[there] for column in values], there


def levels(columns: Sequence[Column], n: int) -> Int[np.ndarray, " n"]:
    """For each of n networks the number of its combination of values, 0, 1, ...; all 0 without columns."""
    number = np.zeros(n, np.int64)
    for column in columns:
        value = np.unique(np.asarray(column), return_inverse=True)[1].reshape(n)
        number = np.unique(number * (n + 1) + value, return_inverse=True)[1].reshape(n)
    return number


def signs(column: Float[np.ndarray, " n"]) -> Float[np.ndarray, "n n"]:
    """The sign of v_i - v_j, in float32."""
    place = ranks(column)
    return np.sign(np.subtract.outer(place, place)).astype(np.float32 if len(column) <= EXACT else np.float64)


def resampled(n: int, rng: np.random.Generator, resamples: int = RESAMPLES) -> Int[np.ndarray, "R n"]:
    """How often each of n networks is in each of R samples of n, drawn with replacement."""
    drawn = rng.integers(n, size=(resamples, n)) + n * np.arange(resamples)[:, None]
    return np.bincount(drawn.ravel(), minlength=resamples * n).reshape(resamples, n)


def weighted(
    counts: Int[np.ndarray, "R n"], x: Float[np.ndarray, " n"], y: Float[np.ndarray, " n"]
) -> Float[np.ndarray, " R"]:
    """tau-b of each sample, where network i is counts[:, i] times in it; NaN where it is undefined."""
    product = signs(x) * signs(y)
    weights = counts.astype(product.dtype)
    above = np.einsum("rn,rn->r", weights @ product, weights).astype(np.float64)
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(above / np.sqrt(_untied(counts, x) * _untied(counts, y)), -1, 1)


def _untied(counts: Int[np.ndarray, "R n"], column: Float[np.ndarray, " n"]) -> Float[np.ndarray, " R"]:
    """Twice the pairs that do not tie in this column, in each sample."""
    order = np.argsort(column, kind="stable")
    starts = np.flatnonzero(np.diff(column[order], prepend=np.nan) != 0)
    together = np.add.reduceat(counts[:, order], starts, axis=1) if len(column) else counts
    return (counts.sum(1) ** 2 - (together**2).sum(1)).astype(np.float64)


def quantiles(draws: Float[np.ndarray, " R"], n: int, limit: float = 1.0) -> tuple[Interval, float]:
    """The interval that `Tau` tells of, and the share of undefined draws; n networks, of which |draws| <= limit."""
    there: Bool[np.ndarray, " R"] = np.isfinite(draws)
    undefined = 1 - float(there.mean())
    if n < FEWEST:
        return UNKNOWN, undefined
    low = float(np.quantile(np.where(there, draws, -limit), (1 - LEVEL) / 2))
    high = float(np.quantile(np.where(there, draws, limit), (1 + LEVEL) / 2))
    return (low, high), undefined


def _estimate(
    columns: list[Column],
    statistic: Callable[[np.ndarray], np.ndarray],
    seed: int,
    resamples: int,
    limit: float = 1.0,
) -> Tau:
    n = len(columns[0])
    if n < 2:
        return Tau(n, 0, math.nan, UNKNOWN, math.nan, math.nan)
    tau = float(statistic(np.ones((1, n), np.int64))[0])
    shared = ties(*columns)
    if math.isnan(tau):
        return Tau(n, math.comb(n, 2), tau, UNKNOWN, shared, math.nan)
    interval, undefined = quantiles(statistic(resampled(n, np.random.default_rng(seed), resamples)), n, limit)
    return Tau(n, math.comb(n, 2), tau, interval, shared, undefined)
