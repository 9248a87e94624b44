"""Adam on whatever has parameters: many models of one architecture at once, on all points in every step.

This is the general way; `train.adam` is the fast one for two-layer networks and squared error.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.measure.criteria import Loss
from explorer.nets.population import Trainable
from explorer.train.adam import BETAS, EPSILON, LEARNING_RATE
from explorer.train.snapshot import paced


@dataclass(frozen=True)
class Trained:
    """The models after `step` steps, a copy, and the mean loss of each on these very weights. `done`: the last one."""

    step: int
    models: Trainable
    loss: Float64[Tensor, " B"]
    done: bool


def train(
    models: Trainable,
    X: Float[Tensor, "n d"],
    loss: Loss,
    *,
    tolerance: float,
    max_steps: int,
    stop: Callable[[], bool],
    lr: float = LEARNING_RATE,
    at: Callable[[int], bool] = lambda step: False,
    attack: Callable[[Trainable], Tensor] | None = None,
) -> Iterator[Trained]:
    """Train every model until its mean loss is at most `tolerance`, or for `max_steps` steps.

    With an `attack`, from the models to their points (B n d) anew in every step, this is adversarial training (Madry et
    al. 2018). A model rests while its loss is low enough. Yields at step 0, at the steps that `at` names and at the
    end; returns early, without a last one, when `stop()` says so.
    """
    stop = paced(stop)
    parameters = models.parameters.clone()
    optimiser = torch.optim.Adam([parameters], lr=lr, betas=BETAS, eps=EPSILON)
    for step in range(max_steps + 1):
        if stop():
            return
        now = models.with_parameters(parameters)
        x = attack(now) if attack else X.expand(len(now), -1, -1)
        logits, gradient = now.parameter_vjp(x, lambda z: loss.slope(z) / z.shape[1])
        losses = loss.loss(logits).double().mean(1)
        going = ~(losses <= tolerance)
        done = step == max_steps or not going.any()
        if done or step == 0 or at(step):
            yield Trained(step, models.with_parameters(parameters.clone()), losses, done)
        if done:
            return
        before = parameters.clone()
        parameters.grad = gradient
        optimiser.step()
        parameters.copy_(torch.where(going.unsqueeze(1), parameters, before))
