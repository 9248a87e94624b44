"""Labels of which a known share is noise: a smooth target and random signs, mixed."""

import math
from dataclasses import replace

from explorer.data import synthetic
from explorer.data.points import Points


def labelled(n: int, d: int, sigma: float, seed: int) -> Points:
    """Points of the sphere with y = sqrt(1 - sigma^2) g(x) + sigma z: g linear of variance 1, z a random sign.

    So y has variance 1, of which sigma^2 is noise: the sigma^2 = E Var(y | x) of Bubeck and Sellke 2021, Theorem 1.
    """
    smooth, signs = (synthetic.sphere(n, d, noise=noise, seed=seed) for noise in (0.0, 1.0))
    return replace(signs, y=math.sqrt(1 - sigma**2) * smooth.y + sigma * signs.y)
