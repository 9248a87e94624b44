"""A few networks side by side in one batch, for kernels in which each network has points of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.utils.rnn import pad_sequence

from explorer.nets.activations import Activation
from explorer.nets.two_layer import Ensemble

#: neurons in one stack: what keeps 64 points of each network in the cache, and every batch a few milliseconds
ROOM = 1024


@dataclass(frozen=True)
class Stack:
    """m networks f(x) = sum_j a_j psi(w_j . x + b_j); row j of `W` is w_j.

    Narrower networks are filled up with neurons of zeros, which add nothing to any gradient.
    """

    W: Float[Tensor, "m k d"]
    b: Float[Tensor, "m k"]
    a: Float[Tensor, "m k"]
    activation: Activation

    @classmethod
    def of(cls, nets: Ensemble, indices: Sequence[int]) -> "Stack":
        """The named networks of an ensemble, in float64."""
        chosen = nets.select(indices).to(torch.float64)
        inner = pad_sequence([part.T for part in chosen.inner.split(chosen.widths, dim=1)], batch_first=True)
        a = pad_sequence(list(chosen.outer.split(chosen.widths)), batch_first=True)
        return cls(inner[..., :-1].contiguous(), inner[..., -1].contiguous(), a, nets.activation)

    @cached_property
    def U(self) -> Float[Tensor, "m k d"]:
        """diag(a) W: what neuron j adds to the gradient, per unit of slope."""
        return self.a.unsqueeze(-1) * self.W

    @cached_property
    def sizes(self) -> Float[Tensor, "m k"]:
        """|w_j|."""
        return self.W.norm(dim=-1)

    def finite(self) -> Bool[Tensor, " m"]:
        """Whether all weights of a network, and their products, are numbers."""
        return (self.U.sum(-1) + self.sizes + self.b + self.a).isfinite().all(1)

    def where(self, keep: Bool[Tensor, " m"]) -> "Stack":
        """The same networks, with zeros for those not kept."""
        W, b, a = (torch.where(keep.view(-1, *[1] * (w.ndim - 1)), w, 0) for w in (self.W, self.b, self.a))
        return replace(self, W=W, b=b, a=a)

    def single(self) -> "Stack":
        """The same networks in float32, each a scaled so that its largest entry is 1: where only the way matters."""
        a = self.a / self.a.abs().amax(1, keepdim=True).clamp_min(torch.finfo(self.a.dtype).tiny)
        return replace(self, W=self.W.float(), b=self.b.float(), a=a.float())

    def preactivations(self, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N k"]:
        """w_j . x + b_j, each network at its own points."""
        return torch.baddbmm(self.b.unsqueeze(1), x, self.W.mT)

    def gradients(self, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N d"]:
        """df/dx of each network at its own points."""
        return self.activation.slope(self.preactivations(x)) @ self.U


def batches(widths: Sequence[int], room: int = ROOM) -> list[list[int]]:
    """Indices of networks of similar widths, at most `room` neurons a batch when filled up to its widest."""
    order = sorted(range(len(widths)), key=lambda i: widths[i])
    groups: list[list[int]] = []
    for i in order:
        if groups and (len(groups[-1]) + 1) * widths[i] <= room:
            groups[-1].append(i)
        else:
            groups.append([i])
    return groups
