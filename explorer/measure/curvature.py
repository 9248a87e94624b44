"""Trace and largest eigenvalue of the Hessian of the mean cross-entropy by the weights of B trained models.

H is never formed: products H v come from differentiating twice (`exact`), or from the difference of two gradients
(`differences`). ReLU's kinks are not in H: L is smooth at w, if no point lies on a kink, but its gradient jumps nearby.
A difference of gradients over h, and the rise of the loss under noise, contain the jumps that they step over; those of
`exact` do not. By magnitude, H is that of w_i (1 + e_i) by e: H_ij w_i w_j.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure.cross_entropy import CrossEntropy
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
    values = torch.stack(found)
    return values.mean(0), values.std(0) / probes**0.5


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
