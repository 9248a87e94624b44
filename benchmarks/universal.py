"""Ten classes' universal perturbations of a classifier of digits: ours beside ART's, target after target.

ART (Adversarial Robustness Toolbox) has the method of Hirano and Takemoto; ours has it too, and minibatch sign-SGD,
which is what a person would take. All see the same network and images, and are judged alike, on unseen images.
"""

import random
import time
import warnings
from collections.abc import Iterator
from statistics import median

import numpy as np
import torch
from torch import Tensor, nn

with warnings.catch_warnings(action="ignore"):  # of names in the packages that it imports
    from art.attacks.evasion import TargetedUniversalPerturbation
    from art.estimators.classification import PyTorchClassifier

from benchmarks._classifiers import module
from benchmarks.table import Row, interleave, ratio
from explorer.data import images
from explorer.measure.universal import Ball, Images, Method, search, success
from explorer.measure.universal_methods import Batch, Fgsm
from explorer.nets import mlp
from explorer.nets.activations import Rectified
from explorer.nets.mlp import Mlp
from explorer.train.classify import Fit, Recipe, classify

WIDTHS, EPOCHS, SEEN, TARGETS = (64, 128, 64, 10), 60, 100, 10
ETA, LENGTH = 0.8, 0.5  # success that is enough for both, and FGSM's step in units of delta
PASSES = 2  # of ART through the images: with more, up to its default of 20, it takes longer and finds no more
ROUNDS = 3
METHODS = {"sign-SGD": (Batch(eta=ETA), 20.0), "ART's method": (Fgsm(PASSES, LENGTH, ETA), None)}


def part(name: str, n: int | None = None) -> tuple[Tensor, Tensor]:
    """Digits as rows, and what they show."""
    whole = images.load("digits", name)
    some = whole if n is None else whole.subset(n, seed=0)
    return torch.from_numpy(some.scaled()).flatten(1), torch.from_numpy(some.y)


def trained() -> Mlp:
    """A network that has learned all training images."""
    X, y = part("train")
    one = torch.ones(1)
    recipe = Recipe(1e-3 * one, 0 * one, 0 * one, 50, adam=True)
    nets = mlp.initialise(WIDTHS, [0], Rectified())
    *_, last = classify(nets, X[None], y[None], recipe, seeds=[0], target=0.0, max_epochs=EPOCHS, stop=lambda: False)
    assert isinstance(last, Fit)
    assert isinstance(last.models, Mlp)
    return last.models


def ours(method: Method, models: Mlp, seen: Images, delta: float) -> Tensor:
    """v of all targets (1 T d)."""
    shots = search(method, models, seen, [Ball("linf", delta)], seeds=[0], stop=lambda: False)
    *_, last = (shot for shot in shots if shot)
    return last.v


def theirs(models: Mlp, seen: Images, delta: float) -> Tensor:
    """The same of ART, which is told nothing of the box: it would clip its noise to what one image leaves room for."""
    assert seen.targets is not None
    net = PyTorchClassifier(module(models, 0), nn.CrossEntropyLoss(), (seen.X.shape[1],), models.classes)
    random.seed(0)
    found = []
    for t in seen.targets.tolist():
        attack = TargetedUniversalPerturbation(
            net,
            attacker="fgsm",
            attacker_params={"targeted": True, "eps": LENGTH * delta},
            delta=1 - ETA,
            max_iter=PASSES,
            eps=delta,
        )
        x = seen.X[seen.labels != t].numpy()
        attack.generate(x, y=np.eye(models.classes, dtype=np.float32)[[t] * len(x)])
        found.append(torch.from_numpy(attack.noise[0]))
    return torch.stack(found)[None].to(seen.X)


def rows(rounds: int) -> Iterator[Row]:
    """A row for each of our methods; the agreement compares success on unseen images, averaged over the targets."""
    threads, delta, targets = torch.get_num_threads(), 0.2, torch.arange(TARGETS)
    torch.set_num_threads(1)
    try:
        models, seen, unseen = trained(), Images(*part("train", SEEN), targets), Images(*part("test"), targets)
        given = success(models, theirs(models, seen, delta), unseen).share.mean().item()
        for name, (method, target) in METHODS.items():
            found = success(models, ours(method, models, seen, delta), unseen).share.mean().item()
            mine, peer = interleave(
                lambda: ours(method, models, seen, delta),  # noqa: B023
                lambda: theirs(models, seen, delta),
                min(rounds, ROUNDS),
                time.process_time,
            )
            yield Row(
                name=f"universal perturbations, {TARGETS} targets, 64-128-64-10, delta {delta}: {name}",
                peer=f"ART, TargetedUniversalPerturbation (fgsm, {PASSES} rounds), target after target",
                ratio=ratio(mine, peer),
                target=target,
                agreement=f"from {SEEN} digits, success on {len(unseen.X)} unseen ones {found:.3f} beside {given:.3f}",
                agrees=found >= given,
                detail={"ours_ms": median(mine) * 1e3, "peer_ms": median(peer) * 1e3},
            )
    finally:
        torch.set_num_threads(threads)
