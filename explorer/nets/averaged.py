"""Samples that speak with one voice, such as those of a posterior."""

import math
from dataclasses import dataclass
from typing import Literal

from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import log_softmax, logsigmoid

from explorer.nets.population import Cotangent, Differentiable


@dataclass(frozen=True)
class Averaged:
    """One model (B = 1) made of S samples, such as a posterior predictive: it averages their logits or probabilities.

    With probabilities the logits are the logarithms of the averaged ones, and with K = 1 the log odds of class 1.
    """

    samples: Differentiable
    over: Literal["logits", "probabilities"] = "probabilities"

    @property
    def classes(self) -> int:
        return self.samples.classes

    def __len__(self) -> int:
        return 1

    def take(self, which: Int[Tensor, " S"]) -> "Averaged":
        """Itself; raises IndexError for anything but model 0, once."""
        if which.tolist() != [0]:
            raise IndexError(f"models {which.tolist()}: there is only model 0")
        return self

    def logits(self, x: Float[Tensor, "1 n d"]) -> Float[Tensor, "1 n K"]:
        return self.average(self.samples.logits(x.expand(len(self.samples), -1, -1)))

    def vjp(self, x: Float[Tensor, "1 n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        def of_samples(logits: Tensor) -> Tensor:
            return self._pulled(logits, cotangent(self.average(logits)))

        logits, gradients = self.samples.vjp(x.expand(len(self.samples), -1, -1), of_samples)
        return self.average(logits), gradients.sum(0, keepdim=True)

    def average(self, logits: Float[Tensor, "S n K"]) -> Float[Tensor, "1 n K"]:
        """The logits of the one model, from those of its samples."""
        if self.over == "logits":
            return logits.mean(0, keepdim=True)
        if self.classes == 1:  # log of the mean of sigmoid(f) over that of sigmoid(-f)
            return logsigmoid(logits).logsumexp(0, keepdim=True) - logsigmoid(-logits).logsumexp(0, keepdim=True)
        return log_softmax(logits, -1).logsumexp(0, keepdim=True) - math.log(len(logits))

    def _pulled(self, logits: Float[Tensor, "S n K"], c: Float[Tensor, "1 n K"]) -> Float[Tensor, "S n K"]:
        """The cotangent of every sample."""
        if self.over == "logits":
            return (c / len(logits)).expand_as(logits)
        if self.classes == 1:  # sigmoid' is their product, over the sum of each
            on, off = logsigmoid(logits), logsigmoid(-logits)
            return c * (on.softmax(0) * off.exp() + off.softmax(0) * on.exp())
        p = log_softmax(logits, -1)
        part = c * p.softmax(0)
        return part - p.exp() * part.sum(-1, keepdim=True)
