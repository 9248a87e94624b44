"""A bound on the error of a pruned network by the bits that it takes to write it down (minimum description length).

A code that was fixed before the data were seen gives every network h a length, sum_h 2^-length(h) <= 1. Then with
probability 1 - delta over the m training points, which are independent, for all h at once (Occam's bound: Hoeffding's
inequality for each h at delta 2^-length(h), and their union),

    error(h) <= error on the training points + sqrt((length ln 2 + ln(1 / delta)) / (2 m)).

A network that keeps k of d weights is which ones, log2 C(d, k), and b bits for each. What else is needed to rebuild it
counts as well, and the network whose error is measured must be the one that is rebuilt (`coded`). k and b are part of
the code if the data had a say in them: `choice`. The bound counts weights; prunability is the share of them.
"""

import math

import numpy as np
from jaxtyping import Bool, Float
from numpy.typing import ArrayLike
from scipy.special import gammaln

SCALE = 32  # bits of the scale of a layer, a float32


def length(total: int, kept: ArrayLike, each: ArrayLike, beside: ArrayLike = 0.0) -> np.ndarray:
    """Bits of a network: log2 C(total, kept) + each kept + beside; `kept` and the others broadcast.

    `beside` is for what is not pruned: `each` for every bias, `SCALE` for every scale, `choice` for every choice.

    Raises:
        ValueError: where more are kept than there are, fewer than none, or with less than a bit.
    """
    kept, each = np.asarray(kept), np.asarray(each)
    if np.any((kept < 0) | (kept > total)):
        raise ValueError(f"kept = {kept.tolist()}: there are {total} weights")
    if np.any(each < 1):
        raise ValueError(f"each = {each.tolist()}: a weight takes one bit or more")
    logs = gammaln(total + 1) - gammaln(kept + 1) - gammaln(total - kept + 1)
    return np.asarray(logs / math.log(2) + each * kept + beside)


def choice(ways: int) -> float:
    """Bits of one choice among so many ways, fixed before the data: log2 of their number.

    It is what a union bound over the grid of k pays: delta / ways for each.
    """
    return math.log2(ways)


def bound(error: ArrayLike, bits: ArrayLike, m: ArrayLike, delta: float = 0.05) -> np.ndarray:
    """error + sqrt((bits ln 2 + ln(1 / delta)) / (2 m)), for `error` the share of m points that are misclassified.

    Raises:
        ValueError: for delta outside (0, 1).
    """
    if not 0 < delta < 1:
        raise ValueError(f"delta = {delta}: a probability in (0, 1)")
    spread = (np.asarray(bits) * math.log(2) + math.log(1 / delta)) / (2 * np.asarray(m))
    return np.asarray(error + np.sqrt(spread))


def vacuous(value: ArrayLike) -> np.ndarray:
    """Whether a bound says nothing: an error is at most 1 anyway."""
    return np.asarray(np.asarray(value) >= 1)


def coded(weights: Float[np.ndarray, "*B n"], kept: Bool[np.ndarray, "*B n"], each: int) -> Float[np.ndarray, "*B n"]:
    """What the code makes of the weights of a layer: of those kept one of 2^each values, 0 of the others.

    The values are the middles of 2^each equal parts of [-s, s], where s is the largest |w| kept, rounded to float32.
    So a layer is s (`SCALE` bits), which are kept, and `each` bits for each of these; a weight moves by at most
    s / 2^each. None of the values is 0: a weight that is kept is worth its bits. One bit is its sign, times s / 2.

    Raises:
        ValueError: for less than one bit.
    """
    if each < 1:
        raise ValueError(f"each = {each}: a weight takes one bit or more")
    parts = 2.0**each
    scale = np.where(kept, np.abs(weights), 0).max(-1, keepdims=True, initial=0).astype(np.float32).astype(np.float64)
    safe = np.where(scale > 0, scale, 1)
    code = np.clip(np.floor((weights / safe + 1) / 2 * parts), 0, parts - 1)
    return np.where(kept, scale * ((2 * code + 1) / parts - 1), 0).astype(weights.dtype)
