"""The largest gradient norm at a real point of a ball: ascent from many points at once.

|grad f| is piecewise constant for ReLU, and rugged for every activation once k is well above d. So each slope
psi'(w_j . x + b_j) is first averaged over a slab of half-width h around x,
(psi(z + h |w_j|) - psi(z - h |w_j|)) / (2 h |w_j|), and that norm is climbed while h falls (graduated optimisation,
Blake and Zisserman 1987); the best few points then climb the true norm, by steps uphill and across single kinks.
The way is computed in float32, and what a point is worth is for the caller to measure. Sides of meeting kinks (`faces`)
are looked at in float64 and handed over as they are: no step leads to a cell that float32 does not tell from others.
"""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.measure import corners, faces
from explorer.measure.draws import Draws
from explorer.measure.scale import Scaled, single
from explorer.measure.stack import Stack
from explorer.nets.activations import Polynomial
from explorer.vectors import project, unit

WIDE, NARROW = 0.7, 0.02  # first and last half-width of the slab, as a share of the radius
LENGTHS = 7  # steps uphill tried at once, from the radius down to 2^-6 of it
KINKS = 8  # neurons turned at once
FINE, STEEP = 15, 1e-7  # steps of `refine` tried at once, each a quarter of the one before; its slab
NEAR = 16  # points beside kinks that are kept
BEYOND = 1e-2  # how far across a kink, as a share of the radius


@dataclass(frozen=True)
class Effort:
    """How long to search. What is found holds in any case; with less effort the bounds lie further apart.

    Args:
        starts: points climbed from at once. rounds: averaged steps of each. aimed: steps towards corners, 2 or more.
        polished, polish_rounds: how many of the best go on with the true norm, and how long.
        factor_steps: iterations of the certificate's factor; 50 come within about 1e-5 of the best certificate, mostly
        1e-6. flips: signs of its corners that are turned, one by one. work: points beside kinks, times k d; the default
        is what every cell takes for d = 3 and k = 12.
    """

    starts: int = 32
    rounds: int = 20
    aimed: int = 8
    polished: int = 8
    polish_rounds: int = 5
    factor_steps: int = 50
    flips: int = 8
    work: int = 300_000


FULL = Effort()
SKETCH = Effort(starts=6, rounds=5, aimed=3, polished=2, polish_rounds=2, factor_steps=12, flips=2, work=0)


def take(x: Float[Tensor, "m N d"], rows: Int[Tensor, "m c"]) -> Float[Tensor, "m c d"]:
    """The named points of each network."""
    return x.take_along_dim(rows.unsqueeze(-1), dim=1)


def aims(stack: Stack, subsets: Float[Tensor, "m s k"]) -> Float[Tensor, "m 2*s d"]:
    """Unit sums of w_j over random sets of neurons (1 for their members, else 0) whose a_j have one sign.

    Such a point switches its whole set on at once: in the grouped construction (`theory.grouped`) the worst points are
    of this kind, and neither data nor random points come near them.
    """
    positive = (stack.a > 0).to(subsets.dtype).unsqueeze(1)
    return unit(torch.cat([(subsets * positive) @ stack.W, (subsets * (1 - positive)) @ stack.W], dim=1))


def pool(
    stack: Stack,
    X: Float[Tensor, "n d"],
    sphere: Float[Tensor, "s d"],
    subsets: Float[Tensor, "m c k"],
    near: Float[Tensor, "m e d"],
    radius: float,
) -> Float[Tensor, "m N d"]:
    """Where to look first: the data, `near`, points of the sphere, +-w_j of the strongest neurons, and `aims`."""
    m, k, _ = stack.W.shape
    strongest = stack.U.norm(dim=-1).topk(min(k, subsets.shape[1]), dim=1).indices
    towards = unit(take(stack.W, strongest))
    far = torch.cat([sphere.expand(m, -1, -1), towards, -towards, aims(stack, subsets)], dim=1)
    return torch.cat([X.expand(m, -1, -1), near, radius * far], dim=1)


