"""Attacks on any population with input gradients: an attack, a criterion and a radius give perturbed points.

This is the plain way, one radius at a time; `measure.attacks` is the fast one for two-layer networks with one output,
and counts alike. Every attack gives a lower bound: a better one might reach its aim more often.
"""

import itertools
from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, get_args, runtime_checkable

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from explorer.measure.criteria import Criterion
from explorer.measure.pgd import Norm, in_ball, within
from explorer.nets.population import Differentiable, Population
from explorer.seeding import seeded
from explorer.vectors import lengths, unit

Box = tuple[float, float]  # least and largest coordinate of a point, such as (0, 1) for images


#: Random numbers of this shape, a row a point.
Draw = Callable[[torch.Size, torch.Generator], Tensor]


def drawing(seed: int, first: int | None) -> Callable[[Draw, torch.Size], Tensor]:
    """What draws for the points of an attack, turn after turn.

    Args:
        first: number of the first point. Each point has a stream of its own then, by seed, turn and number, and what it
            is given does not depend on which points stand beside it. None: one stream for all, in their order.
    """
    together, turns = torch.Generator().manual_seed(seed), itertools.count()

    def drawn(draw: Draw, shape: torch.Size) -> Tensor:
        turn, one = next(turns), torch.Size((1, *shape[1:]))
        if first is None:
            return draw(shape, together)
        keys = ((((turn << 32) + first + i + 1) << 64) + seed for i in range(shape[0]))
        return torch.cat([draw(one, seeded(key)) for key in keys])

    return drawn


@runtime_checkable
class Attack(Protocol):
    """Looks for perturbations of length `eps` at most that meet a criterion."""

    def __call__(
        self, models: Differentiable, X: Float[Tensor, "n d"], criterion: Criterion, eps: float
    ) -> Float[Tensor, "B n d"]:
        """For each of B models its own n points, within eps of X and inside the box, which must hold X."""
        ...


@dataclass(frozen=True)
class Best:
    """The points at which the loss was largest so far; those that met the criterion go first."""

    x: Float[Tensor, "B n d"]
    loss: Float[Tensor, "B n"]
    met: Bool[Tensor, "B n"]

    @classmethod
    def none(cls, x: Float[Tensor, "B n d"]) -> "Best":
        """Nothing was tried so far."""
        worst = x.new_full(x.shape[:2], -torch.inf)
        return cls(x, worst, torch.zeros_like(worst, dtype=torch.bool))

    @classmethod
    def of(cls, x: Tensor, logits: Tensor, criterion: Criterion) -> "Best":
        return cls(x, criterion.loss(logits), criterion.met(logits))

    def or_else(self, other: "Best") -> "Best":
        """The better of both, point by point; a loss that is not a number is no better."""
        better = (other.met & ~self.met) | ((other.met == self.met) & (other.loss > self.loss))
        return Best(
            torch.where(better.unsqueeze(-1), other.x, self.x),
            torch.where(better, other.loss, self.loss),
            self.met | other.met,
        )


def shrinking(step: int, steps: int) -> float:
    """Length of step 0, 1, ... of PGD in units of eps: the first ends where FGSM does, the others fall linearly."""
    return 1 - step / steps


def even(step: int, steps: int) -> float:
    """Steps of one length, 2.5 eps / steps (Madry et al. 2018)."""
    return 2.5 / steps


def ascended(
    delta: Float[Tensor, "B n d"], gradient: Float[Tensor, "B n d"], norm: Norm, eps: float, length: float
) -> Float[Tensor, "B n d"]:
    """A perturbation after one step of `length` radii along the gradient, or its signs, and back into the ball."""
    return projected(delta + eps * length * (gradient.sign() if norm == "linf" else unit(gradient)), norm, eps)


def projected(delta: Float[Tensor, "B n d"], norm: Norm, eps: float) -> Float[Tensor, "B n d"]:
    """The nearest perturbation of length eps at most."""
    if norm == "linf":
        return delta.clamp(-eps, eps)
    return delta * (eps / lengths(delta).clamp_min(torch.finfo(delta.dtype).tiny)).clamp_max(1).unsqueeze(-1)


def moved(origin: Float[Tensor, "B n d"], delta: Float[Tensor, "B n d"], box: Box | None) -> Float[Tensor, "B n d"]:
    """origin + delta, in the box, and no coordinate further away than by `delta` where the sum is rounded."""
    x = origin + delta
    x = torch.where((x - origin).abs() > delta.abs(), torch.nextafter(x, origin), x)
    return x if box is None else x.clamp(*box)


def shortened(eps: float, X: Float[Tensor, "*n d"]) -> float:
    """A radius at which rounding leads to no perturbation longer than eps."""
    return within(torch.tensor(eps, dtype=torch.float64), X.shape[-1], X.dtype).item()


