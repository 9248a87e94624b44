"""Mean-field Gaussians over the weights of perceptrons (Graves 2011; Blundell et al. 2015), many side by side.

Every weight is N(mean, scale^2), apart from all others, as near to the posterior as such a thing can be: Adam climbs
the evidence lower bound (ELBO), on minibatches. What is drawn is not the weights but, for each point anew, the
preactivations that they give, which are normal too: the local reparametrisation (Kingma, Salimans, Welling 2015) has
the same mean gradient with far less noise. The divergence from the prior is in closed form.
"""

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from explorer.measure.criteria import Loss, Misclassified
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded
from explorer.train import adam
from explorer.train.snapshot import paced

LEARNING_RATE = 0.01
FIRST_SCALE = 0.05  # of every weight, before the first step
MINIBATCH = 128
CHUNK = 4096  # points of which the bound is measured at once
ORDER, NOISE, MEASURED, DRAWN = (i << 32 for i in range(1, 5))  # what is added to a seed for draws of their own

#: The loss of some of the points, of every model its own (B b).
LossAt = Callable[[Tensor], Loss]


@dataclass(frozen=True)
class Approximation:
    """B mean-field Gaussians after `step` steps, a copy.

    Attributes:
        mean, scale: of each weight; `scale` is no network, but has the shape of one. elbo: estimated on all points,
            with one draw each; up to the constant that the loss leaves out. done: the last one.
    """

    step: int
    mean: Mlp
    scale: Mlp
    elbo: Float64[Tensor, " B"]
    done: bool


def classification(labels: Int[Tensor, " n"]) -> LossAt:
    """The summed cross-entropy of these labels."""
    return lambda which: Misclassified(labels[which])


def approximate(
    models: Mlp,
    X: Float[Tensor, "n d"],
    loss_at: LossAt,
    prior: float,
    *,
    seeds: Sequence[int],
    max_steps: int,
    stop: Callable[[], bool],
    lr: float = LEARNING_RATE,
    minibatch: int = MINIBATCH,
    first_scale: float = FIRST_SCALE,
    at: Callable[[int], bool] = lambda step: False,
) -> Iterator[Approximation | None]:
    """`max_steps` steps of Adam, with a rate that falls linearly to 0, from the weights of `models` as means.

    Yields at step 0, at the steps that `at` names and at the end, and None between two others; returns early, without
    a last one, when `stop()` says so. A model's draws depend on its seed alone. What is left of a round through the
    points, when it is no whole minibatch, is left out.

    Args:
        loss_at: -log p(y | x, w) of the points with these indices. prior: standard deviation, of every weight alike.

    Raises:
        ValueError: if there are not as many seeds as models, or a scale is not positive and finite.
    """
    if len(seeds) != len(models):
        raise ValueError(f"{len(seeds)} seeds for {len(models)} models: one for each")
    if not 0 < prior < math.inf or not 0 < first_scale < math.inf:
        raise ValueError(f"prior = {prior}, first_scale = {first_scale}: positive and finite")
    stop, mean = paced(stop), models.parameters
    state = torch.cat([mean, torch.full_like(mean, math.log(first_scale))], 1)
    moments, count = (torch.zeros_like(state), torch.zeros_like(state)), torch.zeros((), device=state.device)
    noise = [seeded(NOISE + seed) for seed in seeds]
    batches = _minibatches(len(X), min(minibatch, len(X)), seeds)
    for step in range(max_steps + 1):
        if stop():
            return
        done = step == max_steps
        yield _measured(models, state, X, loss_at, prior, seeds, step, done) if done or step == 0 or at(step) else None
        if not done:
            which = next(batches).to(X.device)
            draws = _noise(models, which.shape[1], noise, state)
            _, gradient = expected_loss(models, state, X[which], loss_at(which), draws)
            gradient.mul_(len(X) / which.shape[1]).add_(divergence_slope(state, prior))
            adam.descend(state, gradient, *moments, count.add_(1), lr * (1 - step / max_steps))


def draw(of: Approximation, samples: int, seed: int, model: int = 0) -> Mlp:
    """Networks whose weights are drawn from one of the Gaussians."""
    mean, scale = of.mean.parameters[model], of.scale.parameters[model]
    noise = torch.randn(samples, len(mean), generator=seeded(DRAWN + seed), dtype=torch.float64).to(mean)
    return of.mean.with_parameters(torch.addcmul(mean, scale, noise))


