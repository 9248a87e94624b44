"""Whether chains agree: split R-hat and effective sample size, rank-normalised (Vehtari et al. 2021), by ArviZ."""

import math
import warnings

import numpy as np
from jaxtyping import Float

RHAT_MOST = 1.1  # above, chains have not come to agree
FEWEST = 4  # draws a chain: fewer cannot be split
LARGEST = 1000.0  # R-hat that is told: that of chains that stand still, each elsewhere, has no end


def rhat(draws: Float[np.ndarray, "chains draws"]) -> float:
    """1 where chains agree, at most `LARGEST`.

    NaN from one chain or fewer than four draws, or draws that are not finite or all alike.
    """
    found = _of(draws, "rhat")
    return found if math.isnan(found) else min(found, LARGEST)


def ess(draws: Float[np.ndarray, "chains draws"]) -> float:
    """How many independent draws tell as much of the bulk, of all chains, or of one; else NaN as for `rhat`."""
    return _of(draws, "ess")


def _of(draws: Float[np.ndarray, "chains draws"], name: str) -> float:
    if draws.shape[1] < FEWEST or not np.isfinite(draws).all() or np.ptp(draws) == 0:
        return float("nan")
    from arviz_stats.base import array_stats  # takes half a second, which no first frame has to spare

    with warnings.catch_warnings():  # that there is one chain is told by the result
        warnings.simplefilter("ignore")
        return float(getattr(array_stats, name)(draws, chain_axis=0, draw_axis=1))
