"""The Lipschitz bracket: what is known about the constant of each network on the ball |x| <= R.

at_data <= lower <= Lipschitz constant <= upper <= eclipse_fast <= product,      lower <= formal_lower <= upper
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure import certificate, flattening
from explorer.measure.ascent import FULL, Effort, ascend, project, unit
from explorer.measure.stack import Stack, batches
from explorer.nets.activations import Polynomial
from explorer.nets.two_layer import Ensemble

SPHERE = 128  # random points at which the search for a large gradient begins
SUBSETS = 32  # random sets of neurons to aim at
ROUNDINGS = 32  # random roundings of the certificate's factor to a corner of the slope box
CLIMBS, FLIPS = 4, 8


@dataclass(frozen=True)
class Bracket:
    """Bounds of the Lipschitz constant of B networks on the ball |x| <= R, in units of f per unit of x; NaN = unknown.

    Attributes:
        at_data: largest |grad f| at a data point.
        lower: largest |grad f| found at any point of the ball.
        formal_lower: largest |U's| found over slopes s in the box that the ball allows, reachable or not.
        upper: the smallest certificate.
        product: |diag(u) a| |W|_op.
        eclipse_fast: ECLipsE-Fast.
        witness: the point of the ball at which `lower` was found.
    """

    at_data: Float[Tensor, " B"]
    lower: Float[Tensor, " B"]
    formal_lower: Float[Tensor, " B"]
    upper: Float[Tensor, " B"]
    product: Float[Tensor, " B"]
    eclipse_fast: Float[Tensor, " B"]
    witness: Float[Tensor, "B d"]


@dataclass(frozen=True)
class Draws:
    """All random numbers of one call, shared by its networks."""

    sphere: Float[Tensor, "s d"]
    subsets: Float[Tensor, "c k"]
    sketch: Float[Tensor, "d r"]
    rounding: Float[Tensor, "r g"]

    @classmethod
    def of(cls, d: int, widest: int, generator: torch.Generator, device: torch.device) -> "Draws":
        def normal(*shape: int) -> Tensor:
            return torch.randn(*shape, generator=generator, dtype=torch.float64)

        rank = min(d, math.ceil(math.sqrt(2 * (widest + 1))))
        sphere = unit(normal(SPHERE, d))
        subsets = torch.rand(SUBSETS, widest, generator=generator, dtype=torch.float64)
        drawn = sphere, subsets, normal(d, rank), normal(rank, ROUNDINGS)
        return cls(*(each.to(device) for each in drawn))


def ball_radius(X: Float[Tensor, "n d"]) -> float:
    """R = max(1, max |x_i|): the ball on which constants are measured holds the unit sphere and the data."""
    return max(1.0, float(X.norm(dim=1).amax())) if len(X) else 1.0


def bracket(
    nets: Ensemble,
    X: Float[Tensor, "n d"],
    *,
    radius: float,
    generator: torch.Generator,
    warm: Float[Tensor, "B d"] | None = None,
    stop: Callable[[], bool] = lambda: False,
    effort: Effort = FULL,
) -> Bracket:
    """Bounds of the Lipschitz constant of every network on the ball |x| <= radius, all in float64.

    Args:
        nets: the networks; one whose weights are not finite gets NaN.
        X: data points, none outside the ball.
        radius: R of the ball.
        generator: a CPU generator, the source of all random starts.
        warm: a point for each network to climb from as well, such as the `witness` of an earlier frame.
        stop: asked before every step; networks not yet measured stay NaN.
        effort: how long to search; with less the bracket is wider, and as true.

    Raises:
        ValueError: if radius is not positive and finite, or a data point lies outside the ball.
    """
    X = X.to(torch.float64)
    farthest = float(X.norm(dim=1).amax()) if len(X) else 0.0
    if not (0 < radius < math.inf and farthest <= radius * (1 + 1e-5)):
        raise ValueError(f"radius {radius}: a positive number, at least the largest |x_i| = {farthest:.6g}")
    radius = max(radius, farthest)  # |x_i| may have been rounded in float32
    draws = Draws.of(nets.d, max(nets.widths, default=0), generator, X.device)
    numbers = X.new_full((6, len(nets)), math.nan)
    witness = X.new_full((len(nets), nets.d), math.nan)
    for batch in batches(nets.widths):
        if stop():
            break
        stack = Stack.of(nets, batch)
        start = witness[batch] if warm is None else warm[batch].to(torch.float64)
        numbers[:, batch], witness[batch] = measure(stack, X, start, draws, radius, effort, stop)
    at_data, lower, formal_lower, upper, product, eclipse_fast = numbers
    return Bracket(at_data, lower, formal_lower, upper, product, eclipse_fast, witness)


def measure(
    stack: Stack,
    X: Float[Tensor, "n d"],
    warm: Float[Tensor, "m d"],
    draws: Draws,
    radius: float,
    effort: Effort = FULL,
    stop: Callable[[], bool] = lambda: False,
) -> tuple[Float[Tensor, "6 m"], Float[Tensor, "m d"]]:
    """The six numbers of `Bracket`, in its order, and the witness, for one stack of networks; NaN if stopped."""
    unknown = X.new_full((6, len(stack.a)), math.nan), torch.full_like(warm, math.nan)
    finite = stack.finite() & gradient_terms(stack, radius).isfinite()
    stack = stack.where(finite)
    found = ascend(stack, X, draws.sphere, draws.subsets[:, : stack.a.shape[1]], warm, radius, effort, stop)
    if stop():
        return unknown
    points = torch.cat([X.expand(len(found), -1, -1), found, warm.unsqueeze(1)], dim=1)
    points = project(points.nan_to_num(0.0, 0.0, 0.0), radius)
    norms = stack.gradients(points).norm(dim=-1)
    witness = points[torch.arange(len(points)), norms.argmax(1)]
    off = rounding(stack, radius)
    lower = norms.amax(1) - off
    at_data = norms[:, : len(X)].amax(1) - off if len(X) else torch.full_like(lower, math.nan)
    if isinstance(stack.activation, Polynomial):
        formal = eclipse = torch.full_like(lower, math.nan)
        product = flattening.product(stack, radius)
        upper = torch.minimum(flattening.flattening(stack, radius), product)
    else:
        low, high = certificate.slope_box(stack, radius)
        B = certificate.box_matrix(stack.U, low, high)
        bound, Z = certificate.lipsdp(B, draws.sketch, effort.factor_steps, stop)
        if stop():
            return unknown
        rounded = torch.where(Z @ draws.rounding < 0, -1.0, 1.0).to(B.dtype)
        corners = torch.cat([rounded, signs_at(stack, witness, low, high)], dim=2)
        formal = torch.maximum(certificate.best_corner(B, corners, CLIMBS, FLIPS) - off, lower)
        product = certificate.product(stack, torch.maximum(low.abs(), high.abs()))
        eclipse = certificate.eclipse_fast(stack, low, high)
        upper = torch.minimum(bound + off, product).fmin(eclipse)
    numbers = torch.stack([at_data, lower, formal, upper, product, eclipse])
    known = finite & numbers.isfinite()
    return torch.where(known, numbers.clamp_min(0), math.nan), torch.where(finite.unsqueeze(1), witness, math.nan)


def rounding(stack: Stack, radius: float) -> Float[Tensor, " m"]:
    """How far a gradient in the ball, a sum of k + d terms, can be off in float64."""
    return 4 * sum(stack.W.shape[1:]) * torch.finfo(stack.W.dtype).eps * gradient_terms(stack, radius)


def gradient_terms(stack: Stack, radius: float) -> Float[Tensor, " m"]:
    """sum_j max |psi'| |a_j| |w_j| over the ball: the size of the terms that any gradient there sums."""
    low, high = certificate.slope_box(stack, radius)
    return (torch.maximum(low.abs(), high.abs()) * stack.a.abs() * stack.sizes).sum(1)


def signs_at(
    stack: Stack, x: Float[Tensor, "m d"], low: Float[Tensor, "m k"], high: Float[Tensor, "m k"]
) -> Float[Tensor, "m k+1 1"]:
    """t in [-1, 1] with c + r t = the slopes at x; the leading 1 belongs to c."""
    slopes = stack.activation.slope(stack.preactivations(x.unsqueeze(1))).squeeze(1)
    half = ((high - low) / 2).clamp_min(torch.finfo(low.dtype).tiny)
    t = ((slopes - (low + high) / 2) / half).clamp(-1, 1)
    return torch.cat([torch.ones_like(t[:, :1]), t], dim=1).unsqueeze(2)
