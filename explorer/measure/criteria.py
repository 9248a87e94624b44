"""When an attack has reached its aim, and the loss that leads there (compose with `measure.perturbations`).

A criterion knows the labels, integers from 0 on; with one logit f they are 0 (f < 0) and 1 (f > 0). They are those of
points that all models share (n), or of points of their own (B n). Logits that are not numbers meet nothing.
"""

from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import one_hot


@runtime_checkable
class Loss(Protocol):
    """What models (to train them) bring down, and attacks (on their inputs) up."""

    def loss(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n"]:
        """Of every point."""
        ...

    def slope(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n K"]:
        """Its derivative by the logits."""
        ...


@runtime_checkable
class Criterion(Loss, Protocol):
    """The aim of an attack; its loss rises towards it."""

    def met(self, logits: Float[Tensor, "B n K"]) -> Bool[Tensor, "B n"]:
        """Whether it is reached."""
        ...


def pairs(logits: Float[Tensor, "*B K"]) -> Float[Tensor, "*B classes"]:
    """At least two logits: -f/2 and f/2 where there is only f, which have the same difference and the same softmax."""
    return torch.cat([-logits / 2, logits / 2], dim=-1) if logits.shape[-1] == 1 else logits


def unpaired(cotangent: Float[Tensor, "*B classes"], classes: int) -> Float[Tensor, "*B K"]:
    """What belongs to f, from what belongs to `pairs` of it."""
    return cotangent.diff(dim=-1) / 2 if classes == 1 else cotangent


def margin(logits: Float[Tensor, "B n K"], labels: Int[Tensor, "*models n"]) -> Float[Tensor, "B n"]:
    """The label's logit less the largest other one (Carlini, Wagner 2017); with one logit f or -f."""
    z = pairs(logits)
    own = one_hot(labels, z.shape[-1]).bool()
    return z.where(own, torch.zeros_like(z)).sum(-1) - z.masked_fill(own, -torch.inf).amax(-1)


@dataclass(frozen=True)
class Misclassified:
    """Any class but the label, by the cross-entropy loss (Madry et al. 2018); a tie counts."""

    labels: Int[Tensor, "*models n"]

    def loss(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n"]:
        return -_log_probability(logits, self.labels)

    def slope(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n K"]:
        z = pairs(logits)
        return unpaired(z.softmax(-1) - one_hot(self.labels, z.shape[-1]), logits.shape[-1])

    def met(self, logits: Float[Tensor, "B n K"]) -> Bool[Tensor, "B n"]:
        return margin(logits, self.labels) <= 0


@dataclass(frozen=True)
class Margin(Misclassified):
    """Any class but the label, by the margin to the next one: its gradient does not fade where a model is sure."""

    def loss(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n"]:
        return -margin(logits, self.labels)

    def slope(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n K"]:
        z = pairs(logits)
        own = one_hot(self.labels, z.shape[-1])
        other = one_hot(z.masked_fill(own.bool(), -torch.inf).argmax(-1), z.shape[-1])
        return unpaired((other - own).to(z.dtype), logits.shape[-1])


@dataclass(frozen=True)
class Targeted:
    """The class `targets`, ahead of all others."""

    targets: Int[Tensor, "*models n"]

    def loss(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n"]:
        return _log_probability(logits, self.targets)

    def slope(self, logits: Float[Tensor, "B n K"]) -> Float[Tensor, "B n K"]:
        z = pairs(logits)
        return unpaired(one_hot(self.targets, z.shape[-1]) - z.softmax(-1), logits.shape[-1])

    def met(self, logits: Float[Tensor, "B n K"]) -> Bool[Tensor, "B n"]:
        return margin(logits, self.targets) > 0


def _log_probability(logits: Float[Tensor, "B n K"], labels: Int[Tensor, "*models n"]) -> Float[Tensor, "B n"]:
    z = pairs(logits).log_softmax(-1)
    return z.gather(-1, labels.expand(z.shape[:-1]).unsqueeze(-1)).squeeze(-1)
