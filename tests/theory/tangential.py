"""How steep a ReLU neuron is on the unit sphere, in closed form: what tests compare measured gradients with."""

import math

import numpy as np
from jaxtyping import Float

from explorer.theory.caps import share


def tangent(d: int, t: Float[np.ndarray, " k"]) -> Float[np.ndarray, " k"]:
    """E[sqrt(1 - u^2); u > t]: times |a| |w| the mean tangential gradient of a neuron.

    sqrt(1 - u^2) takes the density of d dimensions to that of d + 1, up to a constant.
    """
    ratio = math.exp(2 * math.lgamma(d / 2) - math.lgamma((d - 1) / 2) - math.lgamma((d + 1) / 2))
    return ratio * share(d + 1, t)
