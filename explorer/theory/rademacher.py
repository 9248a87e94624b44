"""Rademacher complexity R = E sup_f (1/n) sum_i s_i f(x_i) of smooth classes: what is exact, and what is proved.

s are random signs. A class whose R is small cannot fit random signs, so it cannot fit below the noise either, and what
it learns holds for new points.
"""

import math

import numpy as np
from jaxtyping import Float
from scipy.optimize import linear_sum_assignment, minimize_scalar
from scipy.spatial.distance import cdist


def smooth(X: Float[np.ndarray, "n d"], signs: Float[np.ndarray, " n"], lip: float) -> float:
    """sup (1/n) sum_i s_i f(x_i) over *all* functions |f| <= 1 of Lipschitz constant <= lip; exact.

    Any values at the points with |v_i| <= 1 and |v_i - v_j| <= lip |x_i - x_j| are those of such a function (McShane
    1934), so this is a linear programme. Only pairs of unlike signs bind it, for distances keep the triangle
    inequality; its dual is a matching: of a +1 and a -1 at the price min(lip |x_i - x_j|, 2), each point left over
    paying 1.
    """
    plus, minus = X[signs > 0], X[signs < 0]
    price = np.minimum(lip * cdist(plus, minus), 2.0)
    rows, columns = linear_sum_assignment(price)
    return float((abs(len(plus) - len(minus)) + price[rows, columns].sum()) / len(X))


def linear(X: Float[np.ndarray, "n d"], signs: Float[np.ndarray, " n"], lip: float) -> float:
    """The same over w . x with |w| <= lip, exact: these stay within 1 while lip |x| does."""
    return float(lip * np.linalg.norm(signs @ X) / len(X))


def log_cover(k: int, d: int, outer: float, eps: float) -> float:
    """log of how many networks of the class stand within eps of every other, everywhere on the unit ball; at most.

    The class is f(x) = sum_j a_j max(0, w_j . x + b_j) with k neurons, |(w_j, b_j)| <= 1 and |a| <= outer, or these
    with their values cut off. Its weights lie in a ball of radius W = sqrt(k + outer^2) of R^p, p = k (d + 2), and f
    changes by at most J = sqrt(2 (k + outer^2)) times as much as they do: a largest set of them that keeps
    eps / J apart has at most (1 + 2 W J / eps)^p, and leaves nobody farther than that.
    """
    return k * (d + 2) * math.log1p(2 * math.sqrt(2) * (k + outer**2) / eps)


def bound(n: int, d: int, k: int, lip: float, outer: float) -> float:
    """R of networks as in `log_cover` that are lip-Lipschitz on the unit ball, cut off at -1 and 1: at most this.

    For independent points of the unit sphere. f - E f has there the exponential moments of a normal variable of
    variance lip^2 / (d - 1) (logarithmic Sobolev inequality, Herbst), and still has them times a random sign.
    So over N functions E max |(1/n) sum s_i (f - E f)(x_i)| <= lip sqrt(2 log(2 N) / (n (d - 1))), and the means add
    E |sum s_i| / n <= 1 / sqrt(n). A cover of width eps adds eps, the best of which is taken.
    """
    return _best(n, k, d, outer, lip / math.sqrt(d - 1), 1 / math.sqrt(n))


def massart(n: int, d: int, k: int, outer: float) -> float:
    """The same without smoothness: all that is used of f is |f| <= 1."""
    return _best(n, k, d, outer, 1.0, 0.0)


def _best(n: int, k: int, d: int, outer: float, size: float, more: float) -> float:
    """The least over eps of eps + size sqrt(2 log(2 N) / n) + more; any eps is a bound, so it need not be exact."""

    def at(log_eps: float) -> float:
        eps = math.exp(log_eps)
        return eps + size * math.sqrt(2 * (math.log(2) + log_cover(k, d, outer, eps)) / n) + more

    return float(minimize_scalar(at, bounds=(-20.0, 1.0), method="bounded").fun)
