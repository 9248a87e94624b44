"""Who attacks with how many samples, who defends with how many: every pair of both numbers from few attacks.

What defends with d samples is the average prediction of the first d, so that one pass of all samples has all of them.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Bool, Float
from torch import Tensor
from torch.nn.functional import log_softmax

from explorer.measure.criteria import Criterion, pairs
from explorer.measure.perturbations import Attack
from explorer.measure.softmax_robustness import shifts
from explorer.nets.population import Differentiable, Population


@dataclass(frozen=True)
class Crossed:
    """Of every attacker (A) and every number of samples that defend (D), point by point.

    Attributes:
        met: whether the attack reached its aim. moved: the largest change of a class's probability.
    """

    met: Bool[Tensor, "A D n"]
    moved: Float[Tensor, "A D n"]


def nested(logits: Float[Tensor, "S n K"], counts: Sequence[int]) -> Float[Tensor, "D n classes"]:
    """Log probabilities of the averages of the first 1, 2, 5 ... samples, whichever `counts` names."""
    which = torch.tensor(list(counts), device=logits.device)
    total = log_softmax(pairs(logits), -1).logcumsumexp(0)[which - 1]
    return total - which.to(total).log().view(-1, 1, 1)


def crossed(
    attackers: Sequence[Differentiable],
    samples: Population,
    counts: Sequence[int],
    X: Float[Tensor, "n d"],
    aim: Criterion,
    attack: Attack,
    eps: float,
) -> Crossed:
    """Each attacker (one model) finds points of its own; the first d of the samples are asked about them.

    With eps = 0 nobody attacks.
    """
    before = nested(samples.logits(X.expand(len(samples), -1, -1)), counts)
    met, moved = [], []
    for attacker in attackers:
        x = attack(attacker, X, aim, eps) if eps else X.unsqueeze(0)
        after = nested(samples.logits(x.expand(len(samples), -1, -1)), counts) if eps else before
        met.append(aim.met(after))
        moved.append(shifts(before, after))
    return Crossed(torch.stack(met), torch.stack(moved))
