"""Softmax robustness (Carbone et al. 2020): how far an attack moves the predicted probabilities."""

from jaxtyping import Float
from torch import Tensor

from explorer.measure.criteria import pairs


def shifts(before: Float[Tensor, "B n K"], after: Float[Tensor, "B n K"]) -> Float[Tensor, "B n"]:
    """The largest change of a class's probability, from logits to logits: 0 for none, 1 where all of it moved.

    Softmax is taken once. A robustness is 1 less the mean of these over points.
    """
    return (pairs(after).softmax(-1) - pairs(before).softmax(-1)).abs().amax(-1)


def double_shifts(before: Float[Tensor, "B n K"], after: Float[Tensor, "B n K"]) -> Float[Tensor, "B n"]:
    """What `shifts` would be if probabilities were taken for logits, as some code did; see `theory.double_softmax`."""
    return shifts(pairs(before).softmax(-1), pairs(after).softmax(-1))
