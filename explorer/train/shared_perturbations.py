"""Perturbations that points share while models learn from them: who shares, and one step of each kind.

- Universal ones: one v_t for each of some targets t, the same for all points (RAT after Wang et al. 2021, whose code is
  not public: the algorithm is reconstructed); or one v of a model that leads away from all labels (universal
  adversarial training, Shafahi et al. 2018, arXiv 1811.11304, without their bound on the loss).
- Shared ones: one for a group of points of a minibatch (Mummadi et al. 2019, arXiv 1812.03705).
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import get_args

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor
from torch.nn.functional import one_hot

from explorer.measure.criteria import Criterion, Misclassified
from explorer.measure.perturbations import Box, ascended, moved
from explorer.measure.pgd import Norm
from explorer.nets.population import Differentiable
from explorer.train.adversarial import UNIT, Adversary, Learner, Minibatch
from explorer.vectors import lengths

#: Of a step with every minibatch, in units of delta. One v of all labels has to turn round where models have learned
#: it: with 0.1 it comes too late (8x8 digits, delta 0.2, 480 steps: models that were trained so withstand PGD with 0.1
#: no better than before, and 0.13 to 0.27 worse than those with 1).
LENGTH, AWAY = 0.1, 1.0
ROUNDING = 1 + 1e-6  # how much longer than delta, in its units, perturbations may be that are given

#: Finds perturbations (B T d) anew, from models as they are and perturbations as they are: yields None while it is at
#: work, and perturbations, of which the last are kept.
Renew = Callable[[Learner, Tensor], Iterator[Tensor | None]]


@dataclass(frozen=True)
class Shared:
    """Shared adversarial training: neighbours in a minibatch, `group` of them, have one perturbation.

    Where each begins is where the first of its group would alone.
    """

    adversary: Adversary
    group: int

    def __post_init__(self) -> None:
        if self.group < 1:
            raise ValueError(f"group = {self.group}: at least one point has a perturbation")


@dataclass(frozen=True)
class Universal:
    """Perturbations that all points share.

    Each time a point is met, it is given that of a target other than its label, drawn from the model's own stream; it
    stays where it is if there is none.

    Args:
        v: where they begin, of each model and target; in the units of the data. targets: T classes; None for one
            perturbation that leads away from the labels, whichever they are.
        delta: radius of their ball in this norm. length: of the step with every minibatch, in units of delta, along
            the gradient (its signs under linf) of what their own points say; 0: they stand still.
        renew: what finds them anew before every `every` steps but the first; it sees the models that learn, not a copy.
    """

    v: Float[Tensor, "B T d"]
    targets: Int[Tensor, " T"] | None
    norm: Norm
    delta: float
    length: float = 0.0
    box: Box | None = UNIT
    renew: Renew | None = None
    every: int = 1

    def __post_init__(self) -> None:
        if self.norm not in get_args(Norm):
            raise ValueError(f"norm = {self.norm!r}: use l2 or linf")
        if not 0 <= self.delta < float("inf"):
            raise ValueError(f"delta = {self.delta}: a radius is finite and not negative")
        if self.every < 1 or self.length < 0:
            raise ValueError(f"every = {self.every}, length = {self.length}: at least one step, of no negative length")
        T = 1 if self.targets is None else len(self.targets.unique())
        if self.v.shape[1] != T or (self.targets is not None and len(self.targets) != T):
            raise ValueError(f"{self.v.shape[1]} perturbations: one for each of {T} different targets")
        longest = (lengths(self.v) if self.norm == "l2" else self.v.abs().amax(-1)).max().item()
        if not longest <= self.delta * ROUNDING:
            raise ValueError(f"a perturbation is {longest} long: at most delta = {self.delta}")


def static(
    v: Float[Tensor, "B T d"], targets: Int[Tensor, " T"], delta: float, norm: Norm = "linf", box: Box | None = UNIT
) -> Universal:
    """RAT on perturbations as they were found."""
    return Universal(v, targets, norm, delta, 0.0, box)


def dynamic(
    v: Float[Tensor, "B T d"],
    targets: Int[Tensor, " T"],
    delta: float,
    norm: Norm = "linf",
    box: Box | None = UNIT,
    *,
    length: float = LENGTH,
) -> Universal:
    """RAT on perturbations that move with every minibatch; they may begin at 0."""
    return Universal(v, targets, norm, delta, length, box)


def universal(
    v: Float[Tensor, "B 1 d"], delta: float, norm: Norm = "linf", box: Box | None = UNIT, *, length: float = AWAY
) -> Universal:
    """Universal adversarial training; v may begin at 0."""
    return Universal(v, None, norm, delta, length, box)


def assigned(
    labels: Int[Tensor, "B b"], targets: Int[Tensor, " T"], drawn: Float[Tensor, "B b"]
) -> Float[Tensor, "B T b"]:
    """1 where a point is given a target: any but its label, by a number drawn from [0, 1); its column is 0 if none."""
    T, own = len(targets), labels.unsqueeze(-1) == targets
    choices = T - own.sum(-1)
    place = (drawn * choices).long().clamp_max(choices - 1).clamp_min(0)
    place = place + (own.any(-1) & (place >= own.long().argmax(-1)) & (choices > 0))
    return (one_hot(place, T) * (choices > 0).unsqueeze(-1)).mT.to(drawn)


def free(origin: Tensor, moves: Tensor, v: Tensor, box: Box | None) -> Bool[Tensor, "..."]:
    """Coordinates of points, moved by `moves`, that follow a change of v: all but those that the box holds back."""
    low, high = box or (-torch.inf, torch.inf)
    there = origin + v
    return ((there >= low) & (there <= high)) | (moves == v)


def shared_step(
    models: Differentiable,
    batch: Minibatch,
    v: Float[Tensor, "B groups d"],
    adversary: Adversary,
    eps: float,
) -> Float[Tensor, "B groups d"]:
    """Perturbations of neighbours after one more step of the adversary, along the sum of the gradients of a group.

    Before it, a coordinate that the box lets none of the group follow comes back to where the first of them does.
    """
    groups = (v.shape[1], -1)
    x = moved(batch.x, v.repeat_interleave(batch.x.shape[1] // v.shape[1], 1), adversary.box)
    moves = (x - batch.x).unflatten(1, groups)
    v = torch.where(v > 0, moves.amax(2), moves.amin(2))
    _, gradient = models.vjp(x, Misclassified(batch.labels).slope)
    follow = free(batch.x.unflatten(1, groups), moves, v.unsqueeze(2), adversary.box)
    return ascended(v, (gradient.unflatten(1, groups) * follow).sum(2), adversary.norm, eps, adversary.length)


def universal_step(
    models: Differentiable,
    origin: Float[Tensor, "B b d"],
    v: Float[Tensor, "B T d"],
    members: Float[Tensor, "B T b"],
    aim: Criterion,
    rival: Universal,
    radius: float,
) -> tuple[Tensor, Tensor]:
    """The points (B b d) moved by the perturbations as they are, and these (B T d) after a step of their own there."""
    each = members.mT @ v
    x = moved(origin, each, rival.box)
    if not rival.length:
        return x, v
    _, gradient = models.vjp(x, aim.slope)
    gradient = gradient * free(origin, x - origin, each, rival.box)
    return x, ascended(v, members @ gradient, rival.norm, radius, rival.length)
