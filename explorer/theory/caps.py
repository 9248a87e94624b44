"""A ReLU neuron on the unit sphere: how much of it turns the neuron on, and how steep it is there, in closed form.

x is uniform on S^(d-1) and u = w . x / |w|, of density c_d (1 - u^2)^((d-3)/2), c_d = Gamma(d/2) / (sqrt(pi)
Gamma((d-1)/2)). The neuron ReLU(w . x - b) is on for u > t = b / |w|, a cap.
"""

import math

import numpy as np
from jaxtyping import Float
from scipy.special import betainc, betaincinv


def share(d: int, t: Float[np.ndarray, " k"]) -> Float[np.ndarray, " k"]:
    """P(u > t), for 0 <= t; 0 for t >= 1. u^2 is Beta(1/2, (d-1)/2)."""
    return betainc((d - 1) / 2, 0.5, (1 - np.square(t)).clip(0)) / 2


def tangent(d: int, t: Float[np.ndarray, " k"]) -> Float[np.ndarray, " k"]:
    """E[sqrt(1 - u^2); u > t]: times |a| |w| the mean tangential gradient of a neuron.

    sqrt(1 - u^2) takes the density of d dimensions to that of d + 1, up to a constant.
    """
    ratio = math.exp(2 * math.lgamma(d / 2) - math.lgamma((d - 1) / 2) - math.lgamma((d + 1) / 2))
    return ratio * share(d + 1, t)


def inside(d: int, t: Float[np.ndarray, " N"], level: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """The u > t beyond which lies this share of the cap, in (0, 1): uniform levels give the law of u on the cap."""
    whole = betainc((d - 1) / 2, 0.5, 1 - np.square(t))
    return np.sqrt(1 - betaincinv((d - 1) / 2, 0.5, level * whole))
