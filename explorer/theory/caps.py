"""A ReLU neuron on the unit sphere: how much of it turns the neuron on, and where in that cap points lie.

x is uniform on S^(d-1) and u = w . x / |w|, of density c_d (1 - u^2)^((d-3)/2), c_d = Gamma(d/2) / (sqrt(pi)
Gamma((d-1)/2)). The neuron ReLU(w . x - b) is on for u > t = b / |w|, a cap.
"""

import numpy as np
from jaxtyping import Float
from scipy.special import betainc, betaincinv


def share(d: int, t: Float[np.ndarray, " k"]) -> Float[np.ndarray, " k"]:
    """P(u > t), for 0 <= t; 0 for t >= 1. u^2 is Beta(1/2, (d-1)/2)."""
    return betainc((d - 1) / 2, 0.5, (1 - np.square(t)).clip(0)) / 2


def inside(d: int, t: Float[np.ndarray, " N"], level: Float[np.ndarray, " N"]) -> Float[np.ndarray, " N"]:
    """The u > t beyond which lies this share of the cap, in (0, 1): uniform levels give the law of u on the cap."""
    whole = betainc((d - 1) / 2, 0.5, 1 - np.square(t))
    return np.sqrt(1 - betaincinv((d - 1) / 2, 0.5, level * whole))
