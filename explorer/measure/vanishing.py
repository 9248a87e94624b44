"""Gradients that are exactly 0 as computed, which no attack can follow: a matter of precision, not of robustness."""

from dataclasses import dataclass

from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.measure.criteria import Misclassified
from explorer.nets.population import Differentiable


@dataclass(frozen=True)
class Vanishing:
    """At each point of each model, of the gradient of the cross-entropy in the precision that the model computes in.

    Attributes:
        zero: whether all of its coordinates are exactly 0.
        lost: whether the part through the label's own logit, p - 1, is exactly 0: what is left, if anything, does not
            know of the label.
    """

    zero: Bool[Tensor, "B n"]
    lost: Bool[Tensor, "B n"]


def vanishing(models: Differentiable, X: Float[Tensor, "n d"], labels: Int[Tensor, " n"]) -> Vanishing:
    """Where the gradient by the inputs vanishes, and where its label's part does."""
    aim = Misclassified(labels)
    logits, gradient = models.vjp(X.expand(len(models), -1, -1), aim.slope)
    slope = aim.slope(logits)
    if slope.shape[-1] == 1:  # both parts are one
        own = slope.squeeze(-1)
    else:
        own = slope.gather(-1, labels.expand(slope.shape[:-1]).unsqueeze(-1)).squeeze(-1)
    return Vanishing((gradient == 0).all(-1), own == 0)
