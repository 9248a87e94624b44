"""How universal perturbations are looked for: three methods behind the face of `measure.universal`.

- `Batch`: steps along the signs of the gradient of a minibatch's mean loss (Shafahi et al. 2020; towards targets, and
  with a clamp: github.com/kenny-co/sgd-uap-torch).
- `Sequential`: image after image, the smallest step that takes it, as far as the model is linear, to its target; their
  sum, projected, is v (Moosavi-Dezfooli et al. 2017, with DeepFool's step towards one class).
- `Fgsm`: image after image, one step along the signs of the gradient, kept if the image gets to its target (Hirano and
  Takemoto 2020, arXiv 1911.06502).

In the l2 ball steps go along the gradient, not its signs. All keep, of each model and target, the v with the largest
success on the images, of equal ones the last. None finds the best there is: every success is a lower bound.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from math import ceil
from typing import Protocol, runtime_checkable

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.measure.criteria import Margin, margin
from explorer.measure.perturbations import ascended, projected
from explorer.measure.pgd import Norm
from explorer.measure.universal import Ball, Found, Images, Looks, Success, fresh, met
from explorer.nets.population import Differentiable
from explorer.seeding import seeded
from explorer.vectors import lengths, unit

ORDER = 6 << 32  # what is added to a seed for draws of its own
CLAMP = 12.0  # as in sgd-uap
OVERSHOOT = 1.02


@dataclass
class Search:
    """What all methods share: the images that count, their orders, and the best so far."""

    models: Differentiable
    images: Images
    ball: Ball
    eta: float
    orders: list[torch.Generator]
    fresh: Bool[Tensor, "B T n"]
    best: Found

    @classmethod
    def begin(
        cls, models: Differentiable, images: Images, ball: Ball, eta: float, seeds: Sequence[int], known: Tensor | None
    ) -> Looks["Search"]:
        """Before the first round; `known`: see `Method`."""
        counts = yield from fresh(models, images)
        v = images.X.new_zeros(len(models), images.T, images.X.shape[1]) if known is None else known
        none = Success.of(torch.zeros_like(counts), counts)
        orders = [seeded(ORDER + seed) for seed in seeds]
        found = cls(models, images, ball, eta, orders, counts, Found(0, ball, v, none, done=False))
        yield from found.judge(0, v)
        return found

    @property
    def radius(self) -> float:
        """Of the ball, less what is lost in rounding."""
        return self.ball.radius(self.images.X)

    @property
    def going(self) -> Bool[Tensor, "B T"]:
        """Where success is not enough yet, and there are images that count."""
        success = self.best.success
        return (success.hits < self.eta * success.counted).to(self.fresh.device)

    def order(self) -> Int[Tensor, "B n"]:
        """The images in an order of each model's own, drawn anew for every round."""
        n = len(self.images.X)
        return torch.stack([torch.randperm(n, generator=each) for each in self.orders]).to(self.images.X.device)

    def judge(self, round: int, v: Float[Tensor, "B T d"]) -> Looks[None]:
        """Keep what is no worse than the best so far."""
        found = Success.of((yield from met(self.models, v, self.images)), self.fresh)
        before = self.best.success
        better = found.hits >= before.hits
        kept = torch.where(better.to(v.device).unsqueeze(-1), v, self.best.v)
        hits = torch.where(better, found.hits, before.hits)
        self.best = replace(self.best, round=round, v=kept, success=Success(hits, before.counted))


def rise(
    models: Differentiable,
    images: Images,
    v: Float[Tensor, "B T d"],
    at: Int[Tensor, "B 1 b"],
    counts: Bool[Tensor, "B T b"],
) -> Float[Tensor, "B T d"]:
    """The sum, over the images that count, of the gradient of their loss, which rises towards what is wanted.

    Away from a label it is the margin, clamped at 12 logits: an image that is won by that much has no more say, or the
    won ones, whose loss has no end, would outweigh those to be won. Towards a class it is -CE(f(x + v), t), which ends
    at 0 by itself. sgd-uap clamps CE at 12 there too: that takes the say from the images furthest away instead, and
    would leave v at 0 where all are (on the 8x8 digits it made no difference).
    """
    x, aim = images.perturbed(v, at), images.aim(at)

    def slope(logits: Float[Tensor, "B points K"]) -> Tensor:
        say = counts.flatten(1) & (aim.loss(logits) <= CLAMP)
        found = aim.slope(logits)
        return found.where(say.unsqueeze(-1), torch.zeros_like(found))

    _, gradient = models.vjp(images.clipped(x), slope)
    return images.free(gradient, x).sum(2)


