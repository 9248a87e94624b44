"""How much a finite class of functions can correlate with noise, in the mean: two bounds, derived here.

The class has N functions f_j, the x_i are independent and N(0, I/d), the z_i independent random signs, so that (1/n)
sum_i f_j(x_i) z_i is a mean of n independent numbers. If f_j is L-Lipschitz with mean 0 and the distribution
1-isoperimetric, E exp(s z f_j(x)) <= exp(s^2 L^2 / (2 d)) (see `theory.isoperimetry`); if |f_j| <= 1, E exp(s z f_j(x))
<= exp(s^2 / 2). The mean of a maximum of N numbers with E exp(s X) <= exp(s^2 v / 2) is at most sqrt(2 v log N)
(Massart's lemma). With v = L^2 / (n d) and v = 1 / n that is `smooth` and `massart`. The first is Bubeck and Sellke's
heuristic (2021): n points in d dimensions count as n d.
"""

import numpy as np
from numpy.typing import ArrayLike


def smooth(n: ArrayLike, d: ArrayLike, N: ArrayLike, lip: ArrayLike) -> np.ndarray:
    """L sqrt(2 log N / (n d)): smaller than Massart's for L < sqrt(d)."""
    return np.asarray(np.asarray(lip) * massart(n, N) / np.sqrt(d))


def massart(n: ArrayLike, N: ArrayLike) -> np.ndarray:
    """sqrt(2 log N / n), which asks for values in [-1, 1] only."""
    return np.asarray(np.sqrt(2 * np.log(N) / np.asarray(n)))
