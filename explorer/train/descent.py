"""Adam down a potential: MAP for a posterior, plain training where its prior is flat. Many models at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64
from torch import Tensor

from explorer.train.adam import BETAS, EPSILON
from explorer.train.snapshot import paced
from explorer.train.target import Target

LEARNING_RATE = 0.02


@dataclass(frozen=True)
class Descent:
    """The parameters after `step` steps, a copy, and the potential on these very parameters. `done`: the last one."""

    step: int
    position: Float[Tensor, "B P"]
    energy: Float64[Tensor, " B"]
    done: bool


def descend(
    target: Target,
    position: Float[Tensor, "B P"],
    *,
    max_steps: int,
    stop: Callable[[], bool],
    lr: float = LEARNING_RATE,
    at: Callable[[int], bool] = lambda step: False,
) -> Iterator[Descent | None]:
    """`max_steps` steps with a rate that falls linearly to 0.

    Yields at step 0, at the steps that `at` names and at the end, and None between two others, so that whoever draws
    hears of it; returns early, without a last one, when `stop()` says so.
    """
    stop, now = paced(stop), position.clone()
    optimiser = torch.optim.Adam([now], lr=lr, betas=BETAS, eps=EPSILON)
    for step in range(max_steps + 1):
        if stop():
            return
        done = step == max_steps
        yield Descent(step, now.clone(), target.energy(now), done) if done or step == 0 or at(step) else None
        if not done:
            optimiser.param_groups[0]["lr"] = lr * (1 - step / max_steps)
            now.grad = target.gradient(now)
            optimiser.step()
