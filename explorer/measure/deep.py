"""What can be measured of a perceptron with several hidden layers: gradients that are found, and the product of norms.

|grad f| at points that are found <= Lipschitz constant on |x| <= R <= product of the layers' norms

There is no certificate in between: those of `lipschitz` are of one hidden layer.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float
from torch import Tensor

from explorer.measure.ascent import FULL, NARROW, WIDE, Effort
from explorer.measure.differences import product
from explorer.measure.ladder import ALONE, RUNGS, Ladder, sphere
from explorer.measure.lipschitz import holding
from explorer.nets.mlp import Mlp
from explorer.vectors import project, unit

TRIED = 8  # directions tried at once, each both ways
ROUNDS = 4  # times the rounds of an ascent that knows its kinks
AT_ONCE = 3e8  # multiplications between two questions whether to stop
IN_ALL = 2e11  # multiplications of a whole search


def ladder(
    net: Mlp,
    X: Float[Tensor, "n d"],
    *,
    radius: float,
    seed: int,
    warm: Float[Tensor, "1 d"] | None = None,
    stop: Callable[[], bool] = lambda: False,
    effort: Effort = FULL,
) -> Ladder:
    """The rungs of one perceptron with one output, as `measure.ladder.ladder`; NaN where nothing is known.

    Raises:
        ValueError: if there are several models or outputs, or the ball does not hold the unit sphere and all data.
    """
    if len(net) != 1 or net.classes != 1:
        raise ValueError(f"{len(net)} models with {net.classes} outputs: a ladder is of one with one")
    net, X = net.to(torch.float64), X.to(torch.float64)
    radius = holding(X, radius)
    unknown = X.new_tensor(torch.nan)
    values = dict.fromkeys(RUNGS, unknown)
    witness = X.new_full((1, net.d), torch.nan)
    points = sphere(len(X) or ALONE, net.d, seed, radius).to(X)
    known = project(torch.cat([points, X] if warm is None else [points, X, warm.to(X)]), radius)
    sizes = _sizes(net, known, stop)
    x, found = _climb(net, known, sizes, radius, seed, effort, stop)
    if not stop():
        most = product(net, net.layers[-1].W[:, 0], radius)[0]
        values["random"] = _largest(sizes[: len(points)])
        values["at_data"] = _largest(sizes[len(points) :][: len(X)])
        values["adversarial"] = found
        values["product"] = torch.where(most.isfinite(), most, unknown)
        witness = x.unsqueeze(0)
    return Ladder(torch.stack(list(values.values())).unsqueeze(0), witness)


def steepness(net: Mlp, x: Float[Tensor, "N d"]) -> Float[Tensor, " N"]:
    """|grad f| of one network with one output, less all that float64 may have added; NaN where that cannot be told.

    How far off numbers may be is followed through the layers, there and back. A point counts only if rounding leaves no
    doubt on which side of every kink it lies: beside a kink a gradient may be that of no point.
    """
    *hidden, last = net.layers
    psi, eps = net.activation, torch.finfo(x.dtype).eps
    h, off, moves = x, torch.zeros_like(x), torch.ones_like(x)
    unclear = torch.zeros(len(x), dtype=torch.bool, device=x.device)
    slopes = []
    for layer in hidden:
        W, b = layer.W[0], layer.b[0]
        size = W.abs().T
        z = torch.addmm(b, h, W.T)
        near = 2 * eps * (W.shape[1] + 2) * torch.addmm(b.abs(), h.abs(), size) + 2 * (off @ size)
        slope = psi.slope(z)
        if psi.jumps:
            moving = moves @ (size > 0).to(x.dtype) > 0  # a neuron that is constant here has no kink
            unclear |= ((z.abs() <= near) & moving).any(1)
            moves = (moving & (slope != 0)).to(x.dtype)
        slopes.append((slope, psi.drift(z, slope, near) + 8 * eps * slope.abs()))
        steepest = torch.stack(psi.slope_range(z - near, z + near)).abs().amax(0)
        h = psi.value(z)
        off = steepest * near + 8 * eps * h.abs()
    c, off = last.W[0].expand(len(x), -1), torch.zeros_like(h)
    for layer, (slope, wrong) in zip(hidden[::-1], slopes[::-1], strict=True):
        off = off * (slope.abs() + wrong) + c.abs() * wrong
        c = c * slope
        W = layer.W[0]
        size = W.abs()
        off = off @ size + 2 * eps * (len(W) + 2) * (c.abs() @ size)
        c = c @ W
    found = (c.norm(dim=1) - off.norm(dim=1)) * (1 - eps * (4 + c.shape[1]))
    return torch.where(unclear | ~found.isfinite(), torch.nan, found.clamp_min(0))


def _largest(sizes: Float[Tensor, " n"]) -> Tensor:
    """The largest known one; NaN if there is none."""
    known = sizes[sizes.isfinite()]
    return known.amax() if len(known) else sizes.new_tensor(torch.nan)


def _cost(net: Mlp) -> int:
    """Multiplications for the gradient at one point, and for how far off it may be."""
    return 6 * sum(layer.W[0].numel() for layer in net.layers)


def _sizes(net: Mlp, x: Float[Tensor, "N d"], stop: Callable[[], bool]) -> Float[Tensor, " N"]:
    """`steepness` at many points, some at a time; NaN from where it was stopped."""
    parts = x.split(max(1, int(AT_ONCE / _cost(net))))
    return torch.cat([x.new_full((len(part),), torch.nan) if stop() else steepness(net, part) for part in parts])


def _climb(
    net: Mlp,
    known: Float[Tensor, "N d"],
    sizes: Float[Tensor, " N"],
    radius: float,
    seed: int,
    effort: Effort,
    stop: Callable[[], bool],
) -> tuple[Float[Tensor, " d"], Tensor]:
    """The steepest point that a search finds from the best of the known ones of the ball, and how steep f is there.

    |grad f| is constant between the kinks of ReLU, so that its own gradient tells nothing: each point tries steps of a
    falling length in random directions, both ways, and one along the sum of all steps, each by what it gained (an
    estimate of the gradient of |grad f|, averaged over that length; evolution strategies, Rechenberg 1973).
    """
    draws = torch.Generator().manual_seed(seed)
    first, few = net.layers[0].W[0], max(1, effort.starts // 4)
    towards = unit(first[first.norm(dim=1).topk(min(few, len(first))).indices])  # where single neurons are on
    far = unit(torch.randn(few, net.d, generator=draws, dtype=known.dtype)).to(known)
    far = radius * torch.cat([far, towards, -towards])
    x = torch.cat([known, far])
    value = torch.cat([sizes, _sizes(net, far, stop)]).nan_to_num(-1.0)
    best = value.topk(min(2 * few, len(value))).indices
    x, value = x[best], value[best]
    towards = torch.zeros_like(x)
    share = effort.rounds * effort.starts / (FULL.rounds * FULL.starts)
    rounds = max(1, min(ROUNDS * effort.rounds, int(share * IN_ALL / _cost(net) / len(x) / (2 * TRIED + 1))))
    for i in range(rounds):
        if stop():
            break
        h = radius * WIDE * (NARROW / WIDE) ** (i / rounds)
        steps = unit(torch.randn(len(x), TRIED, net.d, generator=draws, dtype=x.dtype)).to(x)
        steps = torch.cat([steps, -steps, towards.unsqueeze(1)], dim=1)
        tried = project(x.unsqueeze(1) + h * steps, radius)
        there = _sizes(net, tried.flatten(0, 1), stop).nan_to_num(-1.0).unflatten(0, tried.shape[:2])
        gained = torch.where(there >= 0, there - value.unsqueeze(1), 0.0)
        towards = unit((gained.unsqueeze(2) * steps)[:, : 2 * TRIED].sum(1))
        there, which = there.max(1)
        better = there > value
        chosen = tried.take_along_dim(which.view(-1, 1, 1), dim=1).squeeze(1)
        x = torch.where(better.unsqueeze(1), chosen, x)
        value = torch.where(better, there, value)
    top = value.argmax()
    return x[top], torch.where(value[top] >= 0, value[top], torch.nan)
