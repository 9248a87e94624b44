"""Attacks on one network after the other, image by image: shares that stay right, as rows of `defence`."""

from collections.abc import Generator, Mapping

import numpy as np
import torch
from jaxtyping import Float64

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.region.base import Data, Networks
from explorer.labs.region.defended import norm_of
from explorer.labs.region.settings import Retrained
from explorer.labs.region.tables import DEFENCE
from explorer.measure.perturbations import PGD, Attack, fgsm
from explorer.measure.shares import wilson
from explorer.measure.transfer import transferred
from explorer.train.adversarial import UNIT

FGSM, PROJECTED = "FGSM", "PGD"


def each(settings: Retrained, stop: Stop, *, restarts: int = 1) -> dict[str, Attack]:
    """FGSM and PGD, in the norm of the settings."""
    norm = norm_of(settings)
    pgd = PGD(norm, settings.attack_steps, restarts, seed=settings.seed, box=UNIT, stop=stop)
    return {FGSM: fgsm(norm, UNIT), PROJECTED: pgd}


def clean(models: Networks, data: Data) -> Float64[np.ndarray, " S"]:
    """Share of all its unseen images that each network has right."""
    shares = []
    for i in range(len(models)):
        one = models.take(torch.tensor([i], device=data.X.device))
        right = one.logits(data.seen[i].unsqueeze(0))[0].argmax(-1) == data.labels[i]
        shares.append(float(right.double().mean()))
    return np.array(shares)


def accuracies(
    settings: Retrained, models: Networks, data: Data, eps: float, attacks: Mapping[str, Attack], stop: Stop
) -> Generator[None, None, dict[str, np.ndarray] | None]:
    """Of each attack on the networks themselves, the share that each has right (S); None when it was stopped."""
    found = {name: np.full(len(models), np.nan) for name in attacks}
    radius = torch.tensor([eps], dtype=torch.float64)
    for i in range(len(models)):
        one = models.take(torch.tensor([i], device=data.X.device))
        X, y = data.seen[i, : settings.tested], data.labels[i, : settings.tested]
        for name, attack in attacks.items():
            found[name][i] = float(transferred(attack, one, one, X, y, radius, stop)[0, 0, 0])
            yield None
            if stop():
                return None
    return found


def row(accuracy: np.ndarray, tested: int, **about: object) -> Columns:
    """Rows of `defence`, a network each, with the interval over the images that were attacked."""
    ends = np.array([wilson(float(share), tested) for share in accuracy]).reshape(-1, 2)
    return DEFENCE.filled(accuracy=accuracy, low=ends[:, 0], high=ends[:, 1], tested=tested, **about)


def of_targets(success: Float64[np.ndarray, "S T"], one: int) -> dict[str, np.ndarray]:
    """The mean over targets, that of one target, and the mean of all others, network by network; NaN where unknown."""
    others = np.delete(success, one, axis=1)
    return {"": _mean(success), "one": success[:, one], "others": _mean(others)}


def _mean(success: np.ndarray) -> np.ndarray:
    """Over targets of which something is known."""
    known = np.isfinite(success)
    total = np.where(known, success, 0).sum(1)
    return np.divide(total, known.sum(1), out=np.full(len(success), np.nan), where=known.any(1))