def divergence(state: Float[Tensor, "B PP"], prior: float) -> Float64[Tensor, " B"]:
    """KL(q | p) of means and logarithms of scales, in a row, from N(0, prior^2)."""
    mean, log_scale = state.double().chunk(2, 1)
    each = ((2 * log_scale).exp() + mean.square()) / prior**2 - 1 - 2 * (log_scale - math.log(prior))
    return each.sum(1) / 2


def divergence_slope(state: Float[Tensor, "B PP"], prior: float) -> Float[Tensor, "B PP"]:
    """Its gradient."""
    mean, log_scale = state.chunk(2, 1)
    return torch.cat([mean / prior**2, (2 * log_scale).exp() / prior**2 - 1], 1)


def expected_loss(
    models: Mlp, state: Float[Tensor, "B PP"], x: Float[Tensor, "B b d"], loss: Loss, noise: Sequence[Tensor]
) -> tuple[Float64[Tensor, " B"], Float[Tensor, "B PP"]]:
    """One draw of the summed loss under q, and its gradient by means and logarithms of scales.

    Args:
        noise: standard normal, of the preactivations of each layer in turn (B b out).
    """
    mean, log_scale = state.chunk(2, 1)
    squares = (2 * log_scale).exp()
    means, variances = (models.with_parameters(part).layers for part in (mean, squares))
    ins, deviations, z = [x], [], list[Tensor]()
    for m, v, e in zip(means, variances, noise, strict=True):
        if z:
            ins.append(models.activation.value(z[-1]))
        deviations.append(v(ins[-1].square()).sqrt_())
        z.append(torch.addcmul(m(ins[-1]), deviations[-1], e))
    c = loss.slope(z[-1])
    of_means, of_squares = [], []
    for i in reversed(range(len(z))):
        h, spread = ins[i], c * noise[i] / deviations[i] / 2  # by the variance of what leaves the layer
        of_means.append((c.mT @ h, c.sum(1)))
        of_squares.append((spread.mT @ h.square(), spread.sum(1)))
        if i:
            c = (c @ means[i].W + 2 * h * (spread @ variances[i].W)).mul_(models.activation.slope(z[i - 1]))
    rows = [
        torch.cat([part.flatten(1) for both in reversed(found) for part in both], 1) for found in (of_means, of_squares)
    ]
    return loss.loss(z[-1]).double().sum(1), torch.cat([rows[0], rows[1].mul_(2 * squares)], 1)


def _noise(
    models: Mlp, points: int, streams: Sequence[torch.Generator], like: Tensor
) -> list[Float[Tensor, "B points out"]]:
    """For every layer, drawn on the CPU, each model from a stream of its own."""
    sizes = [layer.b.shape[1] for layer in models.layers]
    drawn = torch.stack([torch.randn(points, sum(sizes), generator=each) for each in streams])
    return list(drawn.to(like).split(sizes, 2))


def _minibatches(n: int, size: int, seeds: Sequence[int]) -> Iterator[Int[Tensor, "B size"]]:
    """Indices of points: each model goes through all in an order of its own, drawn anew for every round."""
    orders = [seeded(ORDER + seed) for seed in seeds]
    while True:
        order = torch.stack([torch.randperm(n, generator=each) for each in orders])
        yield from order[:, : n // size * size].split(size, 1)


def _measured(
    models: Mlp,
    state: Float[Tensor, "B PP"],
    X: Float[Tensor, "n d"],
    loss_at: LossAt,
    prior: float,
    seeds: Sequence[int],
    step: int,
    done: bool,
) -> Approximation:
    """A copy of what has been found, with its bound; what is drawn for that changes nothing else."""
    streams, elbo = [seeded(MEASURED + (seed << 34) + step) for seed in seeds], -divergence(state, prior)
    for which in torch.arange(len(X), device=X.device).split(CHUNK):
        own = which.expand(len(seeds), -1)
        elbo -= expected_loss(models, state, X[own], loss_at(own), _noise(models, len(which), streams, state))[0]
    mean, log_scale = (part.contiguous() for part in state.clone().chunk(2, 1))
    return Approximation(step, models.with_parameters(mean), models.with_parameters(log_scale.exp()), elbo, done)