@dataclass(frozen=True)
class Batch:
    """Minibatch sign-SGD: v <- clip(v + delta/10 sign(gradient of the mean loss of a minibatch at x + v)).

    Args:
        rounds: through all images, unless success is enough everywhere before. size: of a minibatch.
        steps: so many minibatches at least; of few images more rounds, since v has to get to the ball's corners.
        length: of a step, in units of delta, in the first round; it falls linearly, and would be 0 after the last.
        eta: success on the images that is enough.
    """

    rounds: int = 10
    size: int = 25
    steps: int = 40
    length: float = 0.1
    eta: float = 1.0

    def film(
        self, models: Differentiable, images: Images, ball: Ball, seeds: Sequence[int], known: Tensor | None
    ) -> Iterator[Found | None]:
        """See `Method`."""
        search = yield from Search.begin(models, images, ball, self.eta, seeds, known)
        v, round = torch.zeros_like(search.best.v), 0
        rounds = max(self.rounds, ceil(self.steps / ceil(len(images.X) / self.size)))
        while round < rounds and bool((going := search.going).any()):
            yield search.best
            length, round = self.length * (1 - round / rounds), round + 1
            for chosen in search.order().split(self.size, dim=1):
                gradient = torch.zeros_like(v)
                for at in images.parts(chosen):
                    counts = search.fresh.gather(2, at.expand(-1, images.T, -1))
                    gradient += rise(models, images, v, at, counts)
                    yield None
                moved = ascended(v, gradient, ball.norm, search.radius, length)
                v = torch.where(going.unsqueeze(-1), moved, v)
            yield from search.judge(round, v)
        yield replace(search.best, done=True)


@runtime_checkable
class Step(Protocol):
    """How an image is moved on, at x = image + v of each model and target."""

    def __call__(
        self, models: Differentiable, images: Images, x: Float[Tensor, "B T 1 d"], at: Int[Tensor, "B T 1"]
    ) -> tuple[Bool[Tensor, "B T"], Float[Tensor, "B T d"]]:
        """Whether it is there, and the step if not."""
        ...


@dataclass(frozen=True)
class Shortest:
    """The shortest step to the tie of the target with the class that is ahead, if both logits were linear; then 2 %.

    |f_c - f_t| / |grad (f_t - f_c)|_1 along the signs, or / |.|_2^2 along the gradient. Without targets: to the tie of
    the label with the runner-up.
    """

    norm: Norm

    def __call__(
        self, models: Differentiable, images: Images, x: Float[Tensor, "B T 1 d"], at: Int[Tensor, "B T 1"]
    ) -> tuple[Bool[Tensor, "B T"], Float[Tensor, "B T d"]]:
        own = images.own(at)
        logits, gradient = models.vjp(images.clipped(x), Margin(own).slope)
        gradient = images.free(gradient, x).squeeze(2) * (1 if images.targets is None else -1)
        way = gradient.sign() if self.norm == "linf" else unit(gradient)
        slope = gradient.abs().sum(-1) if self.norm == "linf" else lengths(gradient)
        gap = margin(logits, own)
        far = OVERSHOOT * gap.abs() / slope
        step = way * far.where(slope > 0, torch.zeros_like(far)).unsqueeze(-1)
        return gap <= 0 if images.targets is None else gap > 0, step


