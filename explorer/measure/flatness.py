"""How much noise the weights of B trained models bear (Jiang et al. 2020; Kuhn et al. 2021).

N(0, sigma^2) is added to every weight, or, by magnitude, N(0, sigma^2 w_i^2 + floor^2); biases stay. `tolerated` finds
the sigma at which the harm reaches what is allowed: the mean rise of the cross-entropy, or the mean fall of accuracy.
sigma is a standard deviation. (The code that the comparison studies ran calls torch.normal(0, sigma^2), whose second
argument is the deviation: its sigma is the root of this one.) A flat minimum has a large sigma; the measure is
1 / sigma^2, large for what is complex.

All models and all sigmas meet the same draws, in pairs u, -u: the mean over a pair has no part that is linear in u, and
what tells two models apart is not that their draws differ.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.measure.cross_entropy import CrossEntropy
from explorer.measure.layers import unit_of_change
from explorer.nets.population import Layered

Harm = Literal["loss", "accuracy"]

PAIRS = 5  # ten noises, as in the studies
LEAST, MOST = 1e-4, 10.0  # between which sigma is looked for
HALVINGS = 8  # of ln(MOST / LEAST): to 4.6 % of sigma, between which it is interpolated (to 0.1 %)
TILE = 1 << 20  # numbers at once: few models meet many draws in one batch
ASIDE = 0.1  # to both sides, in ln sigma, for the slope of the harm


@dataclass(frozen=True)
class Noisy:
    """B models at their training points, under noise of any size."""

    models: Layered
    X: Float[Tensor, "B n d"]
    y: Int[Tensor, "B n"]
    draws: Float[Tensor, "pairs P"]  # N(0, 1)
    harm: Harm = "loss"
    magnitude: bool = False
    floor: float = 0.0

    def without(self) -> Float[Tensor, " B"]:
        """The loss of the models as they are, or less their accuracy."""
        return self._value()(self.models.parameters)

    def at(self, sigma: Float[Tensor, " B"], without: Float[Tensor, " B"] | None = None) -> Float[Tensor, "pairs B"]:
        """The harm of noise of this size, each model its own, in the mean over u and -u; infinite for no number.

        `without` spares a look at the models as they are.
        """
        found = self.seen(sigma, without, lambda: False)
        assert found is not None
        return found

    def seen(
        self, sigma: Float[Tensor, " B"], without: Float[Tensor, " B"] | None, stop: Callable[[], bool]
    ) -> Float[Tensor, "pairs B"] | None:
        """The same, draw by draw where many models meet many points; None if `stop`, asked between them, says so."""
        here, value = self.models.parameters, self._value()
        size = (sigma.to(here).unsqueeze(1) * unit_of_change(self.models, magnitude=self.magnitude)).square()
        size = (size + self.floor**2 * unit_of_change(self.models, magnitude=False)).sqrt()
        both = torch.cat([size, -size])
        outputs = sum(block.shape[0] for block in self.models.blocks if block.weights)
        one = len(both) * max(here.shape[1], self.X.shape[1] * (self.X.shape[2] + outputs))  # numbers that a pair takes
        found = list[Tensor]()
        for draws in self.draws.to(here).split(max(1, TILE // one)):
            if found and stop():
                return None
            rows = here.repeat(2, 1) + draws.unsqueeze(1) * both
            found.append(value(rows.flatten(0, 1)).view(len(draws), 2, len(here)).mean(1))
        before = self.without() if without is None else without
        return (torch.cat(found) - before).nan_to_num(nan=torch.inf, posinf=torch.inf)

    def _value(self) -> Callable[[Tensor], Tensor]:
        task = CrossEntropy(self.models, self.X, self.y)
        return task.loss if self.harm == "loss" else lambda parameters: -task.accuracy(parameters)


@dataclass(frozen=True)
class Tolerated:
    """The noise that models bear; NaN for one whose loss or allowance is no number, and where `stop` came first.

    With these draws sigma is where the harm passes what is allowed (one such place, if there are several), and the end
    of the range if it is not seen to within it (not `inside`). With others it is elsewhere: the errors are standard
    errors, by the scatter of the harm over pairs and its slope at sigma; NaN where the harm does not rise, or of one
    pair.

    Where the harm is quadratic in sigma, as under little noise, 1 / sigma^2 = harm / (sigma^2 allowed) is unbiased, and
    sigma is too large in the mean, by 3/2 of its relative variance. Where the harm rises faster than that, 1 / sigma^2
    is too small in the mean, too.
    """

    sigma: Float[Tensor, " B"]
    sigma_error: Float[Tensor, " B"]
    inside: Bool[Tensor, " B"]

    @property
    def flatness(self) -> Float[Tensor, " B"]:
        """1 / sigma^2."""
        return self.sigma**-2

    @property
    def flatness_error(self) -> Float[Tensor, " B"]:
        """Of 1 / sigma^2."""
        return 2 * self.sigma**-3 * self.sigma_error


def noisy(
    models: Layered,
    X: Float[Tensor, "B n d"],
    y: Int[Tensor, "B n"],
    *,
    generator: torch.Generator,
    pairs: int = PAIRS,
    harm: Harm = "loss",
    magnitude: bool = False,
    floor: float = 0.0,
) -> Noisy:
    """With draws of this generator, on the CPU; all pairs lie in memory (pairs x P).

    Raises:
        ValueError: for no pairs.
    """
    if pairs < 1:
        raise ValueError(f"pairs = {pairs}: the mean over noise needs one")
    here = models.parameters
    draws = torch.randn(pairs, here.shape[1], generator=generator).to(here)
    return Noisy(models, X, y, draws, harm, magnitude, floor)


def allowance(noise: Noisy, tolerance: float, *, relative: bool) -> Float[Tensor, " B"]:
    """The rise of the loss that is allowed: `tolerance` nats, or this share of the loss without noise."""
    loss = CrossEntropy(noise.models, noise.X, noise.y).loss(noise.models.parameters)
    return tolerance * (loss if relative else torch.ones_like(loss))


def tolerated(
    noise: Noisy,
    allowed: Float[Tensor, " B"],
    *,
    least: float = LEAST,
    most: float = MOST,
    halvings: int = HALVINGS,
    errors: bool = True,
    stop: Callable[[], bool] = lambda: False,
) -> Tolerated:
    """The sigma of every model at which its mean harm is `allowed`, by bisection of ln sigma in [least, most].

    Never smaller for more that is allowed, with equal draws, whatever shape the harm has. The studies allow a fall of
    accuracy of 0.1. `stop` is asked before each of halvings + 3 looks at all models, two of which are for the errors
    (without `errors` these are NaN), and within a look that takes long.
    """
    allowed = allowed.to(noise.models.parameters)
    nothing = torch.full_like(allowed, torch.nan)
    stopped = Tolerated(nothing, nothing, torch.zeros_like(allowed, dtype=torch.bool))
    if stop():
        return stopped
    without = noise.without()
    known = allowed.isfinite() & without.isfinite()
    ends = low, high = [torch.full_like(allowed, math.log(end)) for end in (least, most)]
    at_low, at_high = torch.zeros_like(allowed), torch.full_like(allowed, torch.inf)
    for _ in range(halvings):
        if stop():
            return stopped
        middle = (low + high) / 2
        seen = noise.seen(middle.exp(), without, stop)
        if seen is None:
            return stopped
        found = seen.mean(0)
        passes = found <= allowed
        low, high = torch.where(passes, middle, low), torch.where(passes, high, middle)
        at_low, at_high = torch.where(passes, found, at_low), torch.where(passes, at_high, found)
    inside = known & (low > ends[0]) & (high < ends[1])
    share = ((allowed - at_low) / (at_high - at_low)).nan_to_num(0.0).clamp(0, 1)
    end = torch.where(low > ends[0], ends[1], ends[0])
    sigma = torch.where(inside, low + share * (high - low), end).exp().where(known, nothing)
    if not errors:
        return Tolerated(sigma, nothing, inside)
    beside = []
    for step in (-ASIDE, ASIDE):
        if stop():
            return stopped
        seen = noise.seen(sigma * math.exp(step), without, stop)
        if seen is None:
            return stopped
        beside.append(seen)
    before, after = beside
    slope = (after - before).mean(0) / (2 * ASIDE)
    scatter = ((before + after) / 2).std(0) / len(before) ** 0.5 if len(before) > 1 else nothing
    error = (sigma * scatter / slope).where(inside & (slope > 0), nothing)
    return Tolerated(sigma, error, inside)
