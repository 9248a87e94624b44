"""The Lipschitz bracket: what is known about the constant of each network on the ball |x| <= R.

at_data <= lower <= Lipschitz constant <= upper <= eclipse_fast <= product,      lower <= formal_lower <= upper
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure import certificate, corners, flattening
from explorer.measure.ascent import FULL, Effort, climb
from explorer.measure.draws import SPHERE, Draws
from explorer.measure.scale import Scaled, blur, plain, slope_box
from explorer.measure.stack import WIDTHS, Stack, batches, neurons_at_once
from explorer.nets.activations import Polynomial, Rectified
from explorer.nets.two_layer import Ensemble
from explorer.vectors import lengths, project

CLIMBS = 4  # steps of the corners towards those where each sign agrees with the sum of the others


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


def ball_radius(X: Float[Tensor, "n d"]) -> float:
    """R = max(1, max |x_i|): the ball on which constants are measured holds the unit sphere and the data."""
    return max(1.0, float(lengths(X).amax())) if len(X) else 1.0


def holding(X: Float[Tensor, "n d"], radius: float) -> float:
    """The radius of a ball that is to hold all points, if only just: |x_i| may have been rounded in float32.

    Raises:
        ValueError: if radius is not positive and finite, or a point lies outside the ball.
    """
    farthest = float(lengths(X).amax()) if len(X) else 0.0
    if not (0 < radius < math.inf and farthest <= radius * (1 + 1e-5)):
        raise ValueError(f"radius {radius}: a positive number, at least the largest |x_i| = {farthest:.6g}")
    return max(radius, farthest)


def bracket(
    nets: Ensemble,
    X: Float[Tensor, "n d"],
    *,
    radius: float,
    seed: int,
    warm: Float[Tensor, "B d"] | None = None,
    stop: Callable[[], bool] = lambda: False,
    effort: Effort = FULL,
) -> Bracket:
    """Bounds of the Lipschitz constant of every network on the ball |x| <= radius, all in float64.

    Args:
        nets: the networks; one whose weights are not finite gets NaN.
        X: data points, none outside the ball.
        radius: R of the ball.
        seed: of all random starts; those of a network depend on it and on the network's width, not on its neighbours.
        warm: a point for each network to climb from as well, such as the `witness` of an earlier frame.
        stop: asked before every step; networks not yet measured stay NaN.
        effort: how long to search; with less the bracket is wider, and as true.

    Raises:
        ValueError: if radius is not positive and finite, or a data point lies outside the ball.
    """
    X = X.to(torch.float64)
    radius = holding(X, radius)
    numbers = X.new_full((6, len(nets)), math.nan)
    witness = X.new_full((len(nets), nets.d), math.nan)
    # points of the search's pool, and beside kinks
    neurons = neurons_at_once(X, 2 * SPHERE + effort.work // min(WIDTHS))
    for batch in batches(nets.widths, nets.d, neurons):
        if stop():
            break
        stack = Stack.of(nets, batch)
        draws = Draws.of(nets.d, [nets.widths[i] for i in batch], seed, X.device)
        start = witness[batch] if warm is None else warm[batch].to(X)
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
    """The six numbers of `Bracket`, in its order, and the witness, for one stack of networks; NaN if stopped.

    A number that float64 cannot hold is NaN, whatever the others are.
    """
    unknown = X.new_full((6, len(stack.a)), math.nan), torch.full_like(warm, math.nan)
    finite = stack.finite()
    original, ball = stack.where(finite), radius
    scaled = Scaled.of(original, radius)
    stack, radius, unit_of_x = scaled.stack, scaled.radius, 2.0**scaled.unit
    X, warm = X / unit_of_x, warm / unit_of_x
    polynomial = isinstance(stack.activation, Polynomial)
    if not polynomial:
        B, bound, t = corner_bound(scaled, draws, effort, stop)
    if stop():
        return unknown
    wanted = corners.sides(B, t) if isinstance(stack.activation, Rectified) else None
    found = climb(scaled, X, draws, warm, wanted, effort, stop)
    if stop():
        return unknown
    points = torch.cat([X.expand(len(found), -1, -1), found, warm.unsqueeze(1)], dim=1)
    points = project(points.nan_to_num(0.0, 0.0, 0.0), radius)
    sizes = rounded_down(scaled, points)
    witness = points[torch.arange(len(points)), sizes.argmax(1)]
    lower = sizes.amax(1)
    at_data = sizes[:, : len(X)].amax(1) if len(X) else torch.full_like(lower, math.nan)
    if polynomial:
        formal = eclipse = torch.full_like(lower, math.nan)
        bound = flattening.flattening(stack, radius)
        product, unit_of_product = flattening.product(original, ball)
    else:
        off, low, high = rounding(scaled), scaled.low, scaled.high
        bound = bound + off
        t = torch.cat([t, certificate.climb(B, signs_at(stack, witness, low, high))], dim=2)
        B = certificate.box_matrix(stack.U, *slope_box(stack, radius, sure=True))
        formal = torch.maximum(certificate.best_corner(B, t, effort.flips) - off, lower)
        layers, unit_of_product = scaled.layers()
        most, size = torch.maximum(low.abs(), high.abs()) * (1 + scaled.loose), certificate.operator_norm(layers.W)
        product = certificate.product(layers, most, size)
        eclipse = certificate.eclipse_fast(layers, low, most, size)
    found = torch.stack([at_data, lower, formal, bound, product, eclipse]).clamp_min(0)
    units = torch.stack([scaled.exponent] * 4 + [unit_of_product] * 2)
    at_data, lower, formal, bound, product, eclipse = plain(found, units)
    upper = bound.fmin(product).fmin(eclipse)  # where one of them is beyond float64 another holds
    numbers = torch.stack([at_data, lower, formal, upper, product, eclipse])
    numbers = torch.where(finite, numbers, math.nan)
    return numbers, torch.where(numbers[1].isfinite().unsqueeze(1), witness * unit_of_x, math.nan)


def corner_bound(
    scaled: Scaled, draws: Draws, effort: Effort, stop: Callable[[], bool]
) -> tuple[Float[Tensor, "m n d"], Float[Tensor, " m"], Float[Tensor, "m n c"]]:
    """B of the slope box, its certificate, and corners t of the box at which |B't| is large."""
    B = certificate.box_matrix(scaled.stack.U, scaled.low, scaled.high)
    bound, Z = certificate.lipsdp(B, draws.sketch, effort.factor_steps, stop)
    t = torch.where(Z @ draws.rounding < 0, -1.0, 1.0).to(B.dtype)
    for _ in range(CLIMBS):
        t = certificate.climb(B, t)
    return B, bound, t


