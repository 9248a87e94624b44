"""What is measured of a group of trained networks: rows of `population`."""

from collections.abc import Generator
from dataclasses import dataclass

import numpy as np
import torch
from jaxtyping import Float, Float64, Int
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.image_tasks import Task
from explorer.labs.prunability.grid import CLIMBED, HYPERS, MeasuredGrid
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measures import MEASURES, POPULATION
from explorer.labs.prunability.settings import Measured
from explorer.labs.prunability.trained import Group
from explorer.measure import masks, norms
from explorer.measure.criteria import Misclassified
from explorer.measure.flatness import allowance, noisy, tolerated
from explorer.measure.pruning import prunability
from explorer.measure.sharpness import sharpness
from explorer.nets.population import Layered
from explorer.seeding import seeded

#: What is added to a seed for noise and for the places where an ascent begins; all networks meet the same.
NOISE, RELATIVE, BALL = 7 << 32, 8 << 32, 9 << 32
RADIUS = 0.3  # within which sharpness looks for the worst weights
#: Names of `norms.measures` by those of columns.
NORMS = {
    "path_norm": "path_norm",
    "margin": "inverse_margin",
    "params": "params",
    "l2": "l2",
    "distance": "l2_dist",
    "spectral": "log_prod_of_spec",
    "frobenius": "log_prod_of_fro",
    "stable_rank": "fro_over_spec",
    "spectral_margin": "log_prod_of_spec_over_margin",
    "spectral_start": "log_spec_init_main",
    "path_margin": "path_norm_over_margin",
}


def chosen(group: Group, which: Tensor) -> Group:
    """Some networks of a group, by a mask or their places."""
    places = torch.nonzero(which).squeeze(1) if which.dtype == torch.bool else which
    on = places.to(group.models.parameters.device)
    loss, steps, summed, fits, ended = (
        t[places] for t in (group.loss, group.steps, group.summed, group.fits, group.ended)
    )
    specs = tuple(group.specs[i] for i in places.tolist())
    return Group(specs, group.first.take(on), group.models.take(on), loss, steps, summed, fits, ended)


@dataclass(frozen=True)
class Looked:
    """What is measured of a group: rows of `population`, and the training losses of pruned copies at `LEVELS`.

    Attributes:
        smallest, random: without the smallest weights, and in the mean over random masks; NaN where it is not measured.
    """

    rows: Columns
    smallest: Float64[Tensor, "B L"]
    random: Float64[Tensor, "B L"]


def early(group: Group, task: Task, settings: MeasuredGrid, stop: Stop) -> Looked:
    """Without what takes long: random masks, flatness and sharpness are NaN, and `whole` is false."""
    losses = _curve(group.models, task, masks.ranking(group.models, "global"), stop)
    found = _cheap(group, task, losses, settings)
    return Looked(_filled(group, task, found, whole=False), losses, torch.full_like(losses, torch.nan))


def rows(group: Group, task: Task, settings: MeasuredGrid, stop: Stop) -> Generator[None, None, Columns]:
    """The rows of a group, see `looked`."""
    return (yield from looked(group, task, settings, stop)).rows


def looked(group: Group, task: Task, settings: MeasuredGrid, stop: Stop) -> Generator[None, None, Looked]:
    """All of a group; yields None between measures, and returns what is not to be used once `stop()` is true.

    What is NaN could not be measured: a network whose loss is no number, one with a margin of 0.
    """
    models, keys = group.models, [spec.key for spec in group.specs]
    X, y = _points(models, task)
    losses = _curve(models, task, masks.ranking(models, "global"), stop)
    yield None
    found = _cheap(group, task, losses, settings)
    yield None
    several = list[Tensor]()
    for mask in range(settings.masks):
        several.append(_curve(models, task, masks.ranking(models, "random", seeds=keys, mask=mask), stop))
        yield None
        if stop():  # orders of many weights take long to draw
            break
    random = torch.stack(several).mean(0)
    found["prunability_random"] = _smallest(random, settings)
    for name, key, magnitude in (("flatness", NOISE, False), ("flatness_relative", RELATIVE, True)):
        noise = noisy(models, X, y, generator=seeded(key + settings.seed), pairs=settings.draws, magnitude=magnitude)
        allowed = allowance(noise, settings.prune_tolerance, relative=settings.relative)
        found[name] = tolerated(noise, allowed, errors=False, stop=stop).flatness
        yield None
    found["sharpness"] = sharpness(
        models, X, y, RADIUS, generator=seeded(BALL + settings.seed), starts=0, steps=CLIMBED, stop=stop
    )
    yield None
    return Looked(_filled(group, task, found, whole=True), losses, random)


