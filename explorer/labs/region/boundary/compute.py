"""Panel: networks learn and are trained on; a plane through an image, and distances of many, before and after."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept, Mismatch
from explorer.labs import Stop
from explorer.labs.image_sets import CLASSES
from explorer.labs.region import base, defended, kinds, searched
from explorer.labs.region.base import Data, Look, Networks
from explorer.labs.region.boundary import (
    ALL,
    BASE,
    BOUNDARY,
    COARSE,
    DISTANCE,
    GRID,
    KINDS,
    MIDDLE,
    NEW,
    NEW_V,
    OLD_V,
    PLANE,
    BoundarySettings,
    sliced,
)
from explorer.labs.region.boundary.sliced import Plane
from explorer.labs.region.gallery import PATTERN
from explorer.labs.region.gallery.compute import Shown, shown
from explorer.labs.region.kinds import STATIC
from explorer.labs.region.settings import BATCH
from explorer.labs.weights import tensors
from explorer.measure import regions

QUICK = 3  # rounds of a search while networks learn
QUARTILES = (0.25, 0.5, 0.75)


@dataclass
class Known:
    """What is in the tables so far: planes and their points by model, and distances."""

    still: Shown
    cuts: dict[str, Columns] = field(default_factory=dict)
    points: dict[str, Columns] = field(default_factory=dict)
    distances: list[Columns] = field(default_factory=list)

    def tables(self) -> dict[str, Columns]:
        """All of them."""
        return {
            BOUNDARY.name: BOUNDARY.joined(self.cuts.values()),
            PLANE.name: PLANE.joined(self.points.values()),
            DISTANCE.name: DISTANCE.joined(self.distances),
            PATTERN.name: self.still.pixels,
        }


def stream(
    settings: BoundarySettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Coarse planes while the networks learn, finer ones then; a frame a kind. Of a finished run nothing is trained."""
    kept, data = kept or {}, Data.read(settings, device)
    a_round = max(1, settings.n // BATCH)
    first = settings.base_epochs * a_round
    total = first + len(KINDS) * settings.steps
    known = Known(shown(data))
    models: Networks | None = None
    for look in base.trained(settings, data, device, stop, kept):
        if not isinstance(look, Look):
            yield look
            continue
        models = look.models
        if look.done:
            break
        soon = yield from _soon(settings, models, data, known, stop)
        if not soon:
            return
        yield Frame(look.epoch * a_round, total, known.tables(), {}, f"epoch {look.epoch}: they learn")
    if models is None or stop():
        return
    v = yield from defended.begun(settings, models, data, stop, kept)
    if v is None:
        return
    arrays = base.to_arrays(models) | {defended.PERTURBATIONS: v.cpu().numpy()}
    one = _first(models)
    through_it = sliced.plane(settings, one, data, known.still.at, v[0], None)
    for grid in (COARSE, MIDDLE, GRID):
        if not (yield from _look(settings, BASE, one, through_it, v[0], v[0], known, stop, grid)):
            return
        yield Frame(first, total, known.tables(), {}, "the base network's plane")
    if not (yield from _measure(settings, BASE, models, models, data, {OLD_V: v}, known, stop)):
        return
    yield Frame(first, total, known.tables(), {}, "distances before")
    for turn, kind in enumerate(KINDS):
        found = yield from _trained(settings, kind, models, v, data, stop, kept)
        if found is None:
            return
        after, new = found
        if kind == STATIC and settings.across == NEW:  # the direction is known now
            through_it = sliced.plane(settings, one, data, known.still.at, v[0], new[0])
            if not (yield from _look(settings, BASE, one, through_it, v[0], v[0], known, stop)):
                return
        if not (yield from _look(settings, kind, _first(after), through_it, v[0], new[0], known, stop)):
            return
        at = first + turn * settings.steps
        yield Frame(at, total, known.tables(), {}, f"{kind}: its plane")
        if not (yield from _measure(settings, kind, after, models, data, {OLD_V: v, NEW_V: new}, known, stop)):
            return
        arrays |= _to_arrays(kind, after, new)
        last = turn == len(KINDS) - 1
        yield Frame(at + settings.steps, total, known.tables(), arrays if last else {}, f"{kind} is measured")


def _first(models: Networks) -> Networks:
    return models.take(torch.tensor([0], device=models.parameters.device))


def _soon(
    settings: BoundarySettings, models: Networks, data: Data, known: Known, stop: Stop
) -> Generator[None, None, bool]:
    """A coarse plane of the first network while it learns, along what a quick search finds; False: it was stopped."""
    one, images = _first(models), searched.images_of(settings, data, 0)
    shots = yield from searched.perturbations(
        settings, one, images, (settings.delta,), settings.seed, stop, rounds=QUICK
    )
    if shots is None:
        return False
    v = shots[0].v[0]
    through_it = sliced.plane(settings, one, data, known.still.at, v, None)
    return (yield from _look(settings, BASE, one, through_it, v, v, known, stop, COARSE))


def _look(
    settings: BoundarySettings,
    model: str,
    one: Networks,
    through_it: Plane,
    v: Tensor,
    new: Tensor,
    known: Known,
    stop: Stop,
    grid: int = GRID,
) -> Generator[None, None, bool]:
    """The plane of one network; False: it was stopped."""
    cut = yield from sliced.cut(settings, model, one, through_it, grid, stop)
    point = yield from sliced.point(settings, model, one, through_it, v, new, stop)
    if cut is None or point is None:
        return False
    known.cuts[model], known.points[model] = cut, point
    return True


def _measure(
    settings: BoundarySettings,
    model: str,
    models: Networks,
    before: Networks,
    data: Data,
    along: dict[str, Float[Tensor, "S T d"]],
    known: Known,
    stop: Stop,
) -> Generator[None, None, bool]:
    """Rows of `distance`, network by network; False: it was stopped.

    The images that count are those of no target, which the network before did not take for it: the same for all models.
    """
    rows = []
    for i in range(len(models)):
        which = torch.tensor([i], device=data.X.device)
        one, X = models.take(which), data.seen[i, : settings.tested]
        called = regions.labels(before.take(which), X[None])[0]
        targets = torch.arange(CLASSES, device=X.device)
        counts = (data.labels[i, : settings.tested] != targets.view(-1, 1)) & (called != targets.view(-1, 1))
        t, at = counts.nonzero(as_tuple=True)
        for name, v in along.items():
            found = yield from sliced.begins(settings, one, X[at], v[i, t], t, stop)
            if found is None:
                return False
            own = t.cpu().numpy()
            for target in (ALL, *range(CLASSES)):
                here = found if target == ALL else found[own == target]
                rows.append(summary(here, model=model, seed=settings.seed + i, target=target, along=name))
    known.distances += rows
    return True


def summary(found: Float[np.ndarray, " m"], **about: object) -> Columns:
    """Quartiles of distances of which those that are nowhere are inf: NaN where one is beyond reach."""
    ends = np.quantile(found, QUARTILES, method="inverted_cdf") if len(found) else np.full(3, np.nan)
    lower, median, upper = np.where(np.isfinite(ends), ends, np.nan).tolist()
    reached = float(np.isfinite(found).mean()) if len(found) else np.nan
    return DISTANCE.filled(lower=lower, median=median, upper=upper, reached=reached, counted=len(found), **about)


def _trained(
    settings: BoundarySettings, kind: str, models: Networks, v: Tensor, data: Data, stop: Stop, kept: Kept
) -> Generator[Cell | None, None, tuple[Networks, Float[Tensor, "S T d"]] | None]:
    """The networks at the end of one kind, and perturbations of them, a cell; what is kept is there at once."""
    name = kinds.slug(kind)
    arrays = defended.taken(kept, name, f"{name}_parameters")
    if arrays is not None:
        return _from_arrays(settings, kind, models, data, arrays)
    after: Networks | None = None
    for look in defended.trained(settings, kind, models, v, data, frozenset(), 0, stop):
        if look is None or look[0] < settings.steps:
            yield None
            continue
        after = look[1]
    if after is None:
        return None
    new = yield from defended.found(settings, after, data, stop)
    if new is None or stop():
        return None
    yield Cell(name, _to_arrays(kind, after, new))
    return after, new


def _to_arrays(kind: str, models: Networks, new: Tensor) -> dict[str, np.ndarray]:
    """The cell of a kind: parameters (S P), perturbations (S T d)."""
    name = kinds.slug(kind)
    return {f"{name}_parameters": models.parameters.cpu().numpy(), f"{name}_perturbations": new.cpu().numpy()}


def _from_arrays(
    settings: BoundarySettings, kind: str, models: Networks, data: Data, arrays: Columns
) -> tuple[Networks, Tensor]:
    """What `_to_arrays` was given. Raises Mismatch when it is of others."""
    name, own = kinds.slug(kind), models.parameters
    (parameters,) = tensors(arrays, f"{name}_parameters")
    if parameters.shape != own.shape or parameters.dtype != own.dtype:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {len(models)} networks")
    new = defended.kept_perturbations(settings, arrays, f"{name}_perturbations", data.X)
    return models.with_parameters(parameters.to(own.device)), new.to(own.device)
