"""Vectors in the last dimension of a tensor, of any size that float64 holds."""

import torch
from jaxtyping import Float
from torch import Tensor


def project(x: Float[Tensor, "*n d"], radius: float) -> Float[Tensor, "*n d"]:
    """The nearest point of the ball |x| <= radius."""
    return x * (radius / x.norm(dim=-1, keepdim=True).clamp_min(radius))


def unit(v: Float[Tensor, "*n d"]) -> Float[Tensor, "*n d"]:
    """v / |v|, and 0 where v is 0."""
    tiny = torch.finfo(v.dtype).tiny
    v = v / v.abs().amax(-1, keepdim=True).clamp_min(tiny)  # or small ones would have no square, and large ones none
    return v / v.norm(dim=-1, keepdim=True).clamp_min(tiny)


def lengths(v: Float[Tensor, "*n d"]) -> Float[Tensor, "*n"]:
    """|v|, also where its square is no number."""
    longest = v.abs().amax(-1, keepdim=True).clamp_min(torch.finfo(v.dtype).tiny)
    return (v / longest).norm(dim=-1) * longest.squeeze(-1)