def shares(models: Layered, task: Task, settings: Measured) -> Float64[Tensor, " B"]:
    """The prunability by magnitude of networks."""
    return _smallest(_curve(models, task, masks.ranking(models, "global"), lambda: False), settings)


def _cheap(group: Group, task: Task, losses: Float64[Tensor, "B L"], settings: MeasuredGrid) -> dict[str, Tensor]:
    """Norms and margins, prunability by magnitude, and what training left."""
    by_name = norms.measures(group.models, group.first.parameters, *_points(group.models, task))
    return {
        **{column: by_name[name] for column, name in NORMS.items()},
        "prunability_magnitude": _smallest(losses, settings),
        "steps": group.steps,
        "summed": group.summed,
        "train_loss": group.loss,
    }


def _curve(models: Layered, task: Task, order: masks.Ranking, stop: Stop) -> Float64[Tensor, "B L"]:
    return masks.curve(models, *_points(models, task), torch.tensor(LEVELS, dtype=torch.float64), order, stop=stop).loss


def _points(models: Layered, task: Task) -> tuple[Float[Tensor, "B n d"], Int[Tensor, "B n"]]:
    """What all have learned."""
    B = len(models)
    return task.X.expand(B, *task.X.shape), task.y.expand(B, *task.y.shape)


def _smallest(losses: Float64[Tensor, "B L"], settings: Measured) -> Float64[Tensor, " B"]:
    """The smallest share whose loss is within the tolerance."""
    levels = torch.tensor(LEVELS, dtype=torch.float64)
    return prunability(levels, losses, losses[:, -1], tolerance=settings.prune_tolerance, relative=settings.relative)


def _filled(group: Group, task: Task, found: dict[str, Tensor], *, whole: bool) -> Columns:
    """The rows; what is no finite number is unknown."""
    measured = {name: _finite(values) for name, values in found.items()}
    for name in MEASURES.keys() - measured.keys():
        measured[name] = np.full(len(group.specs), np.nan)
    return POPULATION.filled(
        net=[spec.net for spec in group.specs],
        seed=[spec.seed for spec in group.specs],
        **{name: [getattr(spec, name) for spec in group.specs] for name in HYPERS},
        **measured,
        **outcome(group, task),
        fits=group.fits.numpy(),
        whole=whole,
        n=len(task.y),
        tested=len(task.labels),
    )


def outcome(group: Group, task: Task) -> dict[str, np.ndarray]:
    """How networks do on unseen images, by the names of columns; NaN where a loss is no number."""
    train, test = (_loss(group.models, X, y) for X, y in ((task.X, task.y), (task.seen, task.labels)))
    found = {
        "test_loss": test[0],
        "test_error": test[1],
        "gap": test[0] - group.loss,
        "train_error": train[1],
        "error_gap": test[1] - train[1],
    }
    return {name: _finite(values) for name, values in found.items()}


def _finite(values: Tensor) -> np.ndarray:
    found = values.detach().cpu().double().numpy()
    return np.where(np.isfinite(found), found, np.nan)


def _loss(models: Layered, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy and share of wrong answers, of all models at the same points; NaN for no number."""
    logits, aim = models.logits(X.expand(len(models), *X.shape)), Misclassified(y)
    loss, wrong = aim.loss(logits).double().mean(1).cpu(), aim.met(logits).double().mean(1).cpu()
    return loss, torch.where(loss.isfinite(), wrong, torch.nan)
