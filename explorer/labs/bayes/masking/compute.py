"""Panel: a posterior for each prior; its gradients in two precisions, then attacks on its samples and their average."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field

import numpy as np
import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes.attacks import FITTED, TURN
from explorer.labs.bayes.fits import read
from explorer.labs.bayes.images import TESTED
from explorer.labs.bayes.masking import DTYPES, MASKING, STEP_LENGTH, MaskingSettings
from explorer.labs.bayes.masking.attacked import lengths, look, masked
from explorer.labs.bayes.posterior import Posterior, shown
from explorer.labs.walks import Progress, Task


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
        task = read(settings, seed, device, max(TESTED, settings.tested))
        for scale in settings.prior_scales:
            posterior = Posterior.of(settings, task, seed, device, float(scale))
            done = yield from _posterior(film, task, seed, posterior, stop, kept or {})
            if not done:
                return


def _posterior(
    film: Film, task: Task, seed: int, posterior: Posterior, stop: Stop, kept: Kept
) -> Generator[Frame | Cell | None, None, bool]:
    """Whether it came to its end."""
    settings, said = film.settings, f"prior scale {posterior.scale:g}"
    of: dict[str, object] = {"seed": seed, "prior_scale": posterior.scale}
    about = {**of, "chains": settings.chains}

    looked = look(posterior.starts, task, settings, about, stop)

    def told(progress: Progress) -> Frame:
        nonlocal looked
        models = progress.samples or progress.maps
        if models is not None:
            looked = look(models, task, settings, about, stop)
        return film.frame(FITTED * progress.share, f"{said}: {progress.note}", looked)

    if FINISHED in kept:
        samples, walk = posterior.from_arrays(settings, kept[FINISHED])
    else:
        yield film.frame(0, f"{said}: networks before training", looked)
        found = yield from shown(posterior.walked(settings, task, stop, kept), told)
        if found is None:
            return False
        samples, walk = found
    about |= {"accept": walk.accept, "rhat": walk.rhat}
    for i, dtype in enumerate(DTYPES):
        table = yield from masked(samples, task, settings, dtype, about, stop)
        if table is None:
            return False
        film.masking.append(table)
        yield film.frame(FITTED + (1 - FITTED) * (i + 0.5) / 3, f"{said}: attacked in {dtype}")
    table = yield from lengths(samples, task, settings, of, stop)
    if table is None or stop():
        return False
    film.lengths.append(table)
    film.arrays |= posterior.to_arrays(samples, walk)
    film.done += 1
    yield film.frame(0, f"{said}: all attacks done")
    return True
