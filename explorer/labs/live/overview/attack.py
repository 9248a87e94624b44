"""The share of points that an attack of size eps flips, for every network."""

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.live.overview import ATTACK
from explorer.labs.live.overview.settings import LiveSettings
from explorer.measure.attacks import attack
from explorer.measure.levelled import levelled
from explorer.nets.two_layer import Ensemble

LEVELS = 11  # eps = 0, eps_max / 10, ..., eps_max: a curve to the eye, and eps = 0 shows that nothing is flipped there


def measure(nets: Ensemble, X: Tensor, y: Tensor, settings: LiveSettings, *, steps: int, stop: Stop) -> Columns:
    """The table `attack`: PGD with `steps` steps in the norm of the settings (a lower bound of the true share)."""
    eps = np.linspace(0, settings.eps_max, LEVELS)
    generator = torch.Generator().manual_seed(settings.seed)
    # a sign of f, not its last digits: half the time of Gauss-Newton's float64
    single = levelled(nets, max(float(X.abs().amax()), settings.eps_max)).to(torch.float32)
    success = attack(
        single,
        X,
        y,
        torch.from_numpy(eps),
        norm=settings.norm,
        steps=steps,
        restarts=1,
        generator=generator,
        stop=stop,
    )
    return ATTACK.filled(
        k=np.repeat(nets.widths, LEVELS),
        seed=np.repeat(nets.seeds, LEVELS),
        eps=np.tile(eps, len(nets)),
        success=success.cpu().numpy().ravel(),
    )
