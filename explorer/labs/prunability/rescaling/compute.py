"""Panel: networks with two hidden layers are trained, then scaled by every factor, and pruned."""

from collections.abc import Iterator

import numpy as np
import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.repeats import Data, Trained, learned, untrained
from explorer.labs.prunability.rescaling import FACTORS, PAIRS, RESCALING, RescalingSettings
from explorer.measure.masks import Ranking, curve, ranking
from explorer.measure.pruning import prunability
from explorer.nets.rescaled import rescaled

KEPT = torch.tensor(LEVELS, dtype=torch.float64)
ORDER = sorted(range(len(FACTORS)), key=lambda i: abs(i - len(FACTORS) // 2))  # of factors: 1 comes first


def stream(
    settings: RescalingSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Frames while the networks learn, of what they are unscaled; then one for every factor.

    The trained networks are a cell, and with the arrays of a finished run of equal training nothing is trained.
    """
    kept = kept or {}
    data = Data.read(settings, device)
    total = settings.max_epochs + len(FACTORS) * len(PAIRS)
    trained: Trained | None = None
    for name in (FINISHED, "networks"):
        if name in kept:
            trained = Trained.from_arrays(untrained(settings, device), kept[name])
            break
    if trained is None:
        for fit in learned(settings, data, device, stop):
            if fit is None:
                yield None
                continue
            epoch, trained, last = fit
            if last:
                break
            rows = [measured(trained, data, pair, 1.0, settings, stop) for pair in range(len(PAIRS))]
            yield Frame(
                epoch, total, {RESCALING.name: _table(rows)}, {}, f"epoch {epoch} of {settings.max_epochs} at most"
            )
        else:
            return
        if stop():
            return
        yield Cell("networks", trained.to_arrays())
    done: list[Columns] = []
    plan = [(FACTORS[i], pair) for i in ORDER for pair in range(len(PAIRS))]
    for turn, (c, pair) in enumerate(plan, 1):
        done.append(measured(trained, data, pair, c, settings, stop))
        if stop():
            return
        last = turn == len(plan)
        arrays = trained.to_arrays() if last else {}
        step = settings.max_epochs + turn
        yield Frame(step, total, {RESCALING.name: _table(done)}, arrays, f"{turn} of {len(plan)} scalings")


def _table(parts: list[Columns]) -> Columns:
    """Rising in c for every pair and network."""
    table = RESCALING.joined(parts)
    order = np.lexsort((table["c"], table["net"], table["pair"]))
    return {name: values[order] for name, values in table.items()}


def measured(trained: Trained, data: Data, pair: int, c: float, settings: RescalingSettings, stop: Stop) -> Columns:
    """The rows of all networks at a factor; the layers of a pair are counted from 0."""
    plain = trained.nets
    nets = rescaled(plain, pair, c)
    before, after = plain.logits(data.X), nets.logits(data.X)
    weights = torch.cat([torch.full((block.size,), block.weights) for block in nets.blocks]).to(data.X.device)
    shares, losses, whole = {}, None, ranking(nets, "global")
    for name, order in (("prunability", whole), ("prunability_layerwise", ranking(nets, "layerwise"))):
        losses = curve(nets, data.X, data.y, KEPT, order, stop=stop).loss
        shares[name] = prunability(
            KEPT, losses, losses[:, -1], tolerance=settings.prune_tolerance, relative=settings.relative
        ).numpy()
    assert losses is not None
    left = _left(whole, torch.from_numpy(shares["prunability"]), nets)
    return RESCALING.filled(
        net=np.arange(len(nets)),
        pair=pair,
        c=c,
        loss=losses[:, -1].numpy(),
        change=(after - before).abs().amax((1, 2)).double().cpu().numpy(),
        l2=nets.parameters[:, weights].double().norm(dim=1).cpu().numpy(),
        grown=left[2 * pair],
        shrunk=left[2 * pair + 2],
        fits=trained.fits.numpy(),
        **shares,
    )


def _left(order: Ranking, shares: torch.Tensor, nets) -> dict[int, np.ndarray]:
    """By block, which share of it each network keeps at its own prunability; NaN where that is not known."""
    found = np.full((len(nets.blocks), len(shares)), np.nan)
    for net, share in enumerate(shares.tolist()):
        if share == share:
            keeps = order.keeps(torch.tensor([share]))[net, 0]
            parts = keeps.split([block.size for block in nets.blocks])
            found[:, net] = [float(part.double().mean()) for part in parts]
    return dict(enumerate(found))
