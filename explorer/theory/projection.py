"""A floor under every function of few directions that fits noise.

It is the statement of a later audit of Theorem 6 of Bubeck, Li, Nagaraj 2020, read there and not in the paper (a
secondary source; the paper's own constant may differ): let the n >= 8 d points be uniform on the sphere and the labels
random signs. Then with probability at least 1 - e^(-n/4) - 2 e^(-n/32), every f(x) = g(P x) with P of rank r and a
mean squared error of at most 1/256 has a Lipschitz constant on the sphere of at least (3 / (32 sqrt(8))) sqrt(d / r).
A network with k <= d neurons is such a function, r = k.
"""

import math

POINTS_A_DIMENSION = 8
MSE = 1 / 256
CONSTANT = 3 / (32 * math.sqrt(8))


def floor(n: int, d: int, r: int, mse: float) -> float:
    """The least Lipschitz constant on the sphere of a function of rank r that fits to `mse`; NaN where nothing is said.

    Nothing is said for n < 8 d, for a worse fit, and for r > d.
    """
    if n < POINTS_A_DIMENSION * d or not mse <= MSE or r > d:
        return math.nan
    return CONSTANT * math.sqrt(d / r)