def steep_points(
    stack: Stack, X: Float[Tensor, "n d"], draws: Draws, radius: float, stop: Callable[[], bool] = lambda: False
) -> Float[Tensor, "m found d"]:
    """All points to which the search for `lower` climbs in ReLU networks, whose weights must be finite."""
    scaled = Scaled.of(stack, radius)
    B, _, t = corner_bound(scaled, draws, FULL, stop)
    nowhere = X.new_full((len(stack.a), X.shape[1]), math.nan)
    return climb(scaled, X / 2.0**scaled.unit, draws, nowhere, corners.sides(B, t), FULL, stop) * 2.0**scaled.unit


def steepness(stack: Stack, x: Float[Tensor, "m N d"], radius: float) -> Float[Tensor, "m N"]:
    """|grad f| at points of the ball |x| <= radius, rounded down; NaN where float64 does not hold it."""
    scaled = Scaled.of(stack, radius)
    return plain(rounded_down(scaled, x / 2.0**scaled.unit).clamp_min(0), scaled.exponent.unsqueeze(1))


def rounded_down(scaled: Scaled, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N"]:
    """|grad f(x)| less all that float64 may have added, in the units of `scaled`; below 0 where that is more.

    A slope is off by what it changes over the rounding of w . x + b, which for a steep neuron is much, but only near
    its kink.
    """
    stack = scaled.stack
    z = stack.preactivations(x)
    slopes = stack.activation.slope(z)
    sizes = scaled.norms_at(z, slopes) - rounding(scaled).unsqueeze(1)
    if stack.activation.jumps:  # constant between its kinks, of which `norms_at` takes care
        return sizes
    off = stack.activation.drift(z, slopes, blur(stack, scaled.radius).unsqueeze(1))
    return sizes - (off @ (stack.a.abs() * stack.sizes).unsqueeze(-1)).squeeze(-1)


def rounding(scaled: Scaled) -> Float[Tensor, " m"]:
    """How far |U's| with known s in the slope box, a sum of k + d terms, can be off in float64."""
    stack = scaled.stack
    _, k, d = stack.W.shape
    most = torch.maximum(scaled.low.abs(), scaled.high.abs())
    slopes = most * (4 * (k + d) * torch.finfo(most.dtype).eps + scaled.loose)
    return (slopes * stack.a.abs() * stack.sizes).sum(1)


def signs_at(
    stack: Stack, x: Float[Tensor, "m d"], low: Float[Tensor, "m k"], high: Float[Tensor, "m k"]
) -> Float[Tensor, "m k+1 1"]:
    """t in [-1, 1] with c + r t = the slopes at x; the leading 1 belongs to c."""
    slopes = stack.activation.slope(stack.preactivations(x.unsqueeze(1))).squeeze(1)
    half = ((high - low) / 2).clamp_min(torch.finfo(low.dtype).tiny)
    t = ((slopes - (low + high) / 2) / half).clamp(-1, 1)
    return torch.cat([torch.ones_like(t[:, :1]), t], dim=1).unsqueeze(2)
