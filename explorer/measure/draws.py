"""Random numbers of the search and the certificate: a network has its own, whoever is measured beside it."""

import math
from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.stack import padded
from explorer.seeding import seeded

SPHERE = 128  # random points at which the search for a large gradient begins
SUBSETS = 32  # random sets of neurons to aim at
ROUNDINGS = 32  # random roundings of the certificate's factor to a corner of the slope box


@dataclass(frozen=True)
class Draws:
    """What m networks of one padded width K use.

    Attributes:
        sphere: unit vectors, the same for all.
        subsets: 1 for the neurons of a set, else 0; from all of them down to about one.
        sketch, rounding: Gaussian.
    """

    sphere: Float[Tensor, "s d"]
    subsets: Float[Tensor, "m c K"]
    sketch: Float[Tensor, "m d r"]
    rounding: Float[Tensor, "m r g"]

    @classmethod
    def of(
        cls,
        d: int,
        widths: Sequence[int],
        seed: int,
        device: torch.device,
        points: int = SPHERE,
        sets: int = SUBSETS,
    ) -> "Draws":
        """Of networks of these widths, each drawn from (seed, its width) alone."""
        K = padded(max(widths), d)
        rank = min(d, math.ceil(math.sqrt(2 * (K + 1))))
        sphere = normal(points, d, generator=torch.Generator().manual_seed(seed))
        sphere /= sphere.norm(dim=1, keepdim=True)
        each = {k: _own(d, k, K, rank, seed, sets) for k in set(widths)}
        subsets, sketch, rounding = (
            torch.stack(parts).to(device) for parts in zip(*map(each.get, widths), strict=True)
        )
        return cls(sphere.to(device), subsets, sketch, rounding)


def _own(d: int, k: int, K: int, rank: int, seed: int, sets: int) -> tuple[Tensor, Tensor, Tensor]:
    generator = seeded(seed * (1 << 20) + k)  # 2^20 exceeds every allowed width
    share = torch.exp(-math.log(k) * torch.linspace(0, 1, sets, dtype=torch.float64))
    chosen = torch.rand(sets, k, generator=generator, dtype=torch.float64) <= share.unsqueeze(1)
    subsets = torch.nn.functional.pad(chosen.to(torch.float64), (0, K - k))
    return subsets, normal(d, rank, generator=generator), normal(rank, ROUNDINGS, generator=generator)


def normal(*shape: int, generator: torch.Generator) -> Tensor:
    """Standard normal numbers in float64."""
    return torch.randn(*shape, generator=generator, dtype=torch.float64)
