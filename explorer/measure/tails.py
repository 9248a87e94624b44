"""How large a tail is after so many draws, and whether tails stand above their bounds by more than chance. No torch."""

import numpy as np
from jaxtyping import Bool, Float, Int
from scipy.special import bdtrc, betaincinv

from explorer.measure.regression import LEVEL


def clopper_pearson(
    count: Int[np.ndarray, " m"], trials: Int[np.ndarray, " m"], level: float = LEVEL
) -> tuple[Float[np.ndarray, " m"], Float[np.ndarray, " m"]]:
    """The exact interval of a probability after `count` successes in so many trials (Clopper and Pearson 1934).

    Each end is missed with a probability of at most (1 - level) / 2, whatever the true probability.
    """
    miss = (1 - level) / 2
    with np.errstate(invalid="ignore"):
        low = np.where(count > 0, betaincinv(np.maximum(count, 1), trials - count + 1, miss), 0.0)
        high = np.where(count < trials, betaincinv(count + 1, np.maximum(trials - count, 1), 1 - miss), 1.0)
    return low, high


def above(
    tail: Float[np.ndarray, " m"], trials: Int[np.ndarray, " m"], bound: Float[np.ndarray, " m"]
) -> Bool[np.ndarray, " m"]:
    """Which of the tails are above their bounds, all at once: if none is, any is called so in 5 % of runs at most.

    The exact binomial test of each, at the m-th part of 5 % (Bonferroni), m of those that a bound below 1 says
    anything of; so it holds however tails of the same draws depend on each other.
    """
    told = np.isfinite(tail) & np.isfinite(bound) & (bound > 0) & (bound < 1) & (trials > 0)
    count = np.rint(np.where(told, tail, 0) * trials)
    chance = np.where(count > 0, bdtrc(np.maximum(count - 1, 0), trials, np.where(told, bound, 0.5)), 1.0)
    return told & (chance < (1 - LEVEL) / max(int(told.sum()), 1))
