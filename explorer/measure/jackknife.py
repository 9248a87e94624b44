"""The jackknife over groups of draws (Quenouille 1956; Tukey 1958): an interval for what is no plain mean.

Draws of a chain depend on each other, so whole groups are left out, not single draws.
"""

from collections.abc import Callable

import numpy as np
from jaxtyping import Float


def pseudovalues(
    groups: Float[np.ndarray, "G *shape"], statistic: Callable[[np.ndarray], np.ndarray]
) -> Float[np.ndarray, "G *out"]:
    """G s(all) - (G - 1) s(all but group g), where s takes the mean over groups.

    Their mean is the statistic, less its bias to first order; they scatter about it as independent numbers would, so
    that `regression.mean` gives its interval. NaN from a single group.
    """
    count = len(groups)
    whole = statistic(groups.mean(0))
    if count < 2:
        return np.full((count, *np.shape(whole)), np.nan)
    left_out = [statistic((groups.sum(0) - group) / (count - 1)) for group in groups]
    return count * whole - (count - 1) * np.stack(left_out)
