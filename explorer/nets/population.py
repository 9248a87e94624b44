"""The face that measures, attacks and trainers know: B models of one architecture side by side.

A grid of architectures is several populations. What not every model can do is a protocol of its own, which signatures
name: there is no input gradient for the structure of a graph.
"""

from collections.abc import Callable
from typing import Protocol, Self, runtime_checkable

from jaxtyping import Float, Int
from torch import Tensor

#: From logits (B n K) to what a derivative by them is multiplied with, of the same shape.
Cotangent = Callable[[Tensor], Tensor]


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
