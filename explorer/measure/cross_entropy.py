"""The mean cross-entropy of B models as a function of their parameters, and its gradient, at points that all share."""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.criteria import Misclassified, margin
from explorer.nets.population import Trainable


@dataclass(frozen=True)
class CrossEntropy:
    """L(w) = (1/n) sum_i -ln p(y_i | x_i; w) of models of this architecture; X, y are the points of all of them."""

    models: Trainable
    X: Float[Tensor, "n d"]
    y: Int[Tensor, " n"]

    def logits(self, parameters: Float[Tensor, "B P"]) -> Float[Tensor, "B n K"]:
        """Of the models with these parameters."""
        return self.models.with_parameters(parameters).logits(self._points(parameters))

    def loss(self, parameters: Float[Tensor, "B P"]) -> Float[Tensor, " B"]:
        """L."""
        return self._mean(self.logits(parameters))

    def accuracy(self, parameters: Float[Tensor, "B P"]) -> Float[Tensor, " B"]:
        """The share of points with a positive margin."""
        logits = self.logits(parameters)
        return (margin(logits, self.y) > 0).to(logits.dtype).mean(1)

    def gradient(self, parameters: Float[Tensor, "B P"]) -> tuple[Float[Tensor, " B"], Float[Tensor, "B P"]]:
        """L, and dL/dw."""
        aim, n = Misclassified(self.y), len(self.X)
        models = self.models.with_parameters(parameters)
        logits, found = models.parameter_vjp(self._points(parameters), lambda z: aim.slope(z) / n)
        return self._mean(logits), found

    def _points(self, parameters: Float[Tensor, "B P"]) -> Float[Tensor, "B n d"]:
        return self.X.expand(len(parameters), *self.X.shape)

    def _mean(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, " B"]:
        return Misclassified(self.y).loss(logits).mean(1)
