"""What the panels of the Bayes lab are about: samples of a posterior, and networks trained without one, beside them.

`fit` is a part of a panel's stream: it yields how far it is, and what can be kept, and in the end returns `Fits`.
"""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal

import torch
from jaxtyping import Float, Int
from torch import Tensor

from explorer.data import images
from explorer.frames import Cell, Kept
from explorer.labs import Stop
from explorer.labs.bayes.images import CLASSES, TESTED, ImagePosterior
from explorer.labs.bayes.settings import Network
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Diagnosis, Progress, Task, descent, sampled
from explorer.measure.criteria import Misclassified
from explorer.nets import mlp
from explorer.nets.activations import Activation, Rectified, Tanh
from explorer.nets.mlp import Mlp
from explorer.train.descent import Descent
from explorer.train.target import classification

FREE = 1 << 40  # what is added to a seed for networks that are no start of a chain


@dataclass(frozen=True)
class Fits:
    """What one repetition gave.

    Attributes:
        samples: of the posterior, chains taking turns. maps: MAP estimates with the same prior, where chains began.
        free: trained as long, without a prior; together they are a deep ensemble. vi: of the mean-field approximation.
    """

    samples: Mlp
    maps: Mlp
    free: Mlp
    diagnosis: Diagnosis
    vi: Mlp | None = None


def read(settings: ImagePosterior, seed: int, device: torch.device, most: int = TESTED) -> Task:
    """n images of this repetition, and the same unseen ones for all, `most` or all. Raises `data.folder.Absent`."""
    X, y = points(settings.data, "train", settings.n, seed, device)
    return Task(X, y, *points(settings.data, "test", most, 0, device))


def points(
    data: str, part: Literal["train", "test"], most: int, seed: int, device: torch.device
) -> tuple[Float[Tensor, "n d"], Int[Tensor, " n"]]:
    """So many images of a set, or all, and their labels; those of fewer come first. Raises `data.folder.Absent`."""
    whole = images.load(data, part)
    found = whole.subset(min(most, len(whole.y)), seed)
    return torch.from_numpy(found.scaled()).flatten(1).to(device), torch.from_numpy(found.y).to(device)


def activation(settings: Network) -> Activation:
    """The one that the settings name."""
    return Tanh() if settings.family == "tanh" else Rectified()


def untrained(settings: Network, d: int, classes: int, seeds: Sequence[int], device: torch.device) -> Mlp:
    """Networks with one hidden layer, one a seed."""
    return mlp.initialise([d, settings.k, classes], seeds, activation(settings)).to(device)


def fit(
    settings: ImagePosterior, task: Task, seed: int, device: torch.device, stop: Stop, kept: Kept, *, networks: int = 1
) -> Generator[Progress | Cell | None, None, Fits | None]:
    """MAP estimates, a walk from them, and `networks` without a prior; None when `stop()` became true.

    Cells are named after the seed.
    """
    own = seed * MOST_CHAINS  # no two chains of any repetitions share a seed
    starts = untrained(settings, task.X.shape[1], CLASSES, range(own, own + settings.chains), device)
    others = untrained(settings, task.X.shape[1], CLASSES, range(FREE + own, FREE + own + networks), device)
    target = classification(starts, task.X, task.y, settings.prior_scale)

    def told(now: Descent) -> Progress:
        share, note = now.step / settings.max_steps, f"MAP: step {now.step} of {settings.max_steps}"
        return Progress(0.1 * share, note, maps=starts.with_parameters(now.position))

    maps = yield from descent(f"s{seed}_map", target, starts, settings.max_steps, stop, kept, told)
    if maps is None:
        return None
    yield Progress(0.1, "MAP found", maps=starts.with_parameters(maps))
    flat = classification(others, task.X, task.y, float("inf"))
    free = yield from descent(f"s{seed}_free", flat, others, settings.max_steps, stop, kept)
    if free is None:
        return None
    yield Progress(0.2, "networks without a prior trained", free=others.with_parameters(free))
    found = yield from sampled(f"s{seed}", target, starts.with_parameters(maps), task, settings, own, stop, kept, 0.2)
    if found is None:
        return None
    samples, diagnosis = found
    return Fits(samples, starts.with_parameters(maps), others.with_parameters(free), diagnosis)


def gradients(models: Mlp, task: Task) -> tuple[Float[Tensor, "S T K"], Float[Tensor, "S T d"]]:
    """Logits, and the gradient of each model's cross-entropy, at the unseen points."""
    return models.vjp(task.seen.expand(len(models), -1, -1), Misclassified(task.labels).slope)
