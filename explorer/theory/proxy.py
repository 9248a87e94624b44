"""The floor of |a| |W|_op for ReLU networks without biases (Theorem 5 of Bubeck, Li, Nagaraj 2020; our proof).

For labels +-1 and f(x) = sum_j a_j max(0, w_j . x), with R_n = sup over |w| <= 1 of |sum_i y_i max(0, w . x_i)|,

    n (1 - sqrt(MSE)) <= sum_i y_i f(x_i) <= sum_j |a_j| |w_j| R_n <= |a| |W|_F R_n <= sqrt(k) |a| |W|_op R_n.

The first step is Cauchy-Schwarz on sum_i y_i (y_i - f(x_i)). The last one loses where k > d: the rank of W is at most
d, so that sqrt(min(k, d)) does in the place of sqrt(k). An upper bound of R_n (`measure.correlation_bound`) gives a
floor that holds; the largest value that a search finds (`measure.correlation`) gives one that may be too high.
"""

import numpy as np


def floor(n: int, rank: int | np.ndarray, correlation: float, mse: float) -> float | np.ndarray:
    """The least |a| |W|_op of ReLU neurons without biases that fit n labels +-1 to `mse`, given R_n or a bound of it.

    `rank` is the width k, or min(k, d). 0 where mse >= 1, which the function 0 attains.
    """
    return n * max(1 - mse**0.5, 0) / (np.sqrt(rank) * correlation)
