"""The networks that are attacked and trained on: their images, their first training, and what is kept of it."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Kept, Mismatch
from explorer.labs import Stop, image_tasks
from explorer.labs.image_sets import CLASSES, DIGITS
from explorer.labs.region.settings import BATCH, CONVNET, RATES, Base
from explorer.labs.weights import tensors
from explorer.nets import convnet, mlp
from explorer.nets.activations import Rectified
from explorer.nets.convnet import Convnet
from explorer.nets.mlp import Mlp
from explorer.train.classify import Recipe, classify

CELL = "networks"
LOOKS = (1 / 8, 1 / 4, 1 / 2)  # of the epochs, after which networks are looked at
Networks = Mlp | Convnet  # settled: an output depends on its own point alone


@dataclass(frozen=True)
class Data:
    """Each network's images in [0, 1] as rows, a seed a row, and what they are; those that are unseen.

    said: the images in words. shape: of one.
    """

    X: Float[Tensor, "S n d"]
    y: Int[Tensor, "S n"]
    seen: Float[Tensor, "S T d"]
    labels: Int[Tensor, "S T"]
    said: str
    shape: tuple[int, ...]

    @classmethod
    def read(cls, settings: Base, device: torch.device) -> "Data":
        """Each seed draws its own. Raises `data.folder.Absent` where the images are not here."""
        tasks = [image_tasks.read(settings, device, seed=settings.seed + i) for i in range(settings.seeds)]
        X, y, seen, labels = (
            torch.stack([getattr(task, name) for task in tasks]) for name in ("X", "y", "seen", "labels")
        )
        return cls(X, y, seen, labels, tasks[0].said, settings.source.shape)


def untrained(settings: Base, device: torch.device) -> Networks:
    """A network a seed; a convnet is yet to be settled."""
    seeds = range(settings.seed, settings.seed + settings.seeds)
    if settings.data == DIGITS:
        return mlp.initialise(settings.sizes, seeds, Rectified()).to(device)
    width, depth = CONVNET
    return convnet.initialise(settings.source.shape, width, depth, CLASSES, seeds, rectified=False).to(device)


def learned(
    settings: Base, data: Data, device: torch.device, stop: Stop
) -> Generator[tuple[int, Networks, bool] | None, None, None]:
    """The settled networks before the first epoch and after some, and whether they are done; None between.

    Ends early, without a last one, when `stop()` turns true.
    """
    seeds = range(settings.seed, settings.seed + settings.seeds)
    same = torch.ones(settings.seeds, device=device)
    looks = {max(1, round(share * settings.base_epochs)) for share in LOOKS}
    fits = classify(
        untrained(settings, device),
        data.X,
        data.y,
        Recipe(RATES[settings.data == DIGITS] * same, 0 * same, 0 * same, BATCH, adam=True),
        seeds=seeds,
        target=0.0,  # no loss is that small: all epochs are taken
        max_epochs=settings.base_epochs,
        stop=stop,
        at=looks.__contains__,
        every=settings.base_epochs,
    )
    for fit in fits:
        if fit is None or not (fit.done or fit.epoch in looks | {0}):
            yield None
        else:
            assert isinstance(fit.models, Mlp | Convnet)
            yield fit.epoch, fit.models, fit.done


def to_arrays(models: Networks) -> dict[str, np.ndarray]:
    """The cell of trained networks: parameters."""
    return {"parameters": models.parameters.cpu().numpy()}


def from_arrays(models: Networks, arrays: Columns) -> Networks:
    """What `to_arrays` gave, of networks of such shape, settled ones. Raises Mismatch when it is of others."""
    (parameters,) = tensors(arrays, "parameters")
    if parameters.shape != models.parameters.shape or parameters.dtype != models.parameters.dtype:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {len(models)} networks")
    return models.with_parameters(parameters.to(models.parameters.device))


@dataclass(frozen=True)
class Look:
    """The networks after some epochs of their first training; `done`: after the last."""

    epoch: int
    models: Networks
    done: bool


def trained(
    settings: Base, data: Data, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Look | Cell | None, None, None]:
    """Looks at networks that learn, the last one done, which is a cell that is kept; None between.

    Those that are kept, also among the arrays of a finished run, are there at once. Ends without one that is done when
    `stop()` turned true before.
    """
    if CELL in kept or "parameters" in kept.get(FINISHED, {}):
        arrays = kept[CELL] if CELL in kept else kept[FINISHED]
        yield Look(settings.base_epochs, from_arrays(settled(settings, data, device), arrays), True)
        return
    for found in learned(settings, data, device, stop):
        if found is None:
            yield None
            continue
        epoch, models, done = found
        if done and not stop():
            yield Cell(CELL, to_arrays(models))
        yield Look(epoch, models, done)


def settled(settings: Base, data: Data, device: torch.device) -> Networks:
    """Networks of the shape of those that are kept."""
    return untrained(settings, device).settled(data.X[:, :1])
