"""Posteriors on padded moons: fitted one after another, and as arrays, so that nothing is fitted twice."""

from collections.abc import Generator
from dataclasses import astuple, dataclass
from typing import cast

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import Cell, Columns, Kept, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.bayes import fits
from explorer.labs.bayes.directions import DirectionsSettings
from explorer.labs.bayes.fits import FREE, Diagnosis, Moment, Task
from explorer.labs.bayes.moons import CLASSES
from explorer.labs.bayes.settings import MOST_CHAINS
from explorer.labs.weights import tensors
from explorer.measure.convergence import ess, rhat
from explorer.nets.mlp import Layer, Mlp
from explorer.train.target import classification

ANOTHER = 1 << 44  # between the seeds of one posterior and those of the next: no two share momenta
NUMBERS = 7  # of a diagnosis


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
        return fits.untrained(self.settings, self.dims + 2, CLASSES, range(first, first + count), device)

    def scales(self, models: Mlp) -> Float[Tensor, " P"]:
        """Deviation of the prior of each parameter: that of unseen weights may be another."""
        flat = models.with_parameters(torch.full_like(models.parameters, self.settings.prior_scale))
        first, *rest = flat.layers
        W = first.W.clone()
        W[..., 2:] = self.scale
        return Mlp((Layer(W, first.b), *rest), flat.activation).parameters[0]


@dataclass(frozen=True)
class Posterior:
    """Samples of one posterior, chains taking turns; of the first one also what stands beside them."""

    samples: Mlp
    diagnosis: Diagnosis
    maps: Mlp | None = None
    free: Mlp | None = None


@dataclass(frozen=True)
class Progress:
    """How far a fit is; at times what there is so far."""

    step: int
    note: str
    samples: Mlp | None = None
    maps: Mlp | None = None
    free: Mlp | None = None


def padded(task: Task, dims: int) -> Task:
    """The same points with another number of coordinates that are 0."""
    X, seen = (torch.cat([x[:, :2], x.new_zeros(len(x), dims)], 1) for x in (task.X, task.seen))
    return Task(X, task.y, seen, task.labels)


def fit(
    place: Place, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Progress | Cell | None, None, Posterior | None]:
    """MAP estimates, a walk from them, and of the first posterior networks without a prior. None when stopped."""
    settings, task, name, own = place.settings, place.task, place.name, place.own
    starts = place.untrained(settings.chains, own, device)
    target = classification(starts, task.X, task.y, place.scales(starts))
    steps = settings.max_steps if place.turn == 0 else settings.map_steps
    climb = fits.descent(f"{name}_map", target, starts, steps, stop, kept)
    found = yield from cast("Generator[Cell | None, None, Tensor | None]", climb)  # which nobody asked how far it is
    if found is None:
        return None
    maps, free = starts.with_parameters(found), None
    if place.turn == 0:
        yield Progress(0, "MAP found", maps=maps)
        others = place.untrained(settings.ensemble, FREE + own, device)
        flat = classification(others, task.X, task.y, float("inf"))
        climb = fits.descent(f"{name}_free", flat, others, settings.max_steps, stop, kept)
        ended = yield from cast("Generator[Cell | None, None, Tensor | None]", climb)
        if ended is None:
            return None
        free = others.with_parameters(ended)
        yield Progress(0, "networks without a prior trained", free=free)
    drawn: list[Tensor] = []
    traces: list[Tensor] = []
    accepted: list[float] = []
    moment, divergences = None, 0
    for told in fits.walk(name, target, found, settings, own, stop, kept):
        if not isinstance(told, Moment):
            yield told
            continue
        moment, step = told, told.chains.step
        so_far: Mlp | None = None
        if step > settings.warmup:
            accepted.append(float(told.chains.accept.mean()))
            divergences += int(told.chains.divergent.sum())
            traces.append(fits.log_likelihood(starts.with_parameters(told.chains.position), task))
            if (step - settings.warmup) % settings.thin == 0:
                drawn.append(told.chains.position)
                if len(drawn).bit_count() == 1:  # 1, 2, 4, ...
                    so_far = starts.with_parameters(torch.cat(drawn)[: settings.samples])
        yield Progress(step, f"iteration {step} of {settings.iterations}", so_far)
    if moment is None or moment.chains.step < settings.iterations:
        return None
    trace = torch.stack(traces, 1).double().cpu().numpy()
    chains = moment.chains
    diagnosis = Diagnosis(
        float(np.mean(accepted)),
        float(chains.step_size.mean()),
        rhat(trace),
        ess(trace),
        divergences,
        len(chains),
        settings.iterations,
    )
    samples = starts.with_parameters(torch.cat(drawn)[: settings.samples])
    return Posterior(samples, diagnosis, maps if place.turn == 0 else None, free)


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
    nets = {}
    for part, count in counts.items():
        (parameters,) = tensors(arrays, f"{place.name}_{part}")
        models = place.untrained(1, 0, device)
        if parameters.shape != (count, models.parameters.shape[1]):
            raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {place.name}_{part}")
        nets[part] = models.with_parameters(parameters.to(models.parameters))
    (values,) = taken(arrays, f"{place.name}_diagnosis").values()
    if values.shape != (NUMBERS,) or values.dtype.kind != "f" or not np.isfinite(values[4:]).all():
        raise Mismatch("what is kept of the walk is no diagnosis")
    accept, step_size, agreement, size, *whole = values.tolist()
    divergences, chains, iterations = map(int, whole)
    return Posterior(
        nets["samples"],
        Diagnosis(accept, step_size, agreement, size, divergences, chains, iterations),
        nets.get("maps"),
        nets.get("free"),
    )
