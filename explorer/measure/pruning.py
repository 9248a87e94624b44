"""Loss after pruning, at all levels at once, and prunability (Kuhn et al. 2021).

Weights go in one shot, without retraining; biases stay. What a level keeps contains what every smaller one keeps, so
that one ranking of the weights serves the whole curve: the networks of all levels are one matrix product. Magnitude
pruning removes the least energy, sum w^2, that any choice of as many weights does.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.nets.batch import Batch, batches, columns
from explorer.nets.two_layer import Ensemble

MASKS = 5  # random ones, over which a loss is averaged
Scope = Literal["global", "layerwise", "random"]

#: Hidden values in one tile: 1 MB in float32, half of a core's second-level cache. A GPU wants large tiles.
CACHED, CACHED_GPU = 1 << 18, 1 << 28


def curve(
    nets: Ensemble,
    X: Float[Tensor, "n d"],
    y: Float[Tensor, " n"],
    kept: Float[Tensor, " L"],
    *,
    scope: Scope,
    generator: torch.Generator | None = None,
    masks: int = MASKS,
    stop: Callable[[], bool] = lambda: False,
) -> Float[Tensor, "B L"]:
    """Mean squared error of every network when it keeps a share of its weights; float64, on the CPU.

    - global: the round(kept k (d + 1)) weights of largest magnitude, of both layers together;
    - layerwise: the same share of each layer by itself;
    - random: as many as in global, drawn uniformly; the loss is the average over so many `masks`. Their draws depend
      on `generator` (on the CPU) and the network's own width and seed, not on the other networks.

    Computes in the dtype of `nets`. `stop` is asked before every tile; networks not yet measured are NaN.

    Raises:
        ValueError: for an unknown scope, `kept` outside [0, 1], or random pruning without a generator or masks.
    """
    drawn = _draw(kept, scope, generator, masks)
    points, y, kept = columns(X, nets), y.to(nets.inner.device), kept.to(nets.inner.device, torch.float64)
    losses = torch.full((len(nets), len(kept)), torch.nan, dtype=torch.float64)
    for members, batch in batches(nets):
        seeds = [nets.seeds[i] for i in members]
        rankings = _rankings(batch, seeds, scope, drawn, masks)
        of_masks = [_losses(batch, ranking, kept, points, y, stop) for ranking in rankings]
        if stop():
            break
        losses[members] = torch.stack(of_masks).mean(0).cpu()
    return losses


def kept_weights(
    net: Ensemble, kept: float, *, scope: Scope, generator: torch.Generator | None = None
) -> tuple[Bool[Tensor, "d k"], Bool[Tensor, " k"]]:
    """Which weights of W and of a one network keeps, as in `curve`; where they are drawn, the first of its masks.

    Raises:
        ValueError: as `curve`, or if `net` is not one network.
    """
    if len(net) != 1:
        raise ValueError(f"{len(net)} networks: weights are those of one")
    drawn = _draw(torch.tensor([kept]), scope, generator, masks=1)
    _, batch = next(batches(net))
    (ranking,) = _rankings(batch, net.seeds, scope, drawn, masks=1)
    inner, outer = ranking.counts(torch.tensor([kept], dtype=torch.float64))
    return (ranking.inner[0, :, :-1] < inner).T, ranking.outer[0, 0] < outer


def prunability(
    kept: Float[Tensor, " L"],
    losses: Float[Tensor, "B L"],
    dense: Float[Tensor, " B"],
    *,
    tolerance: float,
    relative: bool,
) -> Float[Tensor, " B"]:
    """The smallest share of `kept` at which the loss is within the tolerance of the dense network's.

    "Smallest that passes", which is not "last before the first failure coming down from 1": curves need not be
    monotone. To pass is to be at most (1 + tolerance) dense if `relative`, else dense + tolerance. A share of 1 is the
    dense network itself, and passes: its loss differs from `dense` only where that was rounded otherwise, and a
    tolerance may be smaller than that. (Take `dense` from the curve where it has a share of 1.) NaN where no share
    passes, and where `dense` is not finite.
    """
    allowed = dense * (1 + tolerance) if relative else dense + tolerance
    passes = (losses <= allowed[:, None]) | ((kept == 1) & losses.isfinite())
    least = torch.where(passes & dense.isfinite()[:, None], kept.to(losses), torch.inf).amin(1)
    return torch.where(least.isfinite(), least, torch.nan)


@dataclass(frozen=True)
class Ranking:
    """In which order weights are kept, of those that `pools` count in the inner and the outer layer.

    Biases have rank -1. In the dtype of the networks (exact: none has 2^24 weights), which makes comparisons fast.
    """

    inner: Float[Tensor, "T k d1"]
    outer: Float[Tensor, "T 1 k"]
    pools: tuple[int, int]

    @classmethod
    def of(cls, batch: Batch, ranks: Int[Tensor, "T N"], pools: tuple[int, int]) -> "Ranking":
        """From ranks of W, row by row, followed by those of a."""
        T, k, rows = batch.inner.shape
        inner, outer = ranks.to(batch.outer.dtype).split([k * (rows - 1), k], dim=1)
        inner = torch.cat([inner.view(T, k, rows - 1), inner.new_full((T, k, 1), -1)], 2)
        return cls(inner, outer.unsqueeze(1), pools)

    def counts(self, kept: Float[Tensor, " L"]) -> tuple[Float[Tensor, " L"], Float[Tensor, " L"]]:
        """How many weights of each pool are kept, which are those of smaller rank: of W, and of a."""
        first, second = ((kept * pool).round() for pool in self.pools)
        return first, second


def _draw(kept: Float[Tensor, " L"], scope: Scope, generator: torch.Generator | None, masks: int) -> int | None:
    """What random masks are drawn from; None for other scopes. Raises ValueError for what is not allowed."""
    if scope not in ("global", "layerwise", "random"):
        raise ValueError(f"scope = {scope!r}: use global, layerwise or random")
    if not ((kept >= 0) & (kept <= 1)).all():
        raise ValueError(f"kept = {kept.tolist()}: shares lie in [0, 1]")
    if scope == "random" and (generator is None or masks < 1):
        raise ValueError(f"masks = {masks}: random pruning needs a generator and at least one mask")
    return int(torch.randint(1 << 40, (), generator=generator)) if scope == "random" else None


def _rankings(batch: Batch, seeds: Sequence[int], scope: Scope, drawn: int | None, masks: int) -> list[Ranking]:
    """The rankings over which a loss is averaged: one by magnitude, or random ones."""
    W, a = batch.W.abs().flatten(1), batch.outer.abs().flatten(1)
    inner, k = W.shape[1], a.shape[1]
    both = inner + k
    if scope == "layerwise":
        return [Ranking.of(batch, torch.cat([_ranks(W), _ranks(a)], 1), (inner, k))]
    if drawn is None:
        return [Ranking.of(batch, _ranks(torch.cat([W, a], 1)), (both, both))]
    # distinct streams for distinct (k, seed), as in `initialise`
    own = [torch.Generator().manual_seed(drawn + seed * (1 << 20) + k) for seed in seeds]
    draws = [torch.stack([torch.randperm(both, generator=stream) for stream in own]) for _ in range(masks)]
    return [Ranking.of(batch, ranks.to(a.device), (both, both)) for ranks in draws]


def _ranks(sizes: Float[Tensor, "T N"]) -> Int[Tensor, "T N"]:
    """0 for the largest of a row. NumPy sorts six times as fast as torch here; equals come in either order."""
    order = torch.from_numpy(np.argsort(-sizes.cpu().numpy(), axis=1)).to(sizes.device)
    return torch.empty_like(order).scatter_(
        1, order, torch.arange(order.shape[1], device=order.device).expand_as(order)
    )


def _losses(
    batch: Batch,
    ranking: Ranking,
    kept: Float[Tensor, " L"],
    points: Float[Tensor, "d1 n"],
    y: Float[Tensor, " n"],
    stop: Callable[[], bool],
) -> Float[Tensor, "T L"]:
    """The losses of all networks at all levels, in tiles that fit the cache; NaN from where `stop` turned true."""
    room = max(1, (CACHED if y.is_cpu else CACHED_GPU) // (batch.inner.shape[1] * len(y)))  # (network, level) in a tile
    first, second = (count.to(points) for count in ranking.counts(kept))
    levels = list(zip(first.split(room), second.split(room), strict=True))
    operands = (batch.inner, batch.outer, ranking.inner, ranking.outer)
    losses = []
    for inner, outer, *ranks in zip(*(whole.split(max(1, room // len(kept))) for whole in operands), strict=True):
        part, (inner_ranks, outer_ranks) = Batch(inner, outer, batch.activation), ranks
        unknown = y.new_full((len(outer), 1), torch.nan, dtype=torch.float64)
        at = [
            unknown.expand(-1, len(counts[0]))
            if stop()
            else pruned_losses(part, inner_ranks, outer_ranks, *counts, points, y)
            for counts in levels
        ]
        losses.append(torch.cat(at, 1))
    return torch.cat(losses)


def pruned_losses(
    batch: Batch,
    inner_ranks: Float[Tensor, "T k d1"],
    outer_ranks: Float[Tensor, "T 1 k"],
    first: Float[Tensor, " L"],
    second: Float[Tensor, " L"],
    points: Float[Tensor, "d1 n"],
    y: Float[Tensor, " n"],
) -> Float[Tensor, "T L"]:
    """Mean squared errors of networks that keep `first` inner and `second` outer ranks, level by level."""
    (T, k, rows), levels = batch.inner.shape, len(first)
    # a comparison written straight into floats is one pass over memory, a mask of bools several
    W = torch.lt(inner_ranks.unsqueeze(1), first.view(-1, 1, 1), out=points.new_empty(T, levels, k, rows))
    a = torch.lt(outer_ranks.unsqueeze(1), second.view(-1, 1, 1), out=points.new_empty(T, levels, 1, k))
    t = W.mul_(batch.inner.unsqueeze(1)).view(-1, rows) @ points
    h = batch.activation.value(t, out=t).view(T * levels, k, -1)
    f = a.mul_(batch.outer.unsqueeze(1)).view(-1, 1, k) @ h
    return (f.view(T, levels, -1) - y).double().square().mean(2)
