"""The face that measures, attacks and trainers know: B models of one architecture side by side.

A grid of architectures is several populations. What not every model can do is a protocol of its own, asked for with
`isinstance`: there is no input gradient for the structure of a graph.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, Self, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor
from torch.nn.functional import log_softmax, logsigmoid

#: From logits (B n K) to what a derivative by them is multiplied with, of the same shape.
Cotangent = Callable[[Tensor], Tensor]


@runtime_checkable
class Population(Protocol):
    """B models side by side, each at points of its own; those that all share are expanded, `X.expand(B, n, d)`."""

    @property
    def classes(self) -> int:
        """K logits. With K = 1 the sign of the one logit f tells class 1 (f > 0) from class 0."""
        ...

    def __len__(self) -> int:
        """B."""
        ...

    def take(self, which: Int[Tensor, " S"]) -> Self:
        """Some of the models."""
        ...

    def logits(self, x: Float[Tensor, "B n d"]) -> Float[Tensor, "B n K"]:
        """The outputs before any softmax."""
        ...


@runtime_checkable
class Differentiable(Population, Protocol):
    """Models with gradients by their inputs."""

    def vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        """Logits z (B n K), and at every point the sum over c of cotangent(z)_c dz_c/dx (B n d)."""
        ...


@runtime_checkable
class Trainable(Population, Protocol):
    """Models whose P parameters can be seen as a row of numbers."""

    @property
    def parameters(self) -> Float[Tensor, "B P"]:
        """All parameters, model by model."""
        ...

    def with_parameters(self, parameters: Float[Tensor, "B P"]) -> Self:
        """The same architecture with other parameters; views of them where that is possible."""
        ...

    def parameter_vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        """Logits z (B n K), and the sum over points and c of cotangent(z)_c dz_c/dparameters (B P)."""
        ...


def pairs(logits: Float[Tensor, "*B K"]) -> Float[Tensor, "*B classes"]:
    """At least two logits: -f/2 and f/2 where there is only f, which have the same difference and the same softmax."""
    return torch.cat([-logits / 2, logits / 2], dim=-1) if logits.shape[-1] == 1 else logits


def unpaired(cotangent: Float[Tensor, "*B classes"], classes: int) -> Float[Tensor, "*B K"]:
    """What belongs to f, from what belongs to `pairs` of it."""
    return cotangent.diff(dim=-1) / 2 if classes == 1 else cotangent


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
        return self._average(self.samples.logits(x.expand(len(self.samples), -1, -1)))

    def vjp(self, x: Float[Tensor, "1 n d"], cotangent: Cotangent) -> tuple[Tensor, Tensor]:
        averaged = []

        def of_samples(logits: Tensor) -> Tensor:
            averaged.append(self._average(logits))
            return self._pulled(logits, cotangent(averaged[0]))

        _, gradients = self.samples.vjp(x.expand(len(self.samples), -1, -1), of_samples)
        return averaged[0], gradients.sum(0, keepdim=True)

    def _average(self, logits: Float[Tensor, "S n K"]) -> Float[Tensor, "1 n K"]:
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
