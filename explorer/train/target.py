"""What a posterior is made of: the log density, up to a constant, that samplers walk on and MAP climbs.

U(w) = -log p(D | w) - log p(w): the summed cross-entropy of n labelled points, nothing tempered, and a Gaussian
prior, independent weight by weight.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

from jaxtyping import Float, Float64, Int
from torch import Tensor

from explorer.measure.criteria import Loss, Misclassified
from explorer.nets.population import Trainable

#: Standard deviation of a prior, see `Posterior`.
Scale = float | Float[Tensor, " P"] | Float[Tensor, "B 1"]


@runtime_checkable
class Target(Protocol):
    """A potential U of parameters, for many models at once; exp(-U) is a density up to a constant."""

    def energy(self, parameters: Float[Tensor, "B P"]) -> Float64[Tensor, " B"]:
        """U of every model, summed in float64."""
        ...

    def gradient(self, parameters: Float[Tensor, "B P"]) -> Float[Tensor, "B P"]:
        """Of U, by the parameters."""
        ...


@dataclass(frozen=True)
class Posterior:
    """The posterior of networks of one architecture.

    Args:
        models: of this architecture; their parameters do not matter. X: points that all learn from, or points of each
            of B. loss: summed over them, -log p(y | x, w). scale: standard deviation of the prior, of all parameters,
            (P) of each, or (B 1) of each model's own; infinite for a flat one.
    """

    models: Trainable
    X: Float[Tensor, "*B n d"]
    loss: Loss
    scale: Scale

    def energy(self, parameters: Float[Tensor, "B P"]) -> Float64[Tensor, " B"]:
        logits = self.models.with_parameters(parameters).logits(self._points(parameters))
        return self.loss.loss(logits).double().sum(1) + (parameters / self.scale).double().square().sum(1) / 2

    def gradient(self, parameters: Float[Tensor, "B P"]) -> Float[Tensor, "B P"]:
        models = self.models.with_parameters(parameters)
        _, gradient = models.parameter_vjp(self._points(parameters), self.loss.slope)
        return gradient + parameters / self.scale / self.scale

    def _points(self, parameters: Tensor) -> Float[Tensor, "B n d"]:
        return self.X.expand(len(parameters), -1, -1)


def classification(
    models: Trainable, X: Float[Tensor, "*B n d"], labels: Int[Tensor, "*B n"], scale: Scale
) -> Posterior:
    """The posterior with a categorical likelihood: softmax of the logits, or sigmoid of the one logit."""
    return Posterior(models, X, Misclassified(labels), scale)
