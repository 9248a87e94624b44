"""Networks of one architecture, a seed each: their images, their training, and what is kept of it."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from explorer.frames import Columns, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.prunability import images
from explorer.labs.prunability.settings import BATCH, RATE, Repeated
from explorer.labs.weights import tensors
from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified
from explorer.nets.mlp import Mlp
from explorer.train.classify import Recipe, classify

LOOKS = frozenset({1, 2, 4, 8, 16, 32, 64, 128})  # epochs after which networks are looked at
RELU = Rectified()


@dataclass(frozen=True)
class Data:
    """Each network's images and labels, and those that are unseen: of the digits, others."""

    X: Float[Tensor, "S n d"]
    y: Int[Tensor, "S n"]
    seen: Float[Tensor, "S T d"]
    labels: Int[Tensor, "S T"]

    @classmethod
    def read(cls, settings: Repeated, device: torch.device) -> "Data":
        """Each seed draws its own. Raises `data.folder.Absent` where the images are not here."""
        tasks = [images.read(settings, device, seed=settings.seed + i) for i in range(settings.seeds)]
        parts = ([getattr(task, name) for task in tasks] for name in ("X", "y", "seen", "labels"))
        return cls(*map(torch.stack, parts))


@dataclass(frozen=True)
class Trained:
    """The networks, the minibatches that each learned from, and whether it fits."""

    nets: Mlp
    steps: Int[Tensor, " S"]
    fits: Bool[Tensor, " S"]

    def to_arrays(self) -> dict[str, np.ndarray]:
        """parameters, steps, fits."""
        return {
            "parameters": self.nets.parameters.cpu().numpy(),
            "steps": self.steps.numpy(),
            "fits": self.fits.numpy(),
        }

    @classmethod
    def from_arrays(cls, nets: Mlp, arrays: Columns) -> "Trained":
        """What `to_arrays` gave, of networks such as these. Raises Mismatch when it is of others."""
        (parameters,) = tensors(arrays, "parameters")
        steps, fits = taken(arrays, "steps", "fits").values()
        if parameters.shape != nets.parameters.shape or parameters.dtype != nets.parameters.dtype:
            raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {len(nets)} networks")
        if (steps.dtype.kind, fits.dtype.kind, steps.shape, fits.shape) != ("i", "b", (len(nets),), (len(nets),)):
            raise Mismatch("what is kept is not how these networks trained")
        own = nets.with_parameters(parameters.to(nets.parameters.device))
        return cls(own, torch.tensor(steps), torch.tensor(fits))


def untrained(settings: Repeated, device: torch.device, activation: Activation = RELU) -> Mlp:
    """A network a seed."""
    seeds = range(settings.seed, settings.seed + settings.seeds)
    return mlp.initialise(settings.sizes, seeds, activation).to(device)


def learned(
    settings: Repeated,
    data: Data,
    device: torch.device,
    stop: Stop,
    *,
    activation: Activation = RELU,
    looks: frozenset[int] = LOOKS,
) -> Generator[tuple[int, Trained, bool] | None, None, None]:
    """The networks before the first epoch and after those of `looks`, and whether they are done; None between."""
    seeds = range(settings.seed, settings.seed + settings.seeds)
    same = torch.ones(settings.seeds, device=device)
    fits = classify(
        untrained(settings, device, activation),
        data.X,
        data.y,
        Recipe(RATE * same, 0 * same, 0 * same, BATCH),
        seeds=seeds,
        target=settings.cross_entropy,
        max_epochs=settings.max_epochs,
        stop=stop,
        at=looks.__contains__,
    )
    for fit in fits:
        if fit is None or not (fit.done or fit.epoch in looks | {0}):
            yield None
        else:
            assert isinstance(fit.models, Mlp)
            yield fit.epoch, Trained(fit.models, fit.steps, fit.fits), fit.done
