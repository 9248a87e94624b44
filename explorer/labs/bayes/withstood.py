"""What stays right at one radius under PGD on the margin, image by image: for panels of `OneRadius`."""

from collections.abc import Generator
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.labs import Stop
from explorer.labs.bayes.attacks import BOX
from explorer.labs.bayes.one_radius import OneRadius
from explorer.labs.bayes.portion import portion
from explorer.labs.walks import Task
from explorer.measure.criteria import Margin
from explorer.measure.perturbations import PGD
from explorer.measure.softmax_robustness import shifts
from explorer.nets.population import Differentiable

AT_ONCE = 1e9  # multiplications of an attack between two questions whether to stop
QUICK_TESTED, QUICK_STEPS = 100, 3  # images of a first look, and steps of PGD there


@dataclass(frozen=True)
class Withstood:
    """Image by image, means over the models: right without an attack, right under it, and what it moved, see `shifts`.

    A model is right under attack only where it is right without.
    """

    clean: Float[Tensor, " n"]
    robust: Float[Tensor, " n"]
    moved: Float[Tensor, " n"]

    @property
    def numbers(self) -> tuple[float, float, float]:
        """Accuracy, accuracy under attack, softmax robustness."""
        return float(self.clean.mean()), float(self.robust.mean()), 1 - float(self.moved.mean())


def withstood(
    models: Differentiable,
    networks: int,
    params: int,
    task: Task,
    settings: OneRadius,
    stop: Stop,
    *,
    seed: int,
    quick: bool,
) -> Generator[None, None, Withstood | None]:
    """Every model attacked by itself, a few images at a time; None when that was stopped.

    Args:
        networks, params: how many networks with how many weights all of that is, for the pace. seed: of restarts, image
            by image. quick: a first look.
    """
    tested = min(QUICK_TESTED, len(task.labels)) if quick else len(task.labels)
    steps = min(QUICK_STEPS, settings.attack_steps) if quick else settings.attack_steps
    restarts = 1 if quick else settings.restarts
    size = portion(AT_ONCE, 8 * params * networks * steps * restarts, networks * max(task.seen.shape[1], settings.k))
    parts = []
    for begin in range(0, tested, size):
        if stop():
            return None
        yield None
        here = slice(begin, min(begin + size, tested))
        X, aim = task.seen[here], Margin(task.labels[here])
        before = models.logits(X.expand(len(models), -1, -1))
        attack = PGD("linf", steps, restarts, seed, BOX, first=begin, stop=stop)
        after = models.logits(attack(models, X, aim, settings.eps_max))
        if stop():  # in the midst of it
            return None
        found = (~aim.met(before), ~aim.met(after), shifts(before, after))
        parts.append(torch.stack([each.double().mean(0).cpu() for each in found]))
    return Withstood(*torch.cat(parts, 1))
