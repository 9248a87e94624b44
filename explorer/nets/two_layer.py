"""A ragged ensemble of two-layer networks f(x) = sum_j a_j psi(w_j . x + b_j) over shared data.

All neurons of all networks stand side by side in one matrix, so that a whole sweep over widths and seeds
is one matrix product and a width costs exactly what its neurons cost: no padding, no loop over networks.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import accumulate

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.nets.activations import Activation
from explorer.seeding import seeded


@dataclass(frozen=True)
class Ensemble:
    """B networks with K neurons in all; network i owns the columns offsets[i] .. offsets[i + 1].

    `inner` holds, in d + 1 rows, w_j above its bias b_j (last row, all zero when the activation carries no biases).
    """

    inner: Float[Tensor, "rows K"]
    outer: Float[Tensor, " K"]
    widths: tuple[int, ...]
    seeds: tuple[int, ...]
    activation: Activation

    @property
    def offsets(self) -> tuple[int, ...]:
        return (0, *accumulate(self.widths))

    @property
    def W(self) -> Float[Tensor, "d K"]:
        return self.inner.narrow(0, 0, len(self.inner) - 1)

    @property
    def b(self) -> Float[Tensor, " K"]:
        return self.inner.select(0, -1)

    @property
    def d(self) -> int:
        return self.inner.shape[0] - 1

    def __len__(self) -> int:
        return len(self.widths)

    def select(self, indices: Sequence[int]) -> "Ensemble":
        """The named networks only, in that order; a view where they are neighbours."""
        indices = list(indices)
        widths, seeds = tuple(self.widths[i] for i in indices), tuple(self.seeds[i] for i in indices)
        first = indices[0] if indices else 0
        if indices == list(range(first, first + len(indices))):
            columns = self.offsets[first], sum(widths)
            inner, outer = self.inner.narrow(1, *columns), self.outer.narrow(0, *columns)
        else:
            inners, outers = self.inner.split(self.widths, 1), self.outer.split(self.widths)
            inner, outer = torch.cat([inners[i] for i in indices], 1), torch.cat([outers[i] for i in indices])
        return replace(self, inner=inner, outer=outer, widths=widths, seeds=seeds)

    def to(self, *args, **kwargs) -> "Ensemble":
        """As `Tensor.to`: another dtype or device."""
        return replace(self, inner=self.inner.to(*args, **kwargs), outer=self.outer.to(*args, **kwargs))

    def preactivations(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "n K"]:
        """w_j . x_i + b_j."""
        return torch.addmm(self.b, X, self.W)

    def outputs(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "B n"]:
        """f of every network at every point."""
        pre = self.preactivations(X)
        parts = self.activation.value(pre, out=pre).split(self.widths, dim=1)
        return torch.stack([h @ a for h, a in zip(parts, self.outer.split(self.widths), strict=True)])

    def gradients(self, X: Float[Tensor, "n d"]) -> Float[Tensor, "B n d"]:
        """df/dx of every network at every point: sum_j a_j psi'(w_j . x + b_j) w_j."""
        S = self.activation.slope(self.preactivations(X)).mul_(self.outer)
        parts = zip(S.split(self.widths, dim=1), self.W.split(self.widths, dim=1), strict=True)
        return torch.stack([s @ w.T for s, w in parts])


def initialise(
    widths: Sequence[int], seeds: Sequence[int], d: int, activation: Activation, scale: float = 1.0
) -> Ensemble:
    """Random networks, one for each pair (widths[i], seeds[i]), float32 on the CPU.

    |w_j| is about `scale` and b_j about scale / sqrt(d); without biases (t^p) |w_j| is about scale * sqrt(d), or f,
    of about scale^(p+1) at |x| = 1 as with other activations of that degree, would start far too small to learn. Each
    network has a generator of its own, so that it is the same whatever else is in the ensemble.
    """
    inner, outer = [], []
    for k, seed in zip(widths, seeds, strict=True):
        # distinct streams for distinct (k, seed); 2^20 exceeds every allowed width
        generator = seeded(seed * (1 << 20) + k)
        V = torch.randn(d + 1, k, generator=generator) * (scale / d**0.5)
        if not activation.biased:
            V *= d**0.5  # preactivations at |x| = 1 are now about `scale`
            V[-1] = 0
        inner.append(V)
        outer.append(torch.randn(k, generator=generator) * (scale / k**0.5))
    return Ensemble(torch.cat(inner, 1), torch.cat(outer), tuple(widths), tuple(seeds), activation)


def join(parts: Sequence[Ensemble]) -> Ensemble:
    """One ensemble of all the networks, in order; all parts share d, dtype, device and activation."""
    return Ensemble(
        torch.cat([part.inner for part in parts], dim=1),
        torch.cat([part.outer for part in parts]),
        tuple(k for part in parts for k in part.widths),
        tuple(seed for part in parts for seed in part.seeds),
        parts[0].activation,
    )
