"""Numbers of any size are brought to about 1 by powers of two, without rounding; bounds are rounded outwards."""

import torch
from jaxtyping import Float, Int
from torch import Tensor

NOTHING = -(1 << 20)  # the exponent of 0, below all others

#: every certificate is widened by this much: more than eigenvalues of float64 matrices of a thousand rows are off
OUTWARDS = 1 + 1e-10


def exponent(x: Float[Tensor, "*shape"]) -> Int[Tensor, "*shape"]:
    """e, with |x| in [2^(e - 1), 2^e); `NOTHING` for 0, and 0 for what is not finite."""
    found = torch.where(x.isfinite(), torch.frexp(x).exponent.long(), 0)
    return torch.where(x == 0, NOTHING, found)


def shifted(x: Float[Tensor, "*shape"], by: Int[Tensor, "*#shape"]) -> Float[Tensor, "*shape"]:
    """x 2^by in float64; infinite or 0 where that is out of range. (torch.ldexp goes through pow, which may round.)"""
    by, x = by.clamp(-2100, 2100), x.double()
    for part in (by // 3, (by + 1) // 3, (by + 2) // 3):  # their sum is `by`, and each power is a float64
        x = x * ((part + 1023) << 52).view(torch.float64)  # the bits of 2^part
    return x
