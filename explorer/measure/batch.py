"""The networks of an ensemble that have the same width, as operands of batched matrix products."""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.scale import preactivation_units
from explorer.nets.activations import Activation
from explorer.nets.two_layer import Ensemble
from explorer.powers import exponent, shifted

LOWEST = -1000  # what is 2^1000 times smaller than the rest of a sum is nothing


@dataclass(frozen=True)
class Batch:
    """T networks of one width; d1 is d + 1, with the biases in the last column of `inner`."""

    inner: Float[Tensor, "T k d1"]
    outer: Float[Tensor, "T 1 k"]
    activation: Activation

    def take(self, which: Int[Tensor, " S"]) -> "Batch":
        """Some of the networks."""
        return Batch(self.inner[which], self.outer[which], self.activation)

    @property
    def W(self) -> Float[Tensor, "T k d"]:
        """`inner` without its biases (narrow: a device that is only pretended has no indexing)."""
        return self.inner.narrow(2, 0, self.inner.shape[2] - 1)


def batches(nets: Ensemble) -> Iterator[tuple[list[int], Batch]]:
    """All networks, narrow ones first, each batch with the places of its members in the ensemble."""
    for k in sorted(set(nets.widths)):
        members = [i for i, width in enumerate(nets.widths) if width == k]
        chosen = nets.select(members)
        inner = chosen.inner.T.reshape(len(members), k, nets.d + 1)
        yield members, Batch(inner, chosen.outer.view(-1, 1, k), nets.activation)


def columns(X: Float[Tensor, "n d"], nets: Ensemble) -> Float[Tensor, "d1 n"]:
    """The points as columns above a row of ones, in the dtype and on the device of the networks."""
    return torch.cat([X.T, X.new_ones(1, len(X))]).to(nets.inner)


def levelled(nets: Ensemble, reach: float) -> Ensemble:
    """The networks times powers of two: the same signs, and directions of the gradient, at a scale that loses nothing.

    Each network's largest outer weight comes to lie in [1/2, 1). Where psi is homogeneous, a_j psi(t_j) is
    a_j s^p psi(t_j / s), and each neuron is first brought to preactivations of about 1 at points with coordinates of up
    to `reach`. Nothing is rounded, so that float32 can hold what comes out, whatever the scale of the networks was.
    What is not finite stays so.
    """
    inner, outer = nets.inner.double(), nets.outer.double()
    rise = torch.zeros_like(outer, dtype=torch.int64)
    if nets.activation.homogeneous:
        longest = exponent(nets.W.double().abs().amax(0))
        rise = preactivation_units(longest, nets.b.double(), math.frexp(reach)[1])
    sizes = exponent(outer) + nets.activation.degree * rise
    sizes = torch.cat([part - part.amax() for part in sizes.split(nets.widths)])
    mantissas = torch.frexp(outer).mantissa
    return replace(
        nets,
        inner=shifted(inner, -rise).to(nets.inner.dtype),
        outer=shifted(mantissas, sizes.clamp_min(LOWEST)).to(nets.outer.dtype),
    )