def kinks(scaled: Scaled, off: Float[Tensor, " d"], effort: Effort) -> Float[Tensor, "m found d"]:
    """The steepest points beside kinks, in float64."""
    stack, radius = scaled.stack, scaled.radius
    m, k, d = stack.W.shape
    scant = stack.activation.jumps and d > faces.MEET  # not all cells are seen, and corners of the box show more
    q, most = faces.affordable(k, d, effort.work // (8 if scant else 1))
    if q == 0 or isinstance(stack.activation, Polynomial):
        return stack.W.new_zeros(m, 0, d)
    strength = (scaled.high - scaled.low) * stack.a.abs() * stack.sizes
    x = project(faces.beside(stack, strength, (radius / 2) * off.expand(m, -1), radius, q, most), radius)
    return take(x, best_distinct(scaled.norms(x), NEAR))


def uphill(stack: Stack, x: Float[Tensor, "m N d"], h: float) -> Float[Tensor, "m N d"]:
    """Unit direction in which |sum_j a_j m_j w_j| grows, m_j the mean slope of neuron j within distance h of x."""
    half = h * stack.sizes
    scale = (1 / half.clamp_min(torch.finfo(half.dtype).tiny)).unsqueeze(-1)  # half = 0: a neuron without weights
    risen, turning = stack.activation.rise(stack.preactivations(x), half.unsqueeze(1))
    g = risen @ (scale * stack.U)  # in units of 1/2, as is what follows from it
    return unit(turning.mul_(g @ stack.U.mT) @ (scale * stack.W))


def across(stack: Stack, x: Float[Tensor, "m N d"], beyond: float) -> Float[Tensor, "m N c d"]:
    """x moved just across w_j . x + b_j = 0, for the neurons j that promise most, and nearest.

    Turning a ReLU neuron changes |g|^2 by +-2 g . u_j + |u_j|^2.
    """
    size = stack.sizes.clamp_min(torch.finfo(x.dtype).tiny).unsqueeze(1)
    distance = stack.preactivations(x) / size
    side = torch.where(distance > 0, 1.0, -1.0)
    gain = stack.U.square().sum(-1).unsqueeze(1) - 2 * side * (stack.gradients(x) @ stack.U.mT)
    reach = distance + beyond * side
    promising = (gain / reach.abs()).topk(min(KINKS, gain.shape[-1]), dim=-1).indices
    move = (reach / size).gather(2, promising).unsqueeze(-1)
    w = take(stack.W, promising.flatten(1)).unflatten(1, promising.shape[1:])
    return x.unsqueeze(2) - move * w


def polish(stack: Stack, x: Float[Tensor, "m N d"], h: float, radius: float) -> Float[Tensor, "m N d"]:
    """The best of x, steps uphill from x, and x across a kink: never lowers |grad f(x)|."""
    lengths = radius * 2.0 ** -torch.arange(LENGTHS, dtype=x.dtype, device=x.device).view(-1, 1)
    steps = x.unsqueeze(2) + lengths * uphill(stack, x, h).unsqueeze(2)
    tried = project(torch.cat([x.unsqueeze(2), steps, across(stack, x, BEYOND * radius)], dim=2), radius)
    best = norms(stack, tried.flatten(1, 2)).unflatten(1, tried.shape[1:3]).argmax(-1)
    return tried.take_along_dim(best.unsqueeze(-1).unsqueeze(-1), dim=2).squeeze(2)


def refine(scaled: Scaled, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N d"]:
    """The best of x and steps uphill and along the ridge, in float64: peaks of tanh' are as thin as |w_j| is large."""
    stack, radius = scaled.stack, scaled.radius
    lengths = radius * 4.0 ** -torch.arange(FINE, dtype=x.dtype, device=x.device).view(-1, 1)
    up = uphill(stack, x, STEEP * radius)
    slopes = stack.activation.slope(stack.preactivations(x)) * (stack.a.abs() * stack.sizes.square()).unsqueeze(1)
    first, second = (take(stack.W, j) for j in slopes.topk(2, dim=2).indices.unbind(2))
    second = without(second, first)
    ways = [up, without(up, first), without(without(up, first), second)]
    steps = (lengths * torch.stack(ways, dim=2).unsqueeze(3)).flatten(2, 3)
    tried = project(torch.cat([x.unsqueeze(2), x.unsqueeze(2) + steps], dim=2), radius)
    best = scaled.norms(tried.flatten(1, 2)).unflatten(1, tried.shape[1:3]).argmax(-1)
    return tried.take_along_dim(best.unsqueeze(-1).unsqueeze(-1), dim=2).squeeze(2)


def without(v: Float[Tensor, "m N d"], w: Float[Tensor, "m N d"]) -> Float[Tensor, "m N d"]:
    """Unit vector along the part of v that is orthogonal to w."""
    w = unit(w)
    return unit(v - (v * w).sum(2, keepdim=True) * w)


def norms(stack: Stack, x: Float[Tensor, "m N d"]) -> Float[Tensor, "m N"]:
    """|grad f(x)|, and 0 where float32 does not hold it."""
    return stack.gradients(x).norm(dim=-1).nan_to_num(0.0, 0.0, 0.0)


def best_distinct(values: Float[Tensor, "m N"], count: int) -> Int[Tensor, "m c"]:
    """Indices of the `count` largest values, equal ones (points of one cell) last."""
    ordered, index = values.sort(dim=1, descending=True)
    most = ordered.amax(1, keepdim=True)
    again = (ordered.diff(dim=1, prepend=most + 1).abs() <= 1e-5 * ordered).to(values.dtype)
    return index.gather(1, (ordered - again * (most + 1)).topk(min(count, values.shape[1]), dim=1).indices)


def ascend(
    stack: Stack,
    X: Float[Tensor, "n d"],
    draws: Draws,
    warm: Float[Tensor, "m d"],
    radius: float,
    effort: Effort = FULL,
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, "m found d"]:
    """Points of the ball with a large |grad f|, for each of m networks.

    Args:
        stack: the networks.
        X: data points, all of them in the ball.
        draws: of these networks; the first half of `effort.starts` points of its sphere are always climbed from.
        warm: a point to climb from as well, such as the best of an earlier frame; NaN where there is none. It
            takes no other start's place.
        radius: of the ball.
        effort: how long to search.
        stop: asked before every round; when true, the search ends where it is.
    """
    scaled = Scaled.of(stack, radius)
    unit_of_x = 2.0**scaled.unit
    return climb(scaled, X / unit_of_x, draws, warm / unit_of_x, None, effort, stop) * unit_of_x


def climb(
    scaled: Scaled,
    X: Float[Tensor, "n d"],
    draws: Draws,
    warm: Float[Tensor, "m d"],
    wanted: Float[Tensor, "m c k"] | None,
    effort: Effort,
    stop: Callable[[], bool],
) -> Float[Tensor, "m found d"]:
    """As `ascend`, in the units of `scaled`; from where sides of kinks are `wanted` instead of from the sphere."""
    near = kinks(scaled, draws.sphere.select(0, 0), effort)
    stack, radius = single(scaled.stack), scaled.radius
    X, warm, sphere = X.float(), warm.float(), draws.sphere.float()
    x = pool(stack, X, sphere, draws.subsets.float(), near.float(), radius)
    x = take(x, norms(stack, x).topk(min(effort.starts // 2, x.shape[1]), dim=1).indices)
    extra = torch.where(warm.isfinite().all(1, keepdim=True), warm, x.select(1, 0)).unsqueeze(1)
    if wanted is None:
        others = radius * sphere.narrow(0, 0, effort.starts // 2).expand(len(x), -1, -1)
    else:
        others = corners.reach(stack, wanted.narrow(1, 0, effort.starts // 2).float(), radius, effort.aimed)
    start = torch.cat([x, others], dim=1)
    x = torch.cat([start, extra], dim=1)
    for i in range(effort.rounds):
        if stop():
            break
        h = radius * slab(i / (effort.rounds - 1))
        x = project(x + h * uphill(stack, x, h), radius)
    climbed, from_extra = x.split([start.shape[1], 1], dim=1)
    known = torch.cat([climbed, start], dim=1)  # the averaged norm may lead away from a good start
    best = take(known, best_distinct(norms(stack, known), effort.polished))
    x = torch.cat([best, from_extra, extra], dim=1)
    for i in range(effort.polish_rounds):
        if stop():
            break
        x = polish(stack, x, radius * slab(i / (effort.polish_rounds - 1)) / 4, radius)
    x = torch.cat([x.double(), near], dim=1)
    if not scaled.stack.activation.homogeneous:
        for _ in range(effort.polish_rounds * 2):
            if stop():
                break
            x = refine(scaled, x)
    return x


def slab(progress: float) -> float:
    """Half-width of the averaging, as a share of the radius, from WIDE at progress 0 to NARROW at 1."""
    return WIDE * (NARROW / WIDE) ** progress
