"""Adversarial training: each minibatch is perturbed, against the models as they are, before they learn from it.

- FGSM-AT (Goodfellow et al. 2015): one step of length eps along the gradient. From a random start (Wong et al. 2020)
  the step is 1.25 eps long, and what it leads out of the ball is brought back.
- PGD-AT (Madry et al. 2018): several projected steps, from a random start; the last iterate is trained on.

B models of one architecture train side by side, each on points of its own and in an order of its own, by cross-entropy
and Adam with a rate that falls linearly to 0. All that is drawn is drawn on the CPU, before a step.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol, get_args, runtime_checkable

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import Box, ascended, moved, shortened
from explorer.measure.pgd import Norm, in_ball
from explorer.nets.population import Differentiable, Trainable
from explorer.seeding import seeded
from explorer.train.adam import descend
from explorer.train.snapshot import paced

LEARNING_RATE = 5e-3
UNIT: Box = (0, 1)  # the range of an image's pixels
PAST_THE_BALL = 1.25  # length of FGSM's step from a random start, in units of eps
ORDER, START = 1 << 32, 2 << 32  # what is added to a seed for draws of their own; weights are drawn from it as it is


@runtime_checkable
class Learner(Differentiable, Trainable, Protocol):
    """Models with gradients by their inputs and by their parameters."""


@dataclass(frozen=True)
class Adversary:
    """Whom a minibatch is perturbed by.

    Args:
        norm, eps: of the ball around each point, in the units of the data. box: bounds of every coordinate.
        steps: how many gradients are followed. length: of each step, in units of eps.
        random_start: whether it begins at a point drawn from the ball, not at the centre.
    """

    norm: Norm
    eps: float
    steps: int
    length: float
    random_start: bool
    box: Box | None = UNIT

    def __post_init__(self) -> None:
        if self.norm not in get_args(Norm):
            raise ValueError(f"norm = {self.norm!r}: use l2 or linf")
        if not 0 <= self.eps < float("inf"):
            raise ValueError(f"eps = {self.eps}: a radius is finite and not negative")
        if self.steps < 1:
            raise ValueError(f"steps = {self.steps}: at least one")


def fgsm(norm: Norm, eps: float, *, random_start: bool = False, box: Box | None = UNIT) -> Adversary:
    """The adversary of FGSM-AT."""
    return Adversary(norm, eps, 1, PAST_THE_BALL if random_start else 1.0, random_start, box)


def pgd(norm: Norm, eps: float, *, steps: int = 7, box: Box | None = UNIT) -> Adversary:
    """The adversary of PGD-AT; together its steps are 2.5 eps long."""
    return Adversary(norm, eps, steps, 2.5 / max(steps, 1), True, box)


@dataclass(frozen=True)
class Minibatch:
    """What one step learns from, model by model; `start` is where its perturbations begin."""

    x: Float[Tensor, "B b d"]
    labels: Int[Tensor, "B b"]
    start: Float[Tensor, "B b d"]


@dataclass(frozen=True)
class Moments:
    """Parameters and what Adam remembers of their gradients; a step overwrites them."""

    parameters: Float[Tensor, "B P"]
    mean: Float[Tensor, "B P"]
    square: Float[Tensor, "B P"]
    count: Float[Tensor, ""]

    @classmethod
    def of(cls, models: Trainable) -> "Moments":
        parameters = models.parameters.clone()
        nought = torch.zeros_like(parameters)
        return cls(parameters, nought, nought.clone(), torch.zeros((), device=parameters.device))


@dataclass(frozen=True)
class Trained:
    """The models after `step` steps, a copy, and the mean loss of each on what the step before learned from.

    That loss is NaN before the first step. `done`: the last one.
    """

    step: int
    models: Learner
    loss: Float64[Tensor, " B"]
    done: bool


def perturbed(
    models: Differentiable, batch: Minibatch, delta: Float[Tensor, "B b d"], adversary: Adversary, eps: float
) -> Float[Tensor, "B b d"]:
    """The perturbations after one more step of the adversary; `eps` is its radius, less what is lost in rounding."""
    x = moved(batch.x, delta, adversary.box)
    _, gradient = models.vjp(x, Misclassified(batch.labels).slope)
    return ascended(x - batch.x, gradient, adversary.norm, eps, adversary.length)


def answer(
    models: Differentiable, batch: Minibatch, adversary: Adversary, eps: float, stop: Callable[[], bool]
) -> Float[Tensor, "B b d"] | None:
    """The points to which the adversary moves those of a minibatch; None where it was told to stop."""
    delta = batch.start
    for _ in range(adversary.steps):
        delta = perturbed(models, batch, delta, adversary, eps)
        if stop():
            return None
    return moved(batch.x, delta, adversary.box)


def learn(
    models: Trainable,
    x: Float[Tensor, "B b d"],
    labels: Int[Tensor, "B b"],
    state: Moments,
    lr: float,
    weights: Float[Tensor, " b"] | None = None,
) -> Tensor:
    """One step of Adam down the mean loss of each model, which is returned (B); or the sum with these weights."""
    aim, b = Misclassified(labels), x.shape[1]
    each = None if weights is None else weights.unsqueeze(1)
    logits, gradient = models.parameter_vjp(x, lambda z: aim.slope(z) / b if each is None else aim.slope(z) * each)
    state.count.add_(1)
    descend(state.parameters, gradient, state.mean, state.square, state.count, lr)
    losses = aim.loss(logits).double()
    return losses.mean(1) if weights is None else (losses * weights).sum(1)


#: What models as they are learn from in one step: their losses before; None where it was told to stop.
Lesson = Callable[[Learner, Moments, int], Tensor | None]


def loop(
    models: Learner, lesson: Lesson, *, max_steps: int, stop: Callable[[], bool], at: Callable[[int], bool]
) -> Iterator[Trained | None]:
    """Step after step of a lesson; the yields and the end are those of `train`."""
    state = Moments.of(models)
    now, loss = models.with_parameters(state.parameters), state.parameters.new_full((len(models),), torch.nan).double()
    for step in range(max_steps + 1):
        done = step == max_steps
        if stop():
            return
        if done or step == 0 or at(step):
            yield Trained(step, models.with_parameters(state.parameters.clone()), loss, done)
        else:
            yield None
        if done:
            return
        found = lesson(now, state, step)
        if found is None:
            return
        loss = found


def refuse_outside(X: Tensor, box: Box | None) -> None:
    """Raises ValueError if the box does not hold all points."""
    if box and (X.amin() < box[0] or X.amax() > box[1]):
        raise ValueError(f"box = {box}: it must hold all points, whose coordinates reach from {X.amin()} to {X.amax()}")


class Draws:
    """Minibatches: each model goes through its points in an order of its own, drawn anew for every round.

    A model's draws depend on its seed alone, not on what stands beside it.
    """

    def __init__(
        self, X: Float[Tensor, "B n d"], labels: Int[Tensor, "B n"], seeds: Sequence[int], size: int, norm: Norm | None
    ) -> None:
        """`norm`: of the unit ball from which starts are drawn; None where all begin at the points themselves."""
        self._X, self._labels, self._size, self._norm = X, labels, min(size, X.shape[1]), norm
        self._orders = [seeded(ORDER + seed) for seed in seeds]
        self._starts = [seeded(START + seed) for seed in seeds]
        self._round: list[Tensor] = []

    def next(self, eps: float) -> Minibatch:
        """The next minibatch; what is left of a round, when it is no whole one, is left out."""
        if not self._round:
            n = self._X.shape[1]
            order = torch.stack([torch.randperm(n, generator=each) for each in self._orders])
            self._round = [part for part in order.split(self._size, dim=1) if part.shape[1] == self._size]
        at = self._round.pop(0).to(self._X.device)
        models = torch.arange(len(at), device=at.device).unsqueeze(1)
        x, labels = self._X[models, at], self._labels[models, at]
        if self._norm is None:
            return Minibatch(x, labels, torch.zeros_like(x))
        drawn = torch.stack([in_ball(x.shape[1:], self._norm, each) for each in self._starts])
        return Minibatch(x, labels, eps * drawn.to(x))


def train(
    models: Learner,
    X: Float[Tensor, "B n d"],
    labels: Int[Tensor, "B n"],
    adversary: Adversary | None,
    *,
    seeds: Sequence[int],
    max_steps: int,
    stop: Callable[[], bool],
    size: int = 100,
    lr: float = LEARNING_RATE,
    warm: float = 0.0,
    at: Callable[[int], bool] = lambda step: False,
) -> Iterator[Trained | None]:
    """Train every model for `max_steps` minibatches of `size` points, perturbed by the adversary, if there is one.

    Without one, and with eps = 0 to the last bit, this is plain training. Yields at step 0, at the steps that `at`
    names and at the end, and None between two others, so that whoever draws hears of it; returns early, without a
    last one, when `stop()` says so.

    Args:
        X, labels: of each model; those that all share are expanded. seeds: of each model's draws.
        warm: share of the steps over which the radius rises, from 0, to that of the adversary: small networks that
            meet all of it at once learn to say the same of every point.

    Raises:
        ValueError: if there are not as many seeds as models, or the box does not hold all points.
    """
    if len(seeds) != len(models):
        raise ValueError(f"{len(seeds)} seeds for {len(models)} models: one for each")
    hostile = adversary if adversary is not None and adversary.eps > 0 else None
    refuse_outside(X, hostile.box if hostile else None)
    eps, stop = shortened(hostile.eps, X) if hostile else 0.0, paced(stop)
    draws = Draws(X, labels, seeds, size, hostile.norm if hostile and hostile.random_start else None)

    def lesson(now: Learner, state: Moments, step: int) -> Tensor | None:
        radius = eps * min(1.0, (step + 1) / (warm * max_steps + 1))
        batch = draws.next(radius)
        x = answer(now, batch, hostile, radius, stop) if hostile else batch.x
        return None if x is None else learn(now, x, batch.labels, state, lr * (1 - step / max_steps))

    yield from loop(models, lesson, max_steps=max_steps, stop=stop, at=at)
