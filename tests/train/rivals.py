"""Whom networks are trained against, and small runs against them."""

from dataclasses import replace

import torch
from torch import Tensor

from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp
from explorer.seeding import seeded
from explorer.train import region
from explorer.train import shared_perturbations as perturbations
from explorer.train.adversarial import Adversary, fgsm, pgd
from explorer.train.region import Hardened
from explorer.train.shared_perturbations import Shared, Universal
from tests.train.handwritten import digits

SIZE, DELTA = 20, 0.2
ADVERSARIES = {
    "fgsm": fgsm("linf", 0.1),
    "fgsm-random": fgsm("linf", 0.1, random_start=True),
    "pgd": pgd("linf", 0.2, steps=3),
    "pgd-l2": pgd("l2", 0.8, steps=3),
    "no-box": pgd("l2", 0.5, steps=2, box=None),
    "odd-box": replace(pgd("linf", 0.3, steps=3), box=(-0.03, 1.1)),
    "none": pgd("linf", 0.0),
}


def networks(count: int = 2, *hidden: int) -> Mlp:
    return mlp.initialise([64, *(hidden or (12,)), 10], range(count), Rectified())


def start(B: int, T: int, seed: int = 0) -> Tensor:
    """Some perturbations within DELTA, in either norm."""
    v = torch.rand(B, T, 64, generator=seeded(seed)) - 0.5
    return v * (DELTA / v.norm(dim=-1, keepdim=True)) * 0.999


def universals(B: int) -> dict[str, Universal]:
    some, every = torch.tensor([3, 7, 1]), torch.arange(10)
    return {
        "static": perturbations.static(start(B, 10), every, DELTA),
        "one": perturbations.static(start(B, 1), torch.tensor([4]), DELTA),
        "dynamic": perturbations.dynamic(start(B, 3), some, DELTA),
        "from-0": perturbations.dynamic(torch.zeros(B, 10, 64), every, DELTA),
        "l2": perturbations.dynamic(start(B, 3), some, DELTA, "l2", length=0.3),
        "no-box": perturbations.dynamic(start(B, 3), some, DELTA, box=None),
        "universal": perturbations.universal(torch.zeros(B, 1, 64), DELTA),
        "universal-l2": perturbations.universal(start(B, 1), 2.0, "l2", length=0.3),
    }


def film(
    models: Mlp, rival: Adversary | Shared | Universal | None, steps: int, alpha: float = 0.5, **how: object
) -> list:
    X, y = digits(70)
    B, d = len(models), X.to(models.layers[0].W)
    arguments = {"seeds": range(B), "size": SIZE, "stop": lambda: False} | how
    return list(
        region.train(models, d.expand(B, -1, -1), y.expand(B, -1), rival, alpha=alpha, max_steps=steps, **arguments)
    )


def last(models: Mlp, rival: Adversary | Shared | Universal | None, steps: int, alpha: float = 0.5, **how) -> Hardened:
    shot = film(models, rival, steps, alpha, **how)[-1]
    assert shot.done
    return shot
