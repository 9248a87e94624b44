"""What is measured of a group of trained networks: rows of `population`."""

from collections.abc import Generator, Iterator

import numpy as np
import torch
from jaxtyping import Float64
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.prunability.grid import HYPERS, Grid
from explorer.labs.prunability.images import Task
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measures import MEASURES, POPULATION
from explorer.labs.prunability.settings import Measured
from explorer.labs.prunability.trained import Group
from explorer.measure import masks, norms
from explorer.measure.criteria import Misclassified
from explorer.measure.flatness import allowance, noisy, tolerated
from explorer.measure.pruning import prunability
from explorer.nets.population import Layered
from explorer.seeding import seeded

#: What is added to a seed for noise and for the places where an ascent begins; all networks meet the same.
NOISE, RELATIVE, BALL = 7 << 32, 8 << 32, 9 << 32
STEPS = 10  # of an ascent of the loss
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


class MeasuredGrid(Grid, Measured):
    """A grid of networks of which everything is measured."""


def chosen(group: Group, which: Tensor) -> Group:
    """Some networks of a group, by a mask or their places."""
    places = torch.nonzero(which).squeeze(1) if which.dtype == torch.bool else which
    on = places.to(group.models.parameters.device)
    loss, steps, summed, fits, ended = (
        t[places] for t in (group.loss, group.steps, group.summed, group.fits, group.ended)
    )
    specs = tuple(group.specs[i] for i in places.tolist())
    return Group(specs, group.first.take(on), group.models.take(on), loss, steps, summed, fits, ended)


def early(group: Group, task: Task, settings: MeasuredGrid, stop: Stop) -> Columns:
    """The rows of a group without what takes long: random masks, flatness and sharpness are NaN, `whole` is false."""
    return _filled(group, task, _cheap(group, task, settings, stop), whole=False)


def rows(group: Group, task: Task, settings: MeasuredGrid, stop: Stop) -> Generator[None, None, Columns]:
    """The rows of a group; yields None between measures, and returns what is not to be used once `stop()` is true.

    What is NaN could not be measured: a network whose loss is no number, one with a margin of 0.
    """
    found = _cheap(group, task, settings, stop)
    yield None
    X, y = task.X, task.y
    models, seeds = group.models, [spec.key for spec in group.specs]
    losses = list[Tensor]()
    for mask in range(settings.masks):
        losses.append(_curve(models, task, masks.ranking(models, "random", seeds=seeds, mask=mask), stop))
        yield None
    found["prunability_random"] = _smallest(torch.stack(losses).mean(0), settings)
    for name, key, magnitude in (("flatness", NOISE, False), ("flatness_relative", RELATIVE, True)):
        generator = seeded(key + settings.seed)
        noise = noisy(models, X, y, generator=generator, pairs=settings.draws, magnitude=magnitude)
        allowed = allowance(noise, settings.prune_tolerance, relative=settings.relative)
        found[name] = tolerated(noise, allowed, stop=stop).flatness
        yield None
    found["sharpness"] = torch.full_like(group.loss, torch.nan)
    return _filled(group, task, found, whole=True)


def _cheap(group: Group, task: Task, settings: MeasuredGrid, stop: Stop) -> dict[str, Tensor]:
    """Norms and margins, prunability by magnitude, and what training left."""
    models = group.models
    by_name = norms.measures(models, group.first.parameters, task.X, task.y)
    found = {column: by_name[name] for column, name in NORMS.items()}
    losses = _curve(models, task, masks.ranking(models, "global"), stop)
    return found | {
        "prunability_magnitude": _smallest(losses, settings),
        "steps": group.steps,
        "summed": group.summed,
        "train_loss": group.loss,
    }


def _curve(models: Layered, task: Task, order: masks.Ranking, stop: Stop) -> Float64[Tensor, "B L"]:
    B = len(models)
    X, y = task.X.expand(B, *task.X.shape), task.y.expand(B, -1)
    return masks.curve(models, X, y, torch.tensor(LEVELS, dtype=torch.float64), order, stop=stop).loss


def _smallest(losses: Float64[Tensor, "B L"], settings: Measured) -> Float64[Tensor, " B"]:
    """The smallest share whose loss is within the tolerance."""
    levels = torch.tensor(LEVELS, dtype=torch.float64)
    return prunability(levels, losses, losses[:, -1], tolerance=settings.prune_tolerance, relative=settings.relative)


def _filled(group: Group, task: Task, found: dict[str, Tensor], *, whole: bool) -> Columns:
    """The rows; what is no finite number is unknown."""
    train, test = (_loss(group.models, X, y) for X, y in ((task.X, task.y), (task.seen, task.labels)))
    measured = {name: _finite(values) for name, values in found.items()}
    for name in MEASURES.keys() - measured.keys():
        measured[name] = np.full(len(group.specs), np.nan)
    return POPULATION.filled(
        net=[spec.net for spec in group.specs],
        seed=[spec.seed for spec in group.specs],
        **{name: [getattr(spec, name) for spec in group.specs] for name in HYPERS},
        **measured,
        test_loss=_finite(test[0]),
        test_error=_finite(test[1]),
        gap=_finite(test[0] - group.loss),
        train_error=_finite(train[1]),
        error_gap=_finite(test[1] - train[1]),
        fits=group.fits.numpy(),
        whole=whole,
        n=len(task.y),
        tested=len(task.labels),
    )


def _finite(values: Tensor) -> np.ndarray:
    found = values.detach().cpu().double().numpy()
    return np.where(np.isfinite(found), found, np.nan)


def _loss(models: Layered, X: Tensor, y: Tensor) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy and share of wrong answers, of all models at the same points; NaN for no number."""
    logits, aim = models.logits(X.expand(len(models), *X.shape)), Misclassified(y)
    loss, wrong = aim.loss(logits).double().mean(1).cpu(), aim.met(logits).double().mean(1).cpu()
    return loss, torch.where(loss.isfinite(), wrong, torch.nan)


def parts(group: Group, most: int) -> Iterator[Group]:
    """A group as several of at most so many networks, in order."""
    for begin in range(0, len(group.specs), most):
        yield chosen(group, torch.arange(begin, min(begin + most, len(group.specs))))
