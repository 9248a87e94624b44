"""Panel: a posterior for each prior; its gradients in two precisions, then attacks on its samples and their average."""

from collections.abc import Callable, Generator, Iterator
from dataclasses import astuple, dataclass, field
from typing import TypeVar

import numpy as np
import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept, Mismatch, taken
from explorer.labs import Stop
from explorer.labs.bayes import fits
from explorer.labs.bayes.attacks import FITTED, TURN
from explorer.labs.bayes.fits import Diagnosis, Progress, Task, read
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.masking import DTYPES, MASKING, STEP_LENGTH, MaskingSettings
from explorer.labs.bayes.masking.attacked import lengths, look, masked
from explorer.labs.bayes.settings import MOST_CHAINS
from explorer.labs.bayes.stored import diagnosis
from explorer.labs.weights import tensors
from explorer.nets.mlp import Mlp
from explorer.train.target import classification

Found = TypeVar("Found")
APART = 1 << 44  # what is added to a seed for each unit of the prior scale: no two posteriors share a chain's seed


@dataclass
class Film:
    """What all frames have so far, and what the last one leaves."""

    settings: MaskingSettings
    masking: list[Columns] = field(default_factory=list)
    lengths: list[Columns] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)
    done: int = 0

    @property
    def posteriors(self) -> int:
        return self.settings.seeds * len(self.settings.prior_scales)

    def frame(self, share: float, note: str, looked: Columns | None = None) -> Frame:
        """`share` of the posterior that is being worked on. `looked`: rows that stand in this frame alone."""
        tables = {
            MASKING.name: MASKING.joined([*self.masking, *([looked] if looked else [])]),
            STEP_LENGTH.name: STEP_LENGTH.joined(self.lengths),
        }
        arrays = dict(self.arrays) if self.done == self.posteriors else {}
        return Frame(int((self.done + share) * TURN), self.posteriors * TURN, tables, arrays, note)


def stream(
    settings: MaskingSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Prior by prior, seed by seed. When `stop()` turns true the generator ends without a last frame.

    Cells are those of `fits`, named after seed and prior. With the arrays of a finished run nothing walks.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    film = Film(settings)
    for seed in range(settings.seed, settings.seed + settings.seeds):
        task = read(settings, seed, device)
        for scale in settings.prior_scales:
            done = yield from _posterior(film, task, seed, scale, stop, kept or {})
            if not done:
                return


def _posterior(
    film: Film, task: Task, seed: int, scale: int, stop: Stop, kept: Kept
) -> Generator[Frame | Cell | None, None, bool]:
    """Whether it came to its end."""
    settings, name = film.settings, f"s{seed}_p{scale}"
    said, about = f"prior scale {scale}", {"seed": seed, "prior_scale": scale, "chains": settings.chains}
    device = task.X.device
    own = seed * MOST_CHAINS + scale * APART
    starts = fits.untrained(settings, task.X.shape[1], CLASSES, range(own, own + settings.chains), device)
    if FINISHED in kept:
        samples, walked = _from_arrays(kept[FINISHED], name, starts, settings)
    else:
        yield film.frame(0, f"{said}: networks before training", look(starts, task, settings, about))
        found = yield from _walked(film, task, name, own, starts, scale, said, about, stop, kept)
        if found is None:
            return False
        samples, walked = found
    walk = {"accept": walked.accept, "rhat": walked.rhat}
    for i, dtype in enumerate(DTYPES):
        table = yield from masked(samples, task, settings, dtype, {**about, **walk}, stop)
        if table is None:
            return False
        film.masking.append(table)
        yield film.frame(FITTED + (1 - FITTED) * (i + 0.5) / 3, f"{said}: attacked in {dtype}")
    table = yield from lengths(samples, task, settings, {"seed": seed, "prior_scale": scale}, stop)
    if table is None or stop():
        return False
    film.lengths.append(table)
    film.arrays |= {
        f"{name}_samples": samples.parameters.cpu().numpy(),
        f"{name}_diagnosis": np.array(astuple(walked), np.float64),
    }
    film.done += 1
    yield film.frame(0, f"{said}: all attacks done")
    return True


def _walked(
    film: Film,
    task: Task,
    name: str,
    own: int,
    starts: Mlp,
    scale: int,
    said: str,
    about: dict[str, object],
    stop: Stop,
    kept: Kept,
) -> Generator[Frame | Cell | None, None, tuple[Mlp, Diagnosis] | None]:
    """MAP estimates and a walk from them, with a look at the gradients of what there is now and then."""
    settings = film.settings
    target = classification(starts, task.X, task.y, float(scale))

    def told(progress: Progress) -> Frame | None:
        models = progress.samples or progress.maps
        if models is None:
            return None
        return film.frame(FITTED * progress.share, f"{said}: {progress.note}", look(models, task, settings, about))

    def climbed(now: fits.Descent) -> Progress:
        return Progress(0.0, f"MAP: step {now.step} of {settings.max_steps}", maps=starts.with_parameters(now.position))

    maps = yield from _shown(fits.descent(f"{name}_map", target, starts, settings.max_steps, stop, kept, climbed), told)
    if maps is None:
        return None
    walk = fits.sampled(name, target, starts.with_parameters(maps), task, settings, own, stop, kept)
    return (yield from _shown(walk, told))


def _shown(
    steps: Generator[Progress | Cell | None, None, Found], told: Callable[[Progress], Frame | None]
) -> Generator[Frame | Cell | None, None, Found]:
    """What it returns; of its progress a frame where there is something to be seen."""
    while True:
        try:
            found = next(steps)
        except StopIteration as ended:
            return ended.value
        yield told(found) if isinstance(found, Progress) else found


def _from_arrays(arrays: Columns, name: str, starts: Mlp, settings: MaskingSettings) -> tuple[Mlp, Diagnosis]:
    """What the last frame has of a posterior. Raises Mismatch when it is another's."""
    (parameters,) = tensors(arrays, f"{name}_samples")
    shape = (settings.samples, *starts.parameters.shape[1:])
    if parameters.shape != shape:
        raise Mismatch(f"parameters of shape {tuple(parameters.shape)} are not those of {name}")
    walked = diagnosis(taken(arrays, f"{name}_diagnosis").popitem()[1])
    return starts.with_parameters(parameters.to(starts.parameters)), walked
