"""The networks of a grid, trained group by group; what is finished is kept."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Bool, Float64, Int64
from torch import Tensor

from explorer.frames import Cell, Columns, Kept, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES, DIGITS
from explorer.labs.image_tasks import Task
from explorer.labs.prunability.grid import Grid, Spec
from explorer.labs.weights import tensors
from explorer.nets import convnet, mlp
from explorer.nets.activations import Rectified
from explorer.nets.population import Fittable, Layered
from explorer.train import classify
from explorer.train.classify import Fit, Recipe


@dataclass(frozen=True)
class Group:
    """Networks of one architecture: what each is, as it was before training and is after it, and how that went.

    Attributes:
        loss: training cross-entropy. steps: minibatches learned from. summed: training loss under the curve. fits:
            whether the target was reached. ended: whether a network is done; all are, but in a group that still learns.
    """

    specs: tuple[Spec, ...]
    first: Layered
    models: Layered
    loss: Float64[Tensor, " B"]
    steps: Int64[Tensor, " B"]
    summed: Float64[Tensor, " B"]
    fits: Bool[Tensor, " B"]
    ended: Bool[Tensor, " B"]


def untrained(settings: Grid, specs: Sequence[Spec], device: torch.device) -> Fittable:
    """Networks of a group; each draws its weights from a key of its own."""
    one, keys = specs[0], [spec.key for spec in specs]
    if settings.data == DIGITS:
        return mlp.initialise([settings.source.d, *[one.width] * one.depth, CLASSES], keys, Rectified()).to(device)
    return convnet.initialise(settings.source.shape, one.width, one.depth, CLASSES, keys).to(device)


def trained(
    settings: Grid, task: Task, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Group | Cell | None, None, bool]:
    """All groups, one after the other; before a group is done, it comes whenever one of its networks has ended.

    Yields a Cell when a group is done and was not kept, and None between two steps. Ends with True when all are done,
    with False when `stop()` turned true before.
    """
    for specs in settings.grouped():
        name = named(specs)
        models = untrained(settings, specs, device)
        B = len(specs)
        X, y = task.X.expand(B, -1, -1), task.y.expand(B, -1)
        first = models.settled(X)
        if name in kept:
            yield _from_cell(specs, first, kept[name])
            continue
        last: Group | None = None
        for fit in classify.classify(
            models,
            X,
            y,
            recipe(specs, device),
            seeds=[spec.key for spec in specs],
            target=settings.cross_entropy,
            max_epochs=settings.max_epochs,
            stop=stop,
        ):
            if fit is None:
                yield None
            elif fit.epoch:
                last = _group(specs, first, fit)
                if not fit.done:
                    yield last
        if last is None or not bool(last.ended.all()) or stop():
            return False
        yield Cell(name, _to_cell(last))
        yield last
    return True


def named(specs: Sequence[Spec]) -> str:
    """The name of a group's cell."""
    return f"w{specs[0].width}_d{specs[0].depth}_b{specs[0].batch}"


def arrays(groups: Sequence[Group]) -> dict[str, np.ndarray]:
    """All that is kept of groups, for the last frame of a run."""
    return {f"{named(group.specs)}_{name}": array for group in groups for name, array in _to_cell(group).items()}


def cells(settings: Grid, finished: Columns) -> dict[str, dict[str, np.ndarray]]:
    """The cells of all groups out of what `arrays` gave, whole or not."""
    names = [f"{named(specs)}_" for specs in settings.grouped()]
    return {
        name[:-1]: {key.removeprefix(name): array for key, array in finished.items() if key.startswith(name)}
        for name in names
    }


def recipe(specs: Sequence[Spec], device: torch.device) -> Recipe:
    """How the networks of a group learn."""
    lr, decay, dropout = (
        torch.tensor([getattr(spec, name) for spec in specs], dtype=torch.float32, device=device)
        for name in ("lr", "weight_decay", "dropout")
    )
    return Recipe(lr, decay, dropout, specs[0].batch)


def _group(specs: Sequence[Spec], first: Layered, fit: Fit) -> Group:
    return Group(tuple(specs), first, fit.models, fit.loss, fit.steps, fit.summed, fit.fits, ~fit.going)


def _to_cell(group: Group) -> dict[str, np.ndarray]:
    about = {name: getattr(group, name).numpy() for name in ("loss", "steps", "summed", "fits")}
    return {"parameters": group.models.parameters.cpu().numpy(), **about}


def _from_cell(specs: Sequence[Spec], first: Layered, cell: Columns) -> Group:
    """What `_to_cell` was given. Raises Mismatch when it is another group."""
    parameters, loss, summed = tensors(cell, "parameters", "loss", "summed")
    steps, fits = taken(cell, "steps", "fits").values()
    if parameters.shape != first.parameters.shape or parameters.dtype != first.parameters.dtype:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {len(specs)} networks")
    kinds = (steps.dtype.kind, fits.dtype.kind, loss.dtype, summed.dtype)
    if kinds != ("i", "b", torch.float64, torch.float64) or not all(
        len(t) == len(specs) for t in (loss, summed, steps, fits)
    ):
        raise Mismatch("what is kept of a group is not how its networks trained")
    models = first.with_parameters(parameters.to(first.parameters.device))
    ended = torch.ones(len(specs), dtype=torch.bool)
    return Group(tuple(specs), first, models, loss, torch.tensor(steps), summed, torch.tensor(fits), ended)