@dataclass(frozen=True)
class PGD:
    """Projected gradient ascent of the criterion's loss, the best iterate kept (Madry et al. 2018).

    Args:
        norm: of the ball. steps: of each ascent. restarts: how many; the first begins at the point itself, the others
            at points drawn from `seed`, uniform in the ball and the same for all models.
        box: bounds of every coordinate. length: of a step, in units of eps. first: see `drawing`.
        stop: asked before every step; when true, the ascent ends where it is.
    """

    norm: Norm
    steps: int
    restarts: int = 1
    seed: int = 0
    box: Box | None = None
    length: Callable[[int, int], float] = shrinking
    first: int | None = None
    stop: Callable[[], bool] = lambda: False

    def __post_init__(self) -> None:
        if self.norm not in get_args(Norm):
            raise ValueError(f"norm = {self.norm!r}: use l2 or linf")
        if self.steps < 1 or self.restarts < 1:
            raise ValueError(f"steps = {self.steps}, restarts = {self.restarts}: an attack has at least one of each")

    def __call__(
        self, models: Differentiable, X: Float[Tensor, "n d"], criterion: Criterion, eps: float
    ) -> Float[Tensor, "B n d"]:
        origin, eps = _origin(X, models, self.box), shortened(eps, X)
        drawn = drawing(self.seed, self.first)
        best = Best.none(origin)
        for restart in range(self.restarts):
            delta = torch.zeros_like(origin)
            if restart:
                delta = delta + eps * drawn(lambda shape, by: in_ball(shape, self.norm, by), X.shape).to(X)
            for step in range(self.steps):
                if self.stop():
                    return best.x
                x = moved(origin, delta, self.box)
                logits, gradient = models.vjp(x, criterion.slope)
                best = best.or_else(Best.of(x, logits, criterion))  # the first are the points themselves
                delta = ascended(x - origin, gradient, self.norm, eps, self.length(step, self.steps))
            x = moved(origin, delta, self.box)
            best = best.or_else(Best.of(x, models.logits(x), criterion))
        return best.x


def fgsm(norm: Norm, box: Box | None = None) -> PGD:
    """One step of length eps along the gradient, or its sign (Goodfellow et al. 2014)."""
    return PGD(norm, steps=1, box=box)


@dataclass(frozen=True)
class RandomSigns:
    """Corners of the l-infinity ball, eps times random signs, the best of `draws`: what no gradient is needed for.

    first: see `drawing`.
    """

    draws: int
    seed: int = 0
    box: Box | None = None
    first: int | None = None

    def __post_init__(self) -> None:
        if self.draws < 1:
            raise ValueError(f"draws = {self.draws}: at least one")

    def __call__(
        self, models: Population, X: Float[Tensor, "n d"], criterion: Criterion, eps: float
    ) -> Float[Tensor, "B n d"]:
        origin, eps = _origin(X, models, self.box), shortened(eps, X)
        drawn = drawing(self.seed, self.first)
        best = Best.of(origin, models.logits(origin), criterion)
        for _ in range(self.draws):
            signs = drawn(lambda shape, by: torch.randint(0, 2, shape, generator=by), X.shape).to(X) * 2 - 1
            x = moved(origin, (eps * signs).expand_as(origin), self.box)
            best = best.or_else(Best.of(x, models.logits(x), criterion))
        return best.x


def success(
    attack: Attack,
    models: Differentiable,
    X: Float[Tensor, "n d"],
    criterion: Criterion,
    eps: Float[Tensor, " E"],
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, "B E"]:
    """Share of the points that meet the criterion within eps, of those that do not meet it unperturbed; float64.

    Points whose logits are not finite do not count. A success at a smaller eps counts at every larger. NaN for a model
    that has no points left, and for what was not measured when `stop()`, asked before every eps, became true.

    Raises:
        ValueError: if eps is negative or not finite.
    """
    if not (eps.isfinite() & (eps >= 0)).all():
        raise ValueError(f"eps = {eps.tolist()}: radii are finite and not negative")
    logits = models.logits(X.expand(len(models), -1, -1))
    fresh = ~criterion.met(logits) & logits.isfinite().all(-1)
    met = torch.zeros_like(fresh)
    shares = torch.full((len(models), len(eps)), torch.nan, dtype=torch.float64)
    for at in eps.argsort().tolist():
        if stop():
            break
        met = met | (fresh & criterion.met(models.logits(attack(models, X, criterion, float(eps[at])))))
        shares[:, at] = (met.sum(1).double() / fresh.sum(1)).cpu()
    return shares


def _origin(X: Float[Tensor, "n d"], models: Population, box: Box | None) -> Float[Tensor, "B n d"]:
    if box is not None and ((box[0] > X) | (box[1] < X)).any():
        raise ValueError(f"box = {box}: it must hold all points, whose coordinates reach from {X.amin()} to {X.amax()}")
    return X.expand(len(models), -1, -1)
