"""Pruned copies of models: their losses at all levels, and prunability (Kuhn et al. 2021); any model that is `Layered`.

Weights go in one shot, without retraining; what is no weight (biases) stays. What a level keeps contains what every
smaller one keeps, so one ranking serves a whole curve, and the copies of all levels are one batch of models.
`measure.pruning` is the faster way for the two-layer networks of an ensemble, and has prunability itself.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Bool, Float, Float64, Int
from torch import Tensor

from explorer.measure.criteria import pairs
from explorer.measure.cross_entropy import gathered, logits_at, losses_at
from explorer.nets.population import Layered
from explorer.seeding import seeded

MASKS = 5  # random ones, over which a loss is averaged
RANDOM, NOISE = 5 << 32, 6 << 32  # what is added to a seed for draws of their own
#: Floats of the pruned copies in one tile, or of what goes through them: what a core's cache holds, more or less.
AT_ONCE, AT_ONCE_GPU = 1 << 20, 1 << 26
GATHERED = 1 << 20  # the same where points are shared: then a tile may be some levels of one model
HIDDEN = 64  # values a point that a model has at one time, or more
Scope = Literal["global", "layerwise", "random"]


@dataclass(frozen=True)
class Ranking:
    """In which order weights are kept: 0 the first, -1 what always is; and how many each of them is ranked among."""

    ranks: Int[Tensor, "B P"]
    pools: Int[Tensor, " P"]

    def keeps(self, kept: Float[Tensor, " L"]) -> Bool[Tensor, "B L P"]:
        """What models keep of their parameters at a share: the round(kept pool) first."""
        counts = (kept.to(self.pools.device, torch.float64).unsqueeze(1) * self.pools).round()
        return self.ranks.unsqueeze(1) < counts


def ranking(models: Layered, scope: Scope, *, seeds: Sequence[int] = (), mask: int = 0) -> Ranking:
    """By magnitude over all layers (`global`) or in each layer (`layerwise`), or `random` over all layers.

    Args:
        seeds: of each model, for random orders, of which `mask` is the number; they do not depend on other models.

    Raises:
        ValueError: for random orders of models without seeds.
    """
    if scope == "random" and len(seeds) != len(models):
        raise ValueError(f"{len(seeds)} seeds for {len(models)} models: random orders need one for each")
    parameters, blocks = models.parameters, models.blocks
    weights = torch.cat([torch.full((block.size,), block.weights) for block in blocks]).to(parameters.device)
    ranks = torch.full(parameters.shape, -1, device=parameters.device)
    pools = torch.full((parameters.shape[1],), int(weights.sum()), device=parameters.device)
    if scope == "layerwise":
        parts = parameters.abs().split([block.size for block in blocks], dim=1)
        found = [
            _ranks(part) if block.weights else -1 + 0 * part.long() for block, part in zip(blocks, parts, strict=True)
        ]
        sizes = [torch.full((block.size,), block.size) for block in blocks]
        return Ranking(torch.cat(found, 1), torch.cat(sizes).to(parameters.device))
    if scope == "global":
        ranks[:, weights] = _ranks(parameters[:, weights].abs())
    else:
        count = int(weights.sum())
        drawn = [torch.randperm(count, generator=seeded(RANDOM + (mask << 64) + seed)) for seed in seeds]
        ranks[:, weights] = torch.stack(drawn).to(ranks)
    return Ranking(ranks, pools)


def _ranks(sizes: Float[Tensor, "B N"]) -> Int[Tensor, "B N"]:
    """0 for the largest of a row; of equals the first."""
    order = sizes.argsort(dim=1, descending=True, stable=True)
    return torch.empty_like(order).scatter_(
        1, order, torch.arange(order.shape[1], device=order.device).expand_as(order)
    )


@dataclass(frozen=True)
class Curve:
    """Mean cross-entropy and share of wrong answers, of every model at every level; NaN where it was stopped."""

    loss: Float64[Tensor, "B L"]
    error: Float64[Tensor, "B L"]


def curve(
    models: Layered,
    X: Float[Tensor, "B n d"],
    labels: Int[Tensor, "B n"],
    kept: Float[Tensor, " L"],
    order: Ranking,
    *,
    stop: Callable[[], bool] = lambda: False,
) -> Curve:
    """Of the models when they keep these shares of their weights; points of each, shared ones expanded."""
    if gathered(models, X, labels):
        return _gathered(models, X[0], labels[0], kept, order, stop)
    return _curve(models, X, labels, len(kept), lambda at: _pruned(models, order, kept[at]), stop)


def matched_noise(
    models: Layered,
    X: Float[Tensor, "B n d"],
    labels: Int[Tensor, "B n"],
    kept: Float[Tensor, " L"],
    order: Ranking,
    *,
    seeds: Sequence[int],
    mask: int = 0,
    stop: Callable[[], bool] = lambda: False,
) -> Curve:
    """Of the models when their weights move as far as pruning moves them, |w - pruned w|_2, in a random direction.

    One direction a model, uniform on the sphere, the same at all levels.
    """
    weights = order.ranks >= 0
    drawn = [torch.randn(weights.shape[1], generator=seeded(NOISE + (mask << 64) + seed)) for seed in seeds]
    direction = torch.stack(drawn).to(models.parameters) * weights
    direction = direction / direction.norm(dim=1, keepdim=True)

    def moved(at: slice) -> Float[Tensor, "B L P"]:
        lengths = dropped_energy(models, order, kept[at]).sqrt().to(direction)
        return models.parameters.unsqueeze(1) + lengths.unsqueeze(2) * direction.unsqueeze(1)

    return _curve(models, X, labels, len(kept), moved, stop)


def dropped_energy(models: Layered, order: Ranking, kept: Float[Tensor, " L"]) -> Float64[Tensor, "B L"]:
    """The sum of w^2 of what is pruned: of all choices of as many weights the smallest by `global` magnitude."""
    squares = models.parameters.double().square().unsqueeze(1)
    gone = [(squares * ~order.keeps(kept[at])).sum(2) for at in tiles(len(kept), squares.numel(), AT_ONCE)]
    return torch.cat(gone, 1) if gone else squares.new_zeros(len(models), 0)


def _pruned(models: Layered, order: Ranking, kept: Float[Tensor, " L"]) -> Float[Tensor, "B L P"]:
    return models.parameters.unsqueeze(1) * order.keeps(kept)


def _curve(
    models: Layered,
    X: Float[Tensor, "B n d"],
    labels: Int[Tensor, "B n"],
    levels: int,
    copies: Callable[[slice], Float[Tensor, "B L P"]],
    stop: Callable[[], bool],
) -> Curve:
    """Tile by tile of levels."""
    B, n = len(models), X.shape[1]
    hidden = _hidden(models, X.shape[2])
    loss, error = (torch.full((B, levels), torch.nan, dtype=torch.float64) for _ in range(2))
    at_once = AT_ONCE if X.is_cpu else AT_ONCE_GPU
    for at in tiles(levels, B * max(models.parameters.shape[1], n * hidden), at_once):
        if stop():
            break
        rows = copies(at)
        count = rows.shape[1]
        many = models.with_parameters(rows.flatten(0, 1))
        z = pairs(many.logits(repeated(X, count)))
        own = z.gather(2, repeated(labels, count).unsqueeze(2))
        loss[:, at] = (z.logsumexp(2) - own.squeeze(2)).double().mean(1).view(B, count).cpu()
        # a tie is wrong, as for `Misclassified`
        error[:, at] = ((z >= own).sum(2) > 1).double().mean(1).view(B, count).cpu()
    return Curve(loss, error)


def _gathered(
    models: Layered,
    x: Float[Tensor, "n d"],
    labels: Int[Tensor, " n"],
    kept: Float[Tensor, " L"],
    order: Ranking,
    stop: Callable[[], bool],
) -> Curve:
    """As `_curve` at points that all share: tile by tile of models and of levels, some of one model after the other."""
    B, n, levels = len(models), len(x), len(kept)
    each = max(models.parameters.shape[1], n * _hidden(models, x.shape[1]))
    at_once = GATHERED if x.is_cpu else AT_ONCE_GPU
    loss, error = (torch.full((B, levels), torch.nan, dtype=torch.float64) for _ in range(2))
    parameters, ranks = models.parameters, order.ranks
    for own in tiles(B, each * levels, at_once):
        part = Ranking(ranks[own], order.pools)
        for at in tiles(levels, each * (own.stop - own.start), at_once):
            if stop():
                return Curve(loss, error)
            rows = (parameters[own].unsqueeze(1) * part.keeps(kept[at])).flatten(0, 1)
            z = logits_at(models.with_parameters(rows), x)
            shape = (own.stop - own.start, at.stop - at.start)
            right = z.gather(1, labels.expand(len(z), 1, n))
            loss[own, at] = losses_at(z, labels).double().mean(1).view(shape).cpu()
            ahead = torch.ge(z, right, out=torch.empty_like(z)).sum(1)  # sums of booleans take longer
            error[own, at] = (ahead > 1).double().mean(1).view(shape).cpu()
    return Curve(loss, error)


def _hidden(models: Layered, d: int) -> int:
    """Values a point that a model has at one time, or more."""
    return max(HIDDEN, d, *(block.shape[0] for block in models.blocks if block.weights))


def repeated(rows: Tensor, count: int) -> Tensor:
    """Each row (of a model) so many times, one after the other; without a copy where all models share theirs."""
    B, *shape = rows.shape
    if rows.stride(0) == 0:
        return rows[:1].expand(B * count, *shape)
    return rows.repeat_interleave(count, 0)


def tiles(count: int, each: int, at_once: int = AT_ONCE) -> Iterator[slice]:
    """Slices of `count` things of so many floats, that fit."""
    size = max(1, at_once // each)
    for begin in range(0, count, size):
        yield slice(begin, min(begin + size, count))


def cliff(kept: Float[Tensor, " L"], losses: Float[Tensor, "B L"], allowed: Float[Tensor, " B"]) -> Float[Tensor, " B"]:
    """The last share that passes coming down from all weights: at it and at every larger one the loss is allowed.

    Not `pruning.prunability`, the smallest that passes: curves need not be monotone. This one is never smaller. NaN
    where not even the largest share passes.
    """
    order = kept.argsort(descending=True)
    passes = (losses[:, order] <= allowed.unsqueeze(1)).long().cumprod(1).sum(1)
    found = kept[order].to(losses)[(passes - 1).clamp_min(0)]
    return torch.where(passes > 0, found, torch.nan)
