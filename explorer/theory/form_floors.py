"""Floors of |T| for every form f(x) = <T, x^(x)p> that fits labels +-1, from the data alone.

All are dualities: f(x_i) = y_i makes <T, sum_i c_i x_i^(x)p> = c . y for any weights c. They concern |T|, that is the
Lipschitz constant p |T| on the ball: on the sphere alone |x|^2 is constant, whatever its tensor.
"""

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.powers import OUTWARDS


def ky_fan(M: Float[Tensor, "d e"], n: int) -> Float[Tensor, " d"]:
    """n / (d^((p-2)/2) (sigma_1 + ... + sigma_k)(M)), k = 1 ... d: no T with k neurons that fits has a smaller |T|.

    M = sum_i y_i x_i^(x)p, unfolded to d rows and e = d^(p-1) columns, where T has rank k at most. Its norm is at most
    d^((p-2)/2) |T|, and <T, M> = n is at most that norm times the k largest singular values of M. For p = 2 this is
    |A| >= n / (sigma_1 + ... + sigma_k)(sum_i y_i x_i x_i'), about the forms of Theorem 9 of Bubeck, Li, Nagaraj 2020;
    derived here, for the theorem's own formula was not at hand.
    """
    d, e = M.shape
    slices = max(e / d, 1.0) ** 0.5
    sums = torch.linalg.svdvals(M).cumsum(0)
    return n / (slices * sums[torch.arange(d, device=M.device).clamp_max(min(d, e) - 1)] * OUTWARDS)


def frobenius(T: Float[Tensor, "m d e"], c: Float[Tensor, "m n"], y: Float[Tensor, " n"]) -> Float[Tensor, " m"]:
    """(c . y) / (|sum_i c_i x_i^(x)p|_F d^((p-1)/2)), T that sum, unfolded: no T that fits has a smaller |T|.

    For |T|_F <= d^((p-1)/2) |T|, slice by slice. With c = K^{-1} y the quotient is the least |T|_F of all forms that
    fit, about sqrt(n / (1 - n / C(d+p-1, p))); for p = 1 no form is smaller than this one.
    """
    return (c @ y) / (T.flatten(1).norm(dim=1) * T.shape[2] ** 0.5 * OUTWARDS)
