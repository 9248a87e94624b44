"""The face that measures, attacks and trainers know: B models of one architecture side by side.

A grid of architectures is several populations. What not every model can do is a protocol of its own, which signatures
name: there is no input gradient for the structure of a graph.
"""

from collections.abc import Callable
from dataclasses import dataclass
from math import prod
from typing import Protocol, Self, runtime_checkable

import torch
from jaxtyping import Float, Int
from torch import Tensor

#: From logits (B n K) to what a derivative by them is multiplied with, of the same shape.
Cotangent = Callable[[Tensor], Tensor]

#: From the shape of what leaves a hidden layer (B n ...) to what it is multiplied with: dropout.
Factors = Callable[[torch.Size], Tensor]


@dataclass(frozen=True)
class Block:
    """Parameters of a model that lie side by side: the weights of a layer, (out, ins ...), or something beside them."""

    name: str
    shape: tuple[int, ...]
    weights: bool

    @property
    def size(self) -> int:
        return prod(self.shape)


@runtime_checkable  # a test run checks every annotation
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
class Gathered(Population, Protocol):
    """Models that look at points which all share as one product of matrices, the points in the last dimension."""

    def logits_at(self, x: Float[Tensor, "n d"]) -> Float[Tensor, "B K n"]:
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


@runtime_checkable
class Layered(Trainable, Protocol):
    """Models that say where the weights of each layer stand: those are pruned and measured, biases are not."""

    @property
    def blocks(self) -> tuple[Block, ...]:
        """All of a row of `parameters`, in order, the first layer first."""
        ...


@runtime_checkable
class Fittable(Trainable, Protocol):
    """Models that are another thing while they are trained: dropout, normalisation by the batch."""

    def training_vjp(self, x: Float[Tensor, "B n d"], cotangent: Cotangent, factors: Factors | None) -> tuple:
        """As `parameter_vjp` (logits, B P) while training; `factors` multiplies what leaves every hidden layer."""
        ...

    def settled(self, x: Float[Tensor, "B n d"]) -> Layered:
        """What is measured once trained: without dropout, normalisation by these points folded into the weights."""
        ...
