"""How much of the sphere a neuron is on at, and how steep it is there on average: closed forms in high dimensions."""

import numpy as np
from jaxtyping import Float
from scipy.special import betainc, gammaln


def share(t: Float[np.ndarray, " k"], d: int) -> Float[np.ndarray, " k"]:
    """P(u . x > t) for x uniform on the unit sphere of R^d, d >= 2, and a unit vector u; t >= 0."""
    return 0.5 * betainc((d - 1) / 2, 0.5, np.clip(1 - t**2, 0, 1))


def tangential(t: Float[np.ndarray, " k"], d: int) -> Float[np.ndarray, " k"]:
    """E 1(u . x > t) sqrt(1 - (u . x)^2): the mean tangential gradient of a ReLU neuron, |w| = 1, that is on beyond t.

    The density of u . x is c_d (1 - u^2)^((d - 3) / 2): this is c_d / c_(d + 1) times the share in one dimension more.
    """
    ratio = np.exp(2 * gammaln(d / 2) - gammaln((d - 1) / 2) - gammaln((d + 1) / 2))
    return ratio * share(t, d + 1)
