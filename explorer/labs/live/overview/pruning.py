"""Loss against the fraction of weights kept, and prunability, for every network."""

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.live.overview import PRUNABILITY, PRUNING
from explorer.labs.live.overview.settings import LiveSettings
from explorer.measure.pruning import curve, prunability
from explorer.nets.two_layer import Ensemble

LEVELS = 41  # kept = 0, 1/40, ..., 1: prunability is read to 2.5 points


def measure(
    nets: Ensemble, X: Tensor, y: Tensor, settings: LiveSettings, *, stop: Stop = lambda: False
) -> tuple[Columns, Columns]:
    """The tables `pruning` and `prunability` (Kuhn et al. 2021: the smallest kept fraction that keeps the fit)."""
    kept = torch.linspace(0, 1, LEVELS, dtype=torch.float64)
    generator = torch.Generator().manual_seed(settings.seed)
    losses = curve(nets, X, y, kept, scope=settings.scope, generator=generator, stop=stop)
    relative = settings.prune_rule == "relative"
    # the whole network's loss as the curve has it: a tolerance may be smaller than what float32 makes of another sum
    dense = losses[:, -1]
    fraction = prunability(kept, losses, dense, tolerance=settings.prune_tolerance, relative=relative)
    curves = PRUNING.filled(
        k=np.repeat(nets.widths, LEVELS),
        seed=np.repeat(nets.seeds, LEVELS),
        kept=np.tile(kept.numpy(), len(nets)),
        loss=losses.cpu().numpy().ravel(),
    )
    return curves, PRUNABILITY.filled(k=nets.widths, seed=nets.seeds, fraction=fraction.cpu().numpy())