@dataclass(frozen=True)
class Signs:
    """One step of a fixed length along the signs of the loss's gradient, or along it."""

    norm: Norm
    length: float

    def __call__(
        self, models: Differentiable, images: Images, x: Float[Tensor, "B T 1 d"], at: Int[Tensor, "B T 1"]
    ) -> tuple[Bool[Tensor, "B T"], Float[Tensor, "B T d"]]:
        aim = images.aim(at)
        logits, gradient = models.vjp(images.clipped(x), aim.slope)
        gradient = images.free(gradient, x).squeeze(2)
        return aim.met(logits), self.length * (gradient.sign() if self.norm == "linf" else unit(gradient))


@dataclass(frozen=True)
class Walk:
    """Where each model and target is on its way through the images.

    Attributes:
        place: in its order. tries: steps taken for this image. v: of the images before. w: v and these steps.
    """

    place: Int[Tensor, "B T"]
    tries: Int[Tensor, "B T"]
    v: Float[Tensor, "B T d"]
    w: Float[Tensor, "B T d"]


def walked(
    walk: Walk,
    models: Differentiable,
    images: Images,
    order: Int[Tensor, "B T n"],
    ends: Int[Tensor, "B T"],
    step: Step,
    most: int,
    norm: Norm,
    radius: float,
) -> Walk:
    """One look: each either tries a step more for its image, or goes on to the next.

    An image that is there goes with what took it there into v, which is projected; one that is not after `most` steps
    leaves no trace.
    """
    at = order.gather(2, walk.place.clamp_max(order.shape[2] - 1).unsqueeze(2))
    there, way = step(models, images, images.perturbed(walk.w, at), at)
    here = walk.place < ends
    over = here & (there | (walk.tries >= most))
    on = here.logical_and(over.logical_not())
    v = torch.where((here & there & (walk.tries > 0)).unsqueeze(-1), projected(walk.w, norm, radius), walk.v)
    tries = torch.where(on, walk.tries + 1, torch.zeros_like(walk.tries))
    return Walk(walk.place + over, tries, v, torch.where(on.unsqueeze(-1), walk.w + way, v))


def _walks(search: Search, rounds: int, step: Step, most: int) -> Iterator[Found | None]:
    """Rounds through the images one by one, each model and target at a pace of its own."""
    v, round = torch.zeros_like(search.best.v), 0
    while round < rounds and bool((going := search.going).any()):
        yield search.best
        round += 1
        order = search.order().unsqueeze(1).expand_as(search.fresh)
        counts = search.fresh.gather(2, order)
        order = order.gather(2, (~counts).int().argsort(dim=2, stable=True))  # those that count first
        ends = counts.sum(2) * going
        walk = Walk(torch.zeros_like(ends), torch.zeros_like(ends), v, v)
        while bool((walk.place < ends).any()):
            walk = walked(walk, search.models, search.images, order, ends, step, most, search.ball.norm, search.radius)
            yield None
        v = walk.v
        yield from search.judge(round, v)
    yield replace(search.best, done=True)


@dataclass(frozen=True)
class Sequential:
    """For every image that is not yet there the shortest step that takes it there, if the model were linear, in turn.

    Args:
        rounds: through all images at most. tries: steps for one image at most. eta: success that is enough.
    """

    rounds: int = 5
    tries: int = 10
    eta: float = 1.0

    def film(
        self, models: Differentiable, images: Images, ball: Ball, seeds: Sequence[int], known: Tensor | None
    ) -> Iterator[Found | None]:
        """See `Method`."""
        search = yield from Search.begin(models, images, ball, self.eta, seeds, known)
        yield from _walks(search, self.rounds, Shortest(ball.norm), self.tries)


@dataclass(frozen=True)
class Fgsm:
    """For every image that is not yet there one step along the signs of the gradient, kept if it is there then.

    Args:
        rounds: through all images at most. length: of a step, in units of delta. eta: success that is enough.
    """

    rounds: int = 10
    length: float = 0.5
    eta: float = 1.0

    def film(
        self, models: Differentiable, images: Images, ball: Ball, seeds: Sequence[int], known: Tensor | None
    ) -> Iterator[Found | None]:
        """See `Method`."""
        search = yield from Search.begin(models, images, ball, self.eta, seeds, known)
        yield from _walks(search, self.rounds, Signs(ball.norm, self.length * search.radius), 1)
