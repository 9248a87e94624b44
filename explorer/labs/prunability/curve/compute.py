"""Panel: networks of one width are trained, then pruned to every level in several ways."""

from collections.abc import Iterator
from typing import Literal

import numpy as np
import torch
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.prunability import levels
from explorer.labs.prunability.curve import (
    CURVE,
    FRACTION,
    GLOBAL,
    LAYERWISE,
    NOISE,
    RANDOM,
    WEIGHTS,
    CurveSettings,
)
from explorer.labs.prunability.repeats import Data, Trained, learned, untrained
from explorer.measure import masks
from explorer.measure.masks import Curve, Ranking, Scope, cliff, dropped_energy, matched_noise, ranking
from explorer.measure.pruning import prunability
from explorer.nets.mlp import Mlp

#: Shares kept.
LEVELS = torch.tensor(levels.LEVELS, dtype=torch.float64)
Way = Scope | Literal["noise"]
LOOKS = frozenset({1, 2, 4, 8, 16, 32, 64, 128})  # epochs after which a frame shows how pruning goes so far


def stream(
    settings: CurveSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Frames while the networks learn, of magnitude pruning alone; then one for every way of pruning.

    The trained networks are a cell, and with the arrays of a finished run of equal training nothing is trained.
    """
    kept = kept or {}
    data = Data.read(settings, device)
    total = settings.max_epochs + 3 + settings.masks
    trained: Trained | None = None
    done: list[Columns] = []

    def frame(step: int, now: Trained, rows: list[Columns], note: str, arrays: Columns | None = None) -> Frame:
        table = CURVE.joined([CURVE.empty(), *rows])
        tables = {
            CURVE.name: table,
            FRACTION.name: fractions(table, now, settings),
            WEIGHTS.name: weights(now.nets.take(torch.tensor([0], device=device))),
        }
        return Frame(step, total, tables, arrays or {}, note)

    for name in (FINISHED, "networks"):
        if name in kept:
            trained = Trained.from_arrays(untrained(settings, device), kept[name])
            break
    if trained is None:
        for fit in learned(settings, data, device, stop):
            if fit is None:
                yield None
                continue
            step, trained, last = fit
            if last:
                break
            rows = measured(trained.nets, data, ranking(trained.nets, GLOBAL), GLOBAL, 0, stop)
            yield frame(step, trained, [rows], f"epoch {step} of {settings.max_epochs} at most")
        else:
            return
        if stop():
            return
        yield Cell("networks", trained.to_arrays())
    seeds = range(settings.seed, settings.seed + settings.seeds)
    whole = ranking(trained.nets, GLOBAL)
    plan: list[tuple[Way, int]] = [(GLOBAL, 0), (LAYERWISE, 0)]
    for each in range(settings.masks):
        plan += [(RANDOM, each), (NOISE, each)]
    for turn, (scope, mask) in enumerate(plan):
        order = whole if scope == NOISE else ranking(trained.nets, scope, seeds=seeds, mask=mask)
        done.append(measured(trained.nets, data, order, scope, mask, stop, seeds))
        if stop():
            return
        last = turn == len(plan) - 1
        if last or scope != RANDOM:
            note = f"{turn + 1} of {len(plan)} curves a network"
            yield frame(
                total if last else settings.max_epochs + 1, trained, done, note, trained.to_arrays() if last else None
            )
        else:
            yield None


def measured(
    nets: Mlp, data: Data, order: Ranking, scope: str, mask: int, stop: Stop, seeds: range = range(0)
) -> Columns:
    """The rows of one way of pruning, network by network."""
    own, unseen = (
        _curve(nets, X, y, order, scope, mask, stop, seeds) for X, y in ((data.X, data.y), (data.seen, data.labels))
    )
    energy = dropped_energy(nets, order, LEVELS)
    energy = energy / energy[:, :1]
    S, L = own.loss.shape
    pool = int((order.ranks[0] >= 0).sum())
    return CURVE.filled(
        net=np.repeat(np.arange(S), L),
        scope=np.full(S * L, scope),
        kept=np.tile(LEVELS.numpy(), S),
        loss=own.loss.numpy().ravel(),
        error=own.error.numpy().ravel(),
        mask_seed=np.full(S * L, mask),
        test_loss=unseen.loss.numpy().ravel(),
        test_error=unseen.error.numpy().ravel(),
        energy=energy.cpu().numpy().ravel(),
        weights=np.tile(_count(order, pool), S),
    )


def _count(order: Ranking, pool: int) -> np.ndarray:
    """How many weights are kept at each level."""
    keeps = order.keeps(LEVELS)[0]
    return (keeps.sum(1) - (keeps.shape[1] - pool)).cpu().numpy()


def _curve(nets: Mlp, X: Tensor, y: Tensor, order: Ranking, scope: str, mask: int, stop: Stop, seeds: range) -> Curve:
    if scope == NOISE:
        return matched_noise(nets, X, y, LEVELS, order, seeds=seeds, mask=mask, stop=stop)
    return masks.curve(nets, X, y, LEVELS, order, stop=stop)


def fractions(table: Columns, trained: Trained, settings: CurveSettings) -> Columns:
    """What may be pruned, by every way of which there are rows; of random ones by the mean loss of their masks."""
    rows = []
    for scope in dict.fromkeys(table["scope"].tolist()):
        here = table["scope"] == scope
        loss, unseen = (
            np.mean(
                [
                    table[name][here & (table["mask_seed"] == mask)].reshape(-1, len(LEVELS))
                    for mask in _of(table, here)
                ],
                0,
            )
            for name in ("loss", "test_loss")
        )
        losses = torch.from_numpy(loss)
        allowed = settings.allowed_loss(loss[:, -1])
        smallest = prunability(
            LEVELS, losses, losses[:, -1], tolerance=settings.prune_tolerance, relative=settings.relative
        )
        last = cliff(LEVELS, losses, torch.from_numpy(allowed))
        nets = len(loss)
        rows.append(
            FRACTION.filled(
                net=np.arange(nets),
                scope=np.full(nets, scope),
                fraction=smallest.numpy(),
                cliff=last.numpy(),
                allowed=allowed,
                dense=loss[:, -1],
                test_dense=unseen[:, -1],
                step=trained.steps.numpy(),
                fits=trained.fits.numpy(),
            )
        )
    return FRACTION.joined([FRACTION.empty(), *rows])


def _of(table: Columns, here: np.ndarray) -> np.ndarray:
    return np.unique(table["mask_seed"][here])


def weights(net: Mlp) -> Columns:
    """Those of one network."""
    whole, own = (order.ranks[0].cpu().numpy() for order in (ranking(net, GLOBAL), ranking(net, LAYERWISE)))
    values, parts, at = net.parameters[0].cpu().numpy(), [], 0
    for i, block in enumerate(net.blocks):
        if block.weights:
            out, ins = (grid.ravel() for grid in np.indices(block.shape))
            part = slice(at, at + block.size)
            layer = np.full(block.size, i // 2 + 1)
            parts.append(
                WEIGHTS.filled(
                    layer=layer, out=out, ins=ins, value=values[part], rank=whole[part], layer_rank=own[part]
                )
            )
        at += block.size
    return WEIGHTS.joined(parts)
