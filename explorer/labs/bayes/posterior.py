"""Samples of one posterior, and nothing beside them: MAP estimates, a walk from them, and both as arrays.

`fits.fit` trains networks without a prior as well.
"""

from collections.abc import Callable, Generator
from dataclasses import astuple, dataclass
from typing import TypeVar

import numpy as np
import torch

from explorer.frames import Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.settings import Sampler
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Diagnosis, Progress, Task
from explorer.labs.weights import tensors
from explorer.nets.mlp import Mlp
from explorer.train.descent import Descent
from explorer.train.target import classification

Found = TypeVar("Found")
TELL = 10  # iterations of a walk between two frames
APART = 1 << 44  # what is added to a seed for each unit of the prior scale, where several posteriors stand side by side


@dataclass(frozen=True)
class Posterior:
    """One that is to be walked over.

    Attributes:
        name: of its cells and arrays. scale: of its prior. seed: of its first chain; the others follow.
        starts: networks before training, one a chain.
    """

    name: str
    scale: float
    seed: int
    starts: Mlp

    @classmethod
    def of(
        cls, settings: Sampler, task: Task, seed: int, device: torch.device, scale: float | None = None
    ) -> "Posterior":
        """That of a repetition; `scale`: of one among several, which share no chain's seed."""
        own = seed * MOST_CHAINS + (0 if scale is None else round(scale * APART))
        name = f"s{seed}" if scale is None else f"s{seed}_p{scale:g}"
        starts = fits.untrained(settings, task.X.shape[1], CLASSES, range(own, own + settings.chains), device)
        return cls(name, settings.prior_scale if scale is None else scale, own, starts)

    def walked(
        self, settings: Sampler, task: Task, stop: Stop, kept: Kept
    ) -> Generator[Progress | Cell | None, None, tuple[Mlp, Diagnosis] | None]:
        """Its samples, and how the walk went; None when `stop()` became true."""
        target = classification(self.starts, task.X, task.y, self.scale)

        def climbed(now: Descent) -> Progress:
            share, note = now.step / settings.max_steps, f"MAP: step {now.step} of {settings.max_steps}"
            return Progress(0.1 * share, note, maps=self.starts.with_parameters(now.position))

        maps = yield from walks.descent(
            f"{self.name}_map", target, self.starts, settings.max_steps, stop, kept, climbed
        )
        if maps is None:
            return None
        begin = self.starts.with_parameters(maps)
        yield Progress(0.1, "MAP found", maps=begin)
        return (yield from walks.sampled(self.name, target, begin, task, settings, self.seed, stop, kept, 0.1))

    def to_arrays(self, samples: Mlp, walk: Diagnosis) -> dict[str, np.ndarray]:
        """_samples and _diagnosis, after its name."""
        return {
            f"{self.name}_samples": samples.parameters.cpu().numpy(),
            f"{self.name}_diagnosis": np.array(astuple(walk), np.float64),
        }

    def from_arrays(self, settings: Sampler, arrays: Columns) -> tuple[Mlp, Diagnosis]:
        """What `to_arrays` was given. Raises Mismatch when it is another's."""
        (parameters,) = tensors(arrays, f"{self.name}_samples", finite=True)
        begin = self.starts.parameters
        if parameters.shape != (settings.samples, begin.shape[1]):
            raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {self.name}")
        walk = walks.diagnosis(taken(arrays, f"{self.name}_diagnosis").popitem()[1])
        return self.starts.with_parameters(parameters.to(begin)), walk


def shown(
    steps: Generator[Progress | Cell | None, None, Found], told: Callable[[Progress], Frame]
) -> Generator[Frame | Cell | None, None, Found]:
    """What it returns; of its progress a frame where there are networks to be looked at, and now and then without."""
    count = 0
    while True:
        try:
            found = next(steps)
        except StopIteration as ended:
            return ended.value
        if isinstance(found, Progress):
            count += 1
            new = found.samples or found.maps
            yield told(found) if new or count % TELL == 0 else None
        else:
            yield found
