"""Models as functions of their last coordinates, the first ones held: who attacks them moves in these alone."""

from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.nets.population import Cotangent, Differentiable


@dataclass(frozen=True)
class Sliced:
    """f(u) = models([held, u]) at n points.

    Attributes:
        held: the first coordinates of every point, the same for all models.
    """

    models: Differentiable
    held: Float[Tensor, "n h"]

    @property
    def classes(self) -> int:
        return self.models.classes

    def __len__(self) -> int:
        return len(self.models)

    def take(self, which: Int[Tensor, " S"]) -> "Sliced":
        return Sliced(self.models.take(which), self.held)

    def logits(self, x: Float[Tensor, "B n u"]) -> Float[Tensor, "B n K"]:
        return self.models.logits(self._whole(x))

    def vjp(self, x: Float[Tensor, "B n u"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        logits, gradients = self.models.vjp(self._whole(x), cotangent)
        return logits, gradients[..., self.held.shape[1] :]

    def _whole(self, x: Float[Tensor, "B n u"]) -> Float[Tensor, "B n d"]:
        return torch.cat([self.held.expand(len(x), -1, -1), x], -1)
