"""Universal perturbations: one vector v for all images, towards each of T classes, or away from what each image is.

v_t is a targeted universal perturbation of a model f if |v_t| <= delta and f calls at least a share eta of the images
x + v_t, clipped to the box, t. What does not count for t: images of class t, and those that f calls t unperturbed.
The definition is that of region adversarial training (Wang et al. 2020) as far as its abstracts tell; how v is looked
for is not theirs, whose code is not public (`measure.universal_methods`).

A success that was found is a lower bound of the largest there is. On the images that v was looked for on it is also
flattered, since the best of many v was kept: held-out images tell what a perturbation is worth.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Protocol, TypeVar, get_args, runtime_checkable

import torch
from jaxtyping import Bool, Float, Float64, Int, Int64
from torch import Tensor

from explorer.measure.criteria import Criterion, Margin, Targeted
from explorer.measure.perturbations import Box, shortened
from explorer.measure.pgd import Norm
from explorer.nets.population import Differentiable, Population
from explorer.seeding import seeded

UNIT: Box = (0, 1)  # the range of an image's pixels
SIGNS = 5 << 32  # what is added to a seed for a draw of its own

R = TypeVar("R")
#: Yields after every look at the models, so that whoever draws hears of it, and returns what was looked for.
Looks = Generator[None, None, R]


@dataclass(frozen=True)
class Images:
    """What is perturbed, and what shall become of it.

    Args:
        X: coordinates within the box. labels: the class of each, from 0 on.
        targets: T classes, each with a perturbation of its own. None: any class but the label will do; then T = 1.
        box: what x + v is clipped to; None: it is not clipped.
        at_once: points (model, target, image) of one look at the models, some milliseconds for small perceptrons. Small
            convnets (28 x 28 pixels, 16 channels) want 128 for 20 milliseconds of a core.

    Raises:
        ValueError: if there are no images, or the box does not hold them all.
    """

    X: Float[Tensor, "n d"]
    labels: Int[Tensor, " n"]
    targets: Int[Tensor, " T"] | None
    box: Box | None = UNIT
    at_once: int = 1 << 10

    def __post_init__(self) -> None:
        if not len(self.X):
            raise ValueError("n = 0: at least one image")
        if self.box and (self.X.amin() < self.box[0] or self.X.amax() > self.box[1]):
            reach = f"whose coordinates reach from {self.X.amin()} to {self.X.amax()}"
            raise ValueError(f"box = {self.box}: it must hold all images, {reach}")

    @property
    def T(self) -> int:
        """How many perturbations a model has."""
        return 1 if self.targets is None else len(self.targets)

    def own(self, at: Int[Tensor, "B t b"]) -> Int[Tensor, "B points"]:
        """The class, of every target and image, that counts: the target, or the label which is to be left."""
        found = at if self.targets is None else self.targets.view(-1, 1)
        found = found.expand(len(at), self.T, at.shape[2]).flatten(1)
        return self.labels.take(found) if self.targets is None else found

    def aim(self, at: Int[Tensor, "B t b"]) -> Criterion:
        """What x + v, target after target, is to become.

        Away from the label by the margin: cross-entropy has next to no slope at images that a model is sure of, which
        is where v = 0 begins (8x8 digits, delta = .2, two seeds: .37 and .37 of unseen images instead of .49 and .65).
        """
        return (Margin if self.targets is None else Targeted)(self.own(at))

    def perturbed(self, v: Float[Tensor, "B T d"], at: Int[Tensor, "B t b"]) -> Float[Tensor, "B T b d"]:
        """x + v, not clipped; images `at` are those of each target (t = T), or of all (t = 1)."""
        return self.X.index_select(0, at.flatten()).view(*at.shape, -1) + v.unsqueeze(2)

    def clipped(self, x: Float[Tensor, "B T b d"]) -> Float[Tensor, "B points d"]:
        """In the box, as models want it."""
        return (x if self.box is None else x.clamp(*self.box)).flatten(1, 2)

    def free(self, gradient: Float[Tensor, "B points d"], x: Float[Tensor, "B T b d"]) -> Float[Tensor, "B T b d"]:
        """The gradient by x + v from that by what is clipped: 0 where that no longer follows."""
        gradient = gradient.view(x.shape)
        if self.box is None:
            return gradient
        return gradient.where((x >= self.box[0]) & (x <= self.box[1]), torch.zeros_like(gradient))

    def parts(self, chosen: Int[Tensor, "B n"]) -> Iterator[Int[Tensor, "B 1 b"]]:
        """These images, no more at a time than one look takes."""
        for part in chosen.split(max(1, self.at_once // (len(chosen) * self.T)), dim=1):
            yield part.unsqueeze(1)

    def all(self, models: Population) -> Iterator[Int[Tensor, "B 1 b"]]:
        """Of every model."""
        return self.parts(torch.arange(len(self.X), device=self.X.device).expand(len(models), -1))


@dataclass(frozen=True)
class Success:
    """How many of the images that count become what they shall, by model and target; on the CPU.

    The interval of a share, over images as drawn: `measure.shares.wilson(share, counted)`.
    """

    hits: Int64[Tensor, "B T"]
    counted: Int64[Tensor, "B T"]

    @classmethod
    def of(cls, met: Bool[Tensor, "B T n"], fresh: Bool[Tensor, "B T n"]) -> "Success":
        return cls((met & fresh).sum(2).cpu(), fresh.sum(2).cpu())

    @property
    def share(self) -> Float64[Tensor, "B T"]:
        """NaN where no image counts."""
        return self.hits.double() / self.counted


def fresh(models: Population, images: Images) -> Looks[Bool[Tensor, "B T n"]]:
    """Which images count: not of class t, nor called so unperturbed; without targets, those that are classified right.

    Those whose logits are not finite do not.
    """
    found = list[Tensor]()
    for at in images.all(models):
        logits = models.logits(images.X[at.squeeze(1)])
        met = images.aim(at).met(logits.repeat(1, images.T, 1)).view(len(at), images.T, -1)
        counts = ~met & logits.isfinite().all(-1).unsqueeze(1)
        found.append(counts if images.targets is None else counts & (images.labels[at] != images.targets.view(-1, 1)))
        yield
    return torch.cat(found, 2)


def met(models: Population, v: Float[Tensor, "B T d"], images: Images) -> Looks[Bool[Tensor, "B T n"]]:
    """Which images become, with v, what they shall; also those that do not count."""
    found = list[Tensor]()
    for at in images.all(models):
        logits = models.logits(images.clipped(images.perturbed(v, at)))
        found.append(images.aim(at).met(logits).view(len(at), images.T, -1))
        yield
    return torch.cat(found, 2)


def tally(models: Population, v: Float[Tensor, "B T d"], images: Images) -> Looks[Success]:
    """Of the images that count, how many x + v_t are called t; without targets, how many not what they are.

    As in `measure.criteria`, a tie is no success towards a class, and one away from the label.
    """
    counts = yield from fresh(models, images)
    return Success.of((yield from met(models, v, images)), counts)


def success(models: Population, v: Float[Tensor, "B T d"], images: Images) -> Success:
    """`tally` without a pause."""
    return at_once(tally(models, v, images))


def at_once(looks: Looks[R]) -> R:
    """What they return, without a pause."""
    while True:
        try:
            next(looks)
        except StopIteration as end:
            return end.value


@dataclass(frozen=True)
class Ball:
    """Where v may be: |v| <= delta, in the units of the images.

    Raises:
        ValueError: for a norm that there is not, or a radius that is negative or not finite.
    """

    norm: Norm
    delta: float

    def __post_init__(self) -> None:
        if self.norm not in get_args(Norm):
            raise ValueError(f"norm = {self.norm!r}: use l2 or linf")
        if not (isfinite(self.delta) and self.delta >= 0):
            raise ValueError(f"delta = {self.delta}: a radius is finite and not negative")

    def radius(self, X: Float[Tensor, "n d"]) -> float:
        """Less by what rounding may add, so that no v is longer than delta."""
        return shortened(self.delta, X)


@dataclass(frozen=True)
class Found:
    """The best v of each model and target after some rounds through the images.

    Attributes:
        v: of the largest success on these images; of equal ones the last. success: that. done: the last of this ball.
    """

    round: int
    ball: Ball
    v: Float[Tensor, "B T d"]
    success: Success
    done: bool


@runtime_checkable
class Method(Protocol):
    """How v is looked for: see `measure.universal_methods`."""

    def film(
        self,
        models: Differentiable,
        images: Images,
        ball: Ball,
        seeds: Sequence[int],
        known: Float[Tensor, "B T d"] | None,
    ) -> Iterator[Found | None]:
        """For all models and targets at once, from 0; the best so far is at first what is `known` in the ball.

        Yields before the first round and after each, and None after every look at the models in between.
        """
        ...


def search(
    method: Method,
    models: Differentiable,
    images: Images,
    balls: Sequence[Ball],
    *,
    seeds: Sequence[int],
    stop: Callable[[], bool],
    known: Float[Tensor, "B T d"] | None = None,
) -> Iterator[Found | None]:
    """Universal perturbations of each model within each ball, one ball after another in the order given.

    What was found in the ball before is known to the next, if that is no smaller: so, from small to large, success on
    these images never falls. (To start there is worse: sequential steps gain up to .06 from 0.) Yields as `Method.film`
    does; returns early, without a last one, when `stop()`, asked after every look at the models, says so.

    Args:
        seeds: of each model's orders of images, which do not depend on what stands beside it.
        known: what is to be beaten within the first ball, and lies in it.

    Raises:
        ValueError: if there are not as many seeds as models.
    """
    if len(seeds) != len(models):
        raise ValueError(f"{len(seeds)} seeds for {len(models)} models: one for each")
    before: Ball | None = None
    for ball in balls:
        if before and (before.norm != ball.norm or before.delta > ball.delta):
            known = None
        for shot in method.film(models, images, ball, seeds, known):
            if stop():
                return
            known = shot.v if shot else known
            yield shot
        before = ball


def strongest(models: Population, v: Float[Tensor, "B T d"], images: Images) -> Looks[Float[Tensor, "B 1 d"]]:
    """Of several perturbations of each model the one with the largest success on these images, the first of equal ones.

    Away from all labels this is worth a try: on the 8x8 digits the best v_t of ten misleads more often than what
    `Batch` finds from 0 without targets (at delta = .2 .70 and .82 of unseen images, beside .49 and .65).
    """
    hits = list[Tensor]()
    for row in range(v.shape[1]):
        hits.append((yield from tally(models, v[:, row : row + 1], images)).hits)
    at = torch.cat(hits, 1).argmax(1).to(v.device)
    return v.gather(1, at.view(-1, 1, 1).expand(-1, 1, v.shape[2]))


def random_signs(seeds: Sequence[int], T: int, X: Float[Tensor, "n d"], ball: Ball) -> Float[Tensor, "B T d"]:
    """Random signs, of length delta, for models with these seeds: what a universal perturbation is compared with."""
    d = X.shape[1]
    signs = torch.stack([torch.randint(0, 2, (T, d), generator=seeded(SIGNS + seed)) for seed in seeds]) * 2 - 1
    return signs.to(X) * (ball.radius(X) / (d**0.5 if ball.norm == "l2" else 1))
