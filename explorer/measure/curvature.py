"""Trace and largest eigenvalue of the Hessian of the mean cross-entropy by the weights of B trained models.

H is never formed: products H v come from differentiating twice (`exact`), or from the difference of two gradients
(`differences`). By magnitude, H is that of w_i (1 + e_i) by e: H_ij w_i w_j.

ReLU's kinks are not in H: L is smooth at w, if no point lies on a kink, but its gradient jumps nearby. Noise and
differences contain the jumps that they step over. Training leaves many points close beside a kink from which the loss
rises to both sides, as it does from a minimum: then the rise under little noise is far more than sigma^2 tr H / 2. At
any sigma it grows as sigma^2 / 2 times `noisy_trace` does. With smooth activations both traces are one for small sigma.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.cross_entropy import CrossEntropy
from explorer.measure.flatness import TILE, Noisy
from explorer.measure.layers import unit_of_change
from explorer.nets.population import Layered
from explorer.vectors import unit

#: H v from v, (B P) both; 0 for what is no weight.
Product = Callable[[Tensor], Tensor]

PROBES = 20
STEPS = 200
TOLERANCE = 1e-4  # |H v - lambda v| as a share of |lambda|


def exact(models: Layered, X: Float[Tensor, "B n d"], y: Int[Tensor, "B n"], *, magnitude: bool = False) -> Product:
    """H v by differentiating the gradient along v; the graph of the gradient is kept for all products."""
    task, scale = CrossEntropy(models, X, y), unit_of_change(models, magnitude=magnitude)
    with torch.enable_grad():
        parameters = models.parameters.detach().clone().requires_grad_()
        (gradient,) = torch.autograd.grad(task.loss(parameters).sum(), parameters, create_graph=True)

    def product(v: Float[Tensor, "B P"]) -> Float[Tensor, "B P"]:
        (found,) = torch.autograd.grad(gradient, parameters, scale * v, retain_graph=True)
        return scale * found

    return product


def differences(
    models: Layered,
    X: Float[Tensor, "B n d"],
    y: Int[Tensor, "B n"],
    *,
    magnitude: bool = False,
    step: float | None = None,
) -> Product:
    """H v as (grad L(w + h v) - grad L(w - h v)) / 2h, by `parameter_vjp`: no graph is kept.

    h |v| is `step` |w|, by default the third root of the rounding unit (5e-3 in float32, 6e-6 in float64), at which
    rounding and curvature of the gradient err alike.
    """
    task, here = CrossEntropy(models, X, y), models.parameters
    scale = unit_of_change(models, magnitude=magnitude)
    length = (step or torch.finfo(here.dtype).eps ** (1 / 3)) * here.norm(dim=1, keepdim=True)

    def product(v: Float[Tensor, "B P"]) -> Float[Tensor, "B P"]:
        along = scale * v
        h = length / along.norm(dim=1, keepdim=True).clamp_min(torch.finfo(here.dtype).tiny)
        (_, after), (_, before) = task.gradient(here + h * along), task.gradient(here - h * along)
        return scale * (after - before) / (2 * h)

    return product


def trace(
    models: Layered, product: Product, *, generator: torch.Generator, probes: int = PROBES
) -> tuple[Float[Tensor, " B"], Float[Tensor, " B"]]:
    """tr H by Hutchinson's estimate, the mean of v'Hv over random signs v, and its standard error; unbiased.

    The error is exactly 0 for a diagonal H. All models meet the same signs, drawn on the CPU.

    Raises:
        ValueError: for fewer than two probes, whose error nothing tells.
    """
    if probes < 2:
        raise ValueError(f"probes = {probes}: a standard error needs two")
    here = models.parameters
    found = []
    for _ in range(probes):
        signs = (2 * torch.randint(2, (here.shape[1],), generator=generator) - 1).to(here)
        v = signs.expand_as(here)
        found.append((v * product(v)).sum(1))
    return _mean(found)


def noisy_trace(noise: Noisy, sigma: Float[Tensor, " B"]) -> tuple[Float[Tensor, " B"], Float[Tensor, " B"]]:
    """tr H in the mean over this noise, kinks included, and its standard error; unbiased (Stein's identity).

    The mean of u . (grad L(w + sigma u) - grad L(w - sigma u)) / (2 sigma) over the draws u. It is the slope of the
    noise's mean rise of the loss by sigma^2 / 2, with equal draws exactly. The error is NaN for one pair.

    Raises:
        ValueError: for noise with a floor, which sigma does not scale.
    """
    if noise.floor:
        raise ValueError(f"floor = {noise.floor}: the trace is that of noise which sigma scales")
    return _mean(list(noisy_traces(noise, sigma)))


def noisy_traces(noise: Noisy, sigma: Float[Tensor, " B"]) -> Float[Tensor, "pairs B"]:
    """What `noisy_trace` is the mean of, pair by pair: many draws are one batch."""
    task, here = CrossEntropy(noise.models, noise.X, noise.y), noise.models.parameters
    scale, sigma = unit_of_change(noise.models, magnitude=noise.magnitude), sigma.to(here).unsqueeze(1)
    outputs = sum(block.shape[0] for block in noise.models.blocks if block.weights)
    one = 2 * len(here) * max(here.shape[1], noise.X.shape[1] * (noise.X.shape[2] + outputs))
    found = []
    for draws in noise.draws.to(here).split(max(1, TILE // one)):
        u = scale * draws.unsqueeze(1)
        step = sigma * u
        _, both = task.gradient(torch.stack([here + step, here - step], 1).flatten(0, 2))
        after, before = both.unflatten(0, (len(draws), 2, -1)).unbind(1)
        found.append((u * (after - before) / (2 * sigma)).sum(2))
    return torch.cat(found)


def trace_along(noise: Noisy, product: Product) -> tuple[Float[Tensor, " B"], Float[Tensor, " B"]]:
    """tr H in the mean of u'Hu over this noise, without kinks, and its standard error; unbiased. NaN for one pair.

    With a product by magnitude for noise by magnitude. Where the activations are smooth it is what `noisy_trace` comes
    to for small sigma, with these very draws: what tells the two apart is no chance.
    """
    where = unit_of_change(noise.models, magnitude=False)
    found = []
    for draw in noise.draws:
        u = where * draw
        found.append((u * product(u)).sum(1))
    return _mean(found)


@dataclass(frozen=True)
class Top:
    """An estimate of the largest eigenvalue: lambda = v'Hv is at most the true one (but for rounding).

    Some eigenvalue is within `residual` = |H v - lambda v| of it, for |v| = 1.
    """

    value: Float[Tensor, " B"]
    vector: Float[Tensor, "B P"]
    residual: Float[Tensor, " B"]


def largest(
    models: Layered,
    product: Product,
    *,
    generator: torch.Generator,
    steps: int = STEPS,
    tolerance: float = TOLERANCE,
) -> Top:
    """lambda_max by power iteration from one random vector, to `tolerance` for all models, or for so many `steps`.

    What it comes to is the eigenvalue of largest size. Where that is negative, it goes on with H less that one, whose
    largest is lambda_max less it.
    """
    here = models.parameters
    start = torch.randn(here.shape[1], generator=generator).to(here) * (unit_of_change(models, magnitude=False) > 0)
    found = _iterate(product, unit(start), here.new_zeros(len(here)), steps, tolerance)
    if (found.value < 0).any():
        found = _iterate(product, unit(start), found.value.clamp_max(0), steps, tolerance)
    return found


def _mean(found: list[Tensor]) -> tuple[Float[Tensor, " B"], Float[Tensor, " B"]]:
    """And its standard error."""
    values = torch.stack(found)
    error = values.std(0) / len(found) ** 0.5 if len(found) > 1 else torch.full_like(values[0], torch.nan)
    return values.mean(0), error


def _iterate(
    product: Product, v: Float[Tensor, "B P"], shift: Float[Tensor, " B"], steps: int, tolerance: float
) -> Top:
    """Power iteration with H - shift."""
    for i in range(steps):
        image = product(v)
        value = (v * image).sum(1)
        residual = (image - value.unsqueeze(1) * v).norm(dim=1)
        if i == steps - 1 or (residual <= tolerance * value.abs()).all():
            break
        v = unit(image - shift.unsqueeze(1) * v)
    return Top(value, v, residual)
