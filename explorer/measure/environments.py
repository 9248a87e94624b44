"""A measure's sign errors over coupled networks: pairs that differ in exactly one hyper-parameter. No torch.

An environment is one pair of values of one hyper-parameter, with all pairs of networks that have these values and agree
in every other hyper-parameter (after Dziugaite et al. 2020, who keep the settings of the others apart as well and
average over seeds: that needs many seeds). A measure may be right on the whole and wrong in one of them.
"""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Bool, Float, Int

from explorer.measure.rank import Column, Hyper, finite, levels

FEWEST = 12.0  # effective pairs that an environment has at least to count (theirs)


@dataclass(frozen=True)
class Coupled:
    """The P pairs of networks that differ in exactly one hyper-parameter.

    Attributes:
        first, second: the networks; the first has the lower value. axis: the place of the hyper-parameter.
        setting: number of what the others are set to: pairs of one axis and one setting vary nothing but that axis.
        low, high: the numbers of both values among those of that axis, in rising order.
    """

    first: Int[np.ndarray, " P"]
    second: Int[np.ndarray, " P"]
    axis: Int[np.ndarray, " P"]
    setting: Int[np.ndarray, " P"]
    low: Int[np.ndarray, " P"]
    high: Int[np.ndarray, " P"]


def coupled(hyper: Hyper, n: int) -> Coupled:
    """Those of n networks; networks alike in everything (other seeds) are no pair."""
    columns = [np.asarray(column) for column in hyper.values()]
    shape = len(columns), n
    value = np.array([levels([column], n) for column in columns], np.int64).reshape(shape)
    one, other = np.triu_indices(n, 1)
    unlike = value[:, one] != value[:, other]
    single = unlike.sum(0) == 1
    one, other, axis = one[single], other[single], unlike[:, single].argmax(0) if len(columns) else one[:0]
    turned = value[axis, one] > value[axis, other]
    first, second = np.where(turned, other, one), np.where(turned, one, other)
    others = [levels([*columns[:k], *columns[k + 1 :]], n) for k in range(len(columns))]
    rest = np.array(others, np.int64).reshape(shape)
    return Coupled(first, second, axis, rest[axis, first], value[axis, first], value[axis, second])


def hoeffding(difference: np.ndarray, test_size: int) -> np.ndarray:
    """Weight of a pair by the difference of its test errors: max(0, 1 - 2 exp(-2 n (|difference| / 2)^2))^2.

    It is near 1 where n test images tell the errors apart, and 0 where they do not. For shares in [0, 1]: Hoeffding's
    inequality says nothing of a loss.
    """
    return np.maximum(0, 1 - 2 * np.exp(-2 * test_size * (np.abs(difference) / 2) ** 2)) ** 2


@dataclass(frozen=True)
class Environments:
    """Sign errors: 1 where measure and target order a pair of networks differently, 1/2 where either ties, else 0.

    Attributes:
        n: networks that count.
        mean: over all pairs of networks, by weight: (1 - tau) / 2 without ties and weights.
        average, percentile, worst: mean, 90th percentile and maximum over the environments that count; NaN without any.
        axis, low, high: of each environment its hyper-parameter and both values, as text.
        pairs: how many it has. effective: (sum of weights)^2 / (sum of their squares), as many as they are worth.
        error: their mean sign error by weight, NaN where the weights are all 0.
        counts: whether it has enough effective pairs.
    """

    n: int
    mean: float
    average: float
    percentile: float
    worst: float
    axis: tuple[str, ...]
    low: tuple[str, ...]
    high: tuple[str, ...]
    pairs: Int[np.ndarray, " E"]
    effective: Float[np.ndarray, " E"]
    error: Float[np.ndarray, " E"]
    counts: Bool[np.ndarray, " E"]


def environments(
    measure: Column,
    target: Column,
    hyper: Hyper,
    error: Column | None = None,
    test_size: int | None = None,
    fewest: float = FEWEST,
) -> Environments:
    """Of a measure with a target.

    With a test size pairs are weighted by `hoeffding` of the test errors in `error` (the target, if that is None);
    without one they count alike.

    Raises:
        ValueError: if there are errors but no test size.
    """
    if error is not None and test_size is None:
        raise ValueError("test errors weigh pairs only together with the number of test images")
    (x, y, e), there = finite(measure, target, target if error is None else error)
    columns = {name: np.asarray(column)[there] for name, column in hyper.items()}
    n, names = len(x), list(columns)
    found = coupled(columns, n)

    def judged(a: np.ndarray, b: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        wrong = (1 - np.sign(x[a] - x[b]) * np.sign(y[a] - y[b])) / 2
        return wrong, np.ones(len(a)) if test_size is None else hoeffding(e[a] - e[b], test_size)

    wrong, weight = judged(*np.triu_indices(n, 1))
    mean = float(np.average(wrong, weights=weight)) if weight.sum() > 0 else math.nan
    wrong, weight = judged(found.first, found.second)
    keys, member = np.unique(np.stack([found.axis, found.low, found.high]), axis=1, return_inverse=True)
    member, count = member.reshape(-1), keys.shape[1]
    total, squares, wrongs = (np.bincount(member, w, count) for w in (weight, weight**2, weight * wrong))
    with np.errstate(invalid="ignore"):
        effective, errors = np.where(squares > 0, total**2 / squares, 0.0), wrongs / total
    counts = (effective >= fewest * (1 - 1e-9)) & (total > 0)
    chosen = errors[counts] if counts.any() else np.full(1, math.nan)
    texts = [[_text(value) for value in np.unique(columns[name])] for name in names]
    return Environments(
        n,
        mean,
        float(chosen.mean()),
        float(np.quantile(chosen, 0.9)),
        float(chosen.max()),
        tuple(names[k] for k in keys[0]),
        tuple(texts[k][v] for k, v in zip(keys[0], keys[1], strict=True)),
        tuple(texts[k][v] for k, v in zip(keys[0], keys[2], strict=True)),
        np.bincount(member, minlength=count),
        effective,
        errors,
        counts,
    )


def _text(value: object) -> str:
    return f"{value:g}" if isinstance(value, np.number) else str(value)
