"""How large an average of gradients is that cancel by chance: those normal to data on which k coordinates are 0.

There the likelihood does not see the weights W of these coordinates, so that under the posterior they are as under the
prior, N(0, s^2), and independent of all other weights. The gradient in them is W' r with the derivative r by the first
layer's preactivations, which does not depend on W either. Given the other weights of n independent samples, their
average is therefore normal with mean 0 and standard deviation s sqrt(sum_i |r_i|^2) / n in each coordinate, exactly.
"""

from functools import cache
from typing import Literal

import numpy as np
from jaxtyping import Float
from scipy.integrate import quad
from scipy.special import erf, gammaln

Norm = Literal["l2", "linf"]


def deviation(squares: Float[np.ndarray, " T"], count: int, scale: float) -> Float[np.ndarray, " T"]:
    """Standard deviation of each normal coordinate of the average over `count` samples.

    Args:
        squares: sum over samples of |r_i|^2 at every point. scale: s.
    """
    return scale * np.sqrt(squares) / count


@cache
def mean_norm(k: int, norm: Norm) -> float:
    """The mean norm of k independent standard normal numbers."""
    if norm == "l2":
        return float(np.sqrt(2) * np.exp(gammaln((k + 1) / 2) - gammaln(k / 2)))
    far = 2 + np.sqrt(2 * np.log(2 * k))  # beyond 8 more the integrand is below 1e-16
    return float(quad(lambda t: 1 - erf(t / np.sqrt(2)) ** k, 0, far + 8, points=[far - 2], limit=200)[0])
