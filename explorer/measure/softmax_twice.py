"""Cross-entropy of probabilities that are taken for logits: a defect of published code, for comparison.

Its values lie between log(1 + (K - 1) / e) and log(e + K - 1), whatever a network says, and its slope vanishes where
the network is sure, right or wrong.
"""

from dataclasses import dataclass

from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.criteria import Misclassified, pairs, unpaired


@dataclass(frozen=True)
class SoftmaxTwice:
    """The loss -log softmax(softmax(z))_y; see `criteria.Loss`."""

    labels: Int[Tensor, "*models n"]

    def loss(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n"]:
        return Misclassified(self.labels).loss(pairs(logits).softmax(-1))

    def slope(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n K"]:
        p = pairs(logits).softmax(-1)
        outer = Misclassified(self.labels).slope(p)
        return unpaired(p * (outer - (p * outer).sum(-1, keepdim=True)), logits.shape[-1])
