"""The mean-field approximation beside the walk: it can learn from more images than chains can afford."""

from collections.abc import Generator
from dataclasses import replace

import torch

from explorer.frames import Cell, Kept
from explorer.labs import Stop
from explorer.labs.bayes import stored
from explorer.labs.bayes.attack_table import Approximated, Attacked
from explorer.labs.bayes.fits import Fits, fit, points, untrained
from explorer.labs.bayes.images import CLASSES
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Progress, Task
from explorer.nets.mlp import Mlp
from explorer.train import variational


def fit_all(
    settings: Attacked, task: Task, seed: int, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Progress | Cell | None, None, Fits | None]:
    """As `fits.fit`, and where the settings ask for it draws of the approximation; None when `stop()` became true."""
    fits = yield from fit(settings, task, seed, device, stop, kept, networks=settings.ensemble)
    if fits is None or not isinstance(settings, Approximated) or not settings.n_vi:
        return fits
    vi = yield from approximation(settings, seed, device, stop, kept)
    return None if vi is None else replace(fits, vi=vi)


def approximation(
    settings: Approximated, seed: int, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Progress | Cell | None, None, Mlp | None]:
    """As many draws as there are samples, of the Gaussians fitted to `n_vi` images: those of the chains and more.

    Raises:
        Mismatch: if what is kept under this name holds other networks.
    """
    own, name = seed * MOST_CHAINS, f"s{seed}_vi"
    models = untrained(settings, settings.source.d, CLASSES, [own], device)
    if name in kept:
        many = models.take(torch.zeros(settings.samples, dtype=torch.long, device=device))
        return stored.with_parameters(many, kept[name], "parameters", name)
    X, y = points(settings.data, "train", settings.n_vi, seed, device)
    loss_at, often = variational.classification(y), max(1, settings.vi_steps // 10)
    for now in variational.approximate(
        models,
        X,
        loss_at,
        settings.prior_scale,
        seeds=[own],
        max_steps=settings.vi_steps,
        stop=stop,
        at=lambda step: step % often == 0,
    ):
        if now is None:
            yield None
            continue
        yield Progress(1.0, f"mean-field approximation: step {now.step} of {settings.vi_steps}")
        if now.done:
            drawn = variational.draw(now, settings.samples, own)
            yield Cell(name, {"parameters": drawn.parameters.cpu().numpy()})
            return drawn
    return None
