"""The networks of an ensemble that have the same width: the population with the shortest way to everything."""

from collections.abc import Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.nets.activations import Activation
from explorer.nets.population import Cotangent
from explorer.nets.two_layer import Ensemble


@dataclass(frozen=True)
class Batch:
    """T networks of one width; d1 is d + 1, with the biases in the last column of `inner`."""

    inner: Float[Tensor, "T k d1"]
    outer: Float[Tensor, "T 1 k"]
    activation: Activation

    @property
    def classes(self) -> int:
        return 1

    def __len__(self) -> int:
        return len(self.inner)

    def take(self, which: Int[Tensor, " S"]) -> "Batch":
        """Some of the networks."""
        return Batch(self.inner[which], self.outer[which], self.activation)

    @property
    def W(self) -> Float[Tensor, "T k d"]:
        """`inner` without its biases (narrow: a device that is only pretended has no indexing)."""
        return self.inner.narrow(2, 0, self.inner.shape[2] - 1)

    @property
    def b(self) -> Float[Tensor, "T k"]:
        return self.inner.select(2, -1)

    def logits(self, x: Float[Tensor, "T n d"]) -> Float[Tensor, "T n 1"]:
        return self.activation.value(self._preactivations(x)) @ self.outer.mT

    def vjp(self, x: Float[Tensor, "T n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        z = self._preactivations(x)
        logits = self.activation.value(z) @ self.outer.mT
        return logits, (cotangent(logits) * self.outer * self.activation.slope(z)) @ self.W

    def _preactivations(self, x: Float[Tensor, "T n d"]) -> Float[Tensor, "T n k"]:
        return torch.baddbmm(self.b.unsqueeze(1), x, self.W.mT)


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
