"""Posteriors on padded moons: fitted one after another, and as arrays, so that nothing is fitted twice."""

from collections.abc import Generator
from dataclasses import astuple, dataclass

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Cell, Columns, Kept, taken
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.directions import DirectionsSettings
from explorer.labs.bayes.fits import FREE
from explorer.labs.bayes.moons import CLASSES, PLANE
from explorer.labs.bayes.stored import with_parameters
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Diagnosis, Progress, Task
from explorer.nets.mlp import Layer, Mlp
from explorer.train.target import classification

ANOTHER = 1 << 44  # between the seeds of one posterior and those of the next: no two share momenta


@dataclass(frozen=True)
class Place:
    """One posterior of a run: its scale and padding, its number, and the repetition."""

    settings: DirectionsSettings
    task: Task
    turn: int
    seed: int

    @property
    def scale(self) -> float:
        return self.settings.posteriors[self.turn][0]

    @property
    def dims(self) -> int:
        return self.settings.posteriors[self.turn][1]

    @property
    def name(self) -> str:
        return f"s{self.seed}_p{self.turn}"

    @property
    def own(self) -> int:
        """The first of its seeds."""
        return ANOTHER * self.turn + self.seed * MOST_CHAINS

    def untrained(self, count: int, first: int, device: torch.device) -> Mlp:
        """Networks for this padding."""
        return fits.untrained(self.settings, self.dims + PLANE, CLASSES, range(first, first + count), device)

    def scales(self, models: Mlp) -> Float[Tensor, " P"]:
        """Deviation of the prior of each parameter: that of unseen weights may be another."""
        flat = models.with_parameters(torch.full_like(models.parameters, self.settings.prior_scale))
        first, *rest = flat.layers
        W = first.W.clone()
        W[..., PLANE:] = self.scale
        return Mlp((Layer(W, first.b), *rest), flat.activation).parameters[0]


@dataclass(frozen=True)
class Posterior:
    """Samples of one posterior, chains taking turns; of the first one also what stands beside them."""

    samples: Mlp
    diagnosis: Diagnosis
    maps: Mlp | None = None
    free: Mlp | None = None


def padded(task: Task, dims: int) -> Task:
    """The same points with another number of coordinates that are 0."""
    X, seen = (torch.cat([x[:, :PLANE], x.new_zeros(len(x), dims)], 1) for x in (task.X, task.seen))
    return Task(X, task.y, seen, task.labels)


def fit(
    place: Place, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Progress | Cell | None, None, Posterior | None]:
    """MAP estimates, a walk from them, and of the first posterior networks without a prior. None when stopped."""
    settings, task, name, own = place.settings, place.task, place.name, place.own
    starts = place.untrained(settings.chains, own, device)
    target = classification(starts, task.X, task.y, place.scales(starts))
    steps = settings.max_steps if place.turn == 0 else settings.map_steps
    found = yield from walks.descent(f"{name}_map", target, starts, steps, stop, kept)
    if found is None:
        return None
    maps, free = starts.with_parameters(found), None
    if place.turn == 0:
        yield Progress(0.0, "MAP found", maps=maps)
        others = place.untrained(settings.ensemble, FREE + own, device)
        flat = classification(others, task.X, task.y, float("inf"))
        ended = yield from walks.descent(f"{name}_free", flat, others, settings.max_steps, stop, kept)
        if ended is None:
            return None
        free = others.with_parameters(ended)
        yield Progress(0.0, "networks without a prior trained", free=free)
    walked = yield from walks.sampled(name, target, maps, task, settings, own, stop, kept)
    if walked is None:
        return None
    return Posterior(*walked, maps if place.turn == 0 else None, free)


def to_arrays(place: Place, found: Posterior) -> dict[str, np.ndarray]:
    """NAME_samples, _maps and _free, their parameters, and _diagnosis."""
    each = {"samples": found.samples, "maps": found.maps, "free": found.free}
    arrays = {f"{place.name}_{part}": nets.parameters.cpu().numpy() for part, nets in each.items() if nets}
    return arrays | {f"{place.name}_diagnosis": np.array(astuple(found.diagnosis), np.float64)}


def from_arrays(place: Place, arrays: Columns, device: torch.device) -> Posterior:
    """The posterior that `to_arrays` was given. Raises Mismatch when it is another."""
    settings = place.settings
    counts = {"samples": settings.samples}
    if place.turn == 0:
        counts |= {"maps": settings.chains, "free": settings.ensemble}
    nets = {
        part: with_parameters(place.untrained(count, 0, device), arrays, f"{place.name}_{part}")
        for part, count in counts.items()
    }
    (values,) = taken(arrays, f"{place.name}_diagnosis").values()
    return Posterior(nets["samples"], walks.diagnosis(values), nets.get("maps"), nets.get("free"))
