"""Random functions clip(L u_j . x, -1, 1), and how each correlates with noise; all of a batch at once."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.vectors import unit


def inputs(n: int, d: int, generator: torch.Generator) -> tuple[Float[Tensor, "n d"], Float[Tensor, " n"]]:
    """n points of N(0, I/d) and as many random signs, on the CPU."""
    X = torch.randn(n, d, generator=generator) / d**0.5
    return X, torch.where(torch.rand(n, generator=generator) < 0.5, -1.0, 1.0)


def directions(d: int, count: int, generator: torch.Generator) -> Float[Tensor, "d count"]:
    """Unit vectors u_j, uniform on the sphere, on the CPU."""
    return unit(torch.randn(count, d, generator=generator)).T


def correlations(
    projections: Float[Tensor, "n count"], z: Float[Tensor, " n"], lip: float, ends: Sequence[int]
) -> Float[Tensor, "ends count"]:
    """(1/m) sum_{i < m} f_j(x_i) z_i for each m in the rising `ends` and each function; `projections` is u_j . x_i."""
    values = (lip * projections).clamp_(-1, 1)
    starts = (0, *ends[:-1])
    parts = torch.stack([z[start:end] @ values[start:end] for start, end in zip(starts, ends, strict=True)])
    return parts.cumsum(0) / torch.tensor(ends, dtype=parts.dtype, device=parts.device).unsqueeze(1)
