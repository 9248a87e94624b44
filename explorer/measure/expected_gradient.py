"""Gradients averaged over samples, (1/n) sum_i grad_x L(f_i(x), y): how they shrink as samples join, and whether to 0.

tally = Tally.of(points=200, dims=784, norm="linf")
for i in range(100):
    tally = tally.add(gradients[i : i + 1])
    print(tally.count, summary(tally))

Samples come one after another, so that a walk can be watched; nothing of them is kept but sums, in float64.
"""

import math
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Float64
from torch import Tensor

from explorer.measure.pgd import Norm


@dataclass(frozen=True)
class Tally:
    """Gradients of `count` samples at T points, or some coordinates of them.

    Attributes:
        halves: sums over samples 0, 2, 4, ... and over 1, 3, 5, ...; where chains take turns these are other chains,
            if there is an even number. single: sum over samples of each one's own norm.
    """

    count: int
    norm: Norm
    halves: Float64[Tensor, "2 T d"]
    single: Float64[Tensor, " T"]

    @classmethod
    def of(cls, points: int, dims: int, norm: Norm, device: torch.device | str = "cpu") -> "Tally":
        """Of no samples."""
        zeros = torch.zeros(2, points, dims, dtype=torch.float64, device=device)
        return cls(0, norm, zeros, zeros.new_zeros(points))

    def add(self, gradients: Float[Tensor, "S T d"]) -> "Tally":
        """With the gradients of S more samples."""
        g = gradients.double()
        turn = self.count % 2
        halves = torch.stack([g[turn::2].sum(0), g[1 - turn :: 2].sum(0)])
        return Tally(self.count + len(g), self.norm, self.halves + halves, self.single + sizes(g, self.norm).sum(0))

    @property
    def mean(self) -> Float64[Tensor, "T d"]:
        """The averaged gradient at every point; NaN of no samples."""
        return self.halves.sum(0) / (self.count or math.nan)


@dataclass(frozen=True)
class Summary:
    """An averaged gradient, over the points.

    Attributes:
        mean_norm, median_norm: of its norm. ratio_single: its mean norm over that of single samples, which is 1 where
            all agree and about n^-1/2 where they cancel by chance. split_cosine: mean cosine of the averages of either
            half of the samples, near 1 where more samples will change nothing and near 0 where all is noise; of points
            where both are not 0, NaN where there are none.
    """

    mean_norm: float
    median_norm: float
    ratio_single: float
    split_cosine: float


def summary(tally: Tally) -> Summary:
    """What a tally says; NaN where it has too few samples to tell."""
    if not tally.count:
        return Summary(math.nan, math.nan, math.nan, math.nan)
    norms = sizes(tally.mean, tally.norm)
    single = float(tally.single.mean()) / tally.count
    mean_norm = float(norms.mean())
    one, other = tally.halves
    lengths = one.norm(dim=-1) * other.norm(dim=-1)
    known = lengths > 0
    cosine = float(((one * other).sum(-1)[known] / lengths[known]).mean())  # the mean of nothing is NaN
    median = float(torch.quantile(norms, 0.5))  # torch.median takes the lower of two in the middle
    return Summary(mean_norm, median, mean_norm / single if single > 0 else math.nan, cosine)


def falling(norms: Float[np.ndarray, "stages T"]) -> Bool[np.ndarray, " T"]:
    """At which points a norm is at no stage above the one before."""
    return np.all(np.diff(norms, axis=0) <= 0, axis=0)


def rising(norms: Float[np.ndarray, "stages T"]) -> Bool[np.ndarray, " T"]:
    """At which points a norm is at no stage below the one before, and not the same throughout."""
    return np.all(np.diff(norms, axis=0) >= 0, axis=0) & (norms[0] < norms[-1])


def sizes(g: Float[Tensor, "*B d"], norm: Norm) -> Float[Tensor, "*B"]:
    """The norm over coordinates."""
    return g.norm(dim=-1) if norm == "l2" else g.abs().amax(-1)
