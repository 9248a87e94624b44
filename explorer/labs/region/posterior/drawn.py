"""Samples of a posterior of perceptrons, the MAP networks that their chains begin at, and both as arrays."""

from collections.abc import Generator
from dataclasses import astuple, dataclass

import numpy as np
import torch

from explorer.frames import Cell, Columns, Kept, Mismatch, taken
from explorer.labs import Stop, walks
from explorer.labs.region.base import Data
from explorer.labs.region.posterior import PosteriorSettings
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Diagnosis, Progress, Task
from explorer.labs.weights import tensors
from explorer.nets import mlp
from explorer.nets.activations import Tanh
from explorer.nets.mlp import Mlp
from explorer.train.descent import Descent
from explorer.train.target import classification


@dataclass(frozen=True)
class Drawn:
    """What a repetition has to attack. maps: a chain each. samples: chains take turns. walk: how it went."""

    maps: Mlp
    samples: Mlp
    walk: Diagnosis


def starts(settings: PosteriorSettings, i: int, device: torch.device) -> Mlp:
    """Networks before training, one a chain; tanh, for kinks cost the sampler acceptance."""
    first = (settings.seed + i) * MOST_CHAINS  # no two chains of any repetitions share a seed
    return mlp.initialise(settings.sizes, range(first, first + settings.chains), Tanh()).to(device)


def draw(
    settings: PosteriorSettings, data: Data, i: int, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Progress | Cell | None, None, Drawn | None]:
    """MAP by Adam on all images at once, then a walk from there; None when `stop()` became true."""
    begin, name = starts(settings, i, device), f"s{settings.seed + i}"
    task = Task(data.X[i], data.y[i], data.seen[i], data.labels[i])
    target = classification(begin, task.X, task.y, settings.prior_scale)
    steps = settings.base_epochs

    def climbed(now: Descent) -> Progress:
        note = f"MAP: epoch {now.step} of {steps}"
        return Progress(0.1 * now.step / steps, note, maps=begin.with_parameters(now.position))

    found = yield from walks.descent(f"{name}_map", target, begin, steps, stop, kept, climbed)
    if found is None:
        return None
    maps = begin.with_parameters(found)
    yield Progress(0.1, "MAP found", maps=maps)
    first = (settings.seed + i) * MOST_CHAINS
    walked = yield from walks.sampled(name, target, maps, task, settings, first, stop, kept, 0.1)
    return None if walked is None else Drawn(maps, *walked)


def to_arrays(settings: PosteriorSettings, i: int, drawn: Drawn) -> dict[str, np.ndarray]:
    """s{SEED}_maps and _samples, their parameters, and _walk."""
    name = f"s{settings.seed + i}"
    return {
        f"{name}_maps": drawn.maps.parameters.cpu().numpy(),
        f"{name}_samples": drawn.samples.parameters.cpu().numpy(),
        f"{name}_walk": np.array(astuple(drawn.walk), np.float64),
    }


def from_arrays(settings: PosteriorSettings, i: int, arrays: Columns, device: torch.device) -> Drawn:
    """What `to_arrays` was given. Raises Mismatch when it is another's."""
    begin, name = starts(settings, i, device), f"s{settings.seed + i}"
    maps, samples = tensors(arrays, f"{name}_maps", f"{name}_samples", finite=True)
    params = begin.parameters.shape[1]
    for part, count in ((maps, settings.chains), (samples, settings.samples)):
        if part.shape != (count, params) or part.dtype != begin.parameters.dtype:
            raise Mismatch(f"parameters of shape {tuple(part.shape)} are not those of {count} networks of {name}")
    (walk,) = taken(arrays, f"{name}_walk").values()
    networks, draws = (begin.with_parameters(part.to(begin.parameters)) for part in (maps, samples))
    return Drawn(networks, draws, walks.diagnosis(walk))
