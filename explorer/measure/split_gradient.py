"""Gradients split at a curve: what leads along it, and what leads off it, at each of many points."""

from jaxtyping import Float
from torch import Tensor


def parts(
    g: Float[Tensor, "*B T d"], tangent: Float[Tensor, "T d"]
) -> tuple[Float[Tensor, "*B T"], Float[Tensor, "*B T"]]:
    """Lengths of the normal and of the tangential part; `tangent` has length 1."""
    along = (g * tangent).sum(-1, keepdim=True)
    return (g - along * tangent).norm(dim=-1), along.squeeze(-1).abs()
