"""A few networks side by side in one batch, for kernels in which each network has points of its own."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cached_property

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import pad
from torch.nn.utils.rnn import pad_sequence

from explorer.nets.activations import Activation
from explorer.nets.two_layer import Ensemble
from explorer.vectors import lengths

#: neurons in one stack: what keeps 64 points of each network in the cache, and every batch a few milliseconds
ROOM = 2048
NUMBERS_GPU = 1 << 26  # (point, neuron) in one stack on a card: half a gigabyte, and work enough for a launch
WIDTHS = 64, 256  # to which networks are filled up, and powers of two from there on
FLAT, NARROW = 3, 16  # up to this d narrow networks are filled up to 16 only, so that all of their kinks can be tried


@dataclass(frozen=True)
class Stack:
    """m networks f(x) = sum_j a_j psi(w_j . x + b_j); row j of `W` is w_j.

    Networks are filled up to `padded` with neurons of zeros, which add nothing to any gradient.
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
        spare = padded(a.shape[1], nets.d) - a.shape[1]
        inner, a = pad(inner, (0, 0, 0, spare)), pad(a, (0, spare))
        return cls(inner[..., :-1].contiguous(), inner[..., -1].contiguous(), a, nets.activation)

    @cached_property
    def U(self) -> Float[Tensor, "m k d"]:
        """diag(a) W: what neuron j adds to the gradient, per unit of slope."""
        return self.a.unsqueeze(-1) * self.W

    @cached_property
    def sizes(self) -> Float[Tensor, "m k"]:
        """|w_j|, also where its square is no number."""
        return lengths(self.W)

    def finite(self) -> Bool[Tensor, " m"]:
        """Whether all weights of a network are numbers."""
        return (self.W.isfinite().all(-1) & self.b.isfinite() & self.a.isfinite()).all(1)

    def where(self, keep: Bool[Tensor, " m"]) -> "Stack":
        """The same networks, with zeros for those not kept."""
        W, b, a = (torch.where(keep.view(-1, *[1] * (w.ndim - 1)), w, 0) for w in (self.W, self.b, self.a))
        return replace(self, W=W, b=b, a=a)

    def preactivations(self, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N k"]:
        """w_j . x + b_j, each network at its own points."""
        return torch.baddbmm(self.b.unsqueeze(1), x, self.W.mT)

    def gradients(self, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N d"]:
        """df/dx of each network at its own points."""
        return self.activation.slope(self.preactivations(x)) @ self.U


def padded(k: int, d: int) -> int:
    """The width to which a network of width k is filled up: its own affair, so that neighbours change no product."""
    widths = (NARROW, *WIDTHS) if d <= FLAT else WIDTHS
    return next((width for width in widths if k <= width), 1 << (k - 1).bit_length())


def neurons_at_once(X: Float[Tensor, "n d"], points: int) -> int:
    """Neurons in one stack on the device of X, where each meets X and about so many points more."""
    return ROOM if X.is_cpu else max(ROOM, NUMBERS_GPU // (len(X) + points))


def batches(widths: Sequence[int], d: int, room: int = ROOM) -> list[list[int]]:
    """Indices of networks of one padded width, at most `room` neurons a batch or one network; narrow first."""
    groups: dict[int, list[int]] = {}
    for i, k in enumerate(widths):
        groups.setdefault(padded(k, d), []).append(i)
    found = []
    for width, members in sorted(groups.items()):
        count = max(1, room // width)
        found += [members[at : at + count] for at in range(0, len(members), count)]
    return found
