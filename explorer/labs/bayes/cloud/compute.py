"""Panel: draw after draw of hyper-parameters, every method fits and is attacked; dots join the cloud as they come."""

from collections.abc import Generator, Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept, Mismatch
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.cloud import (
    CLOUD,
    ENSEMBLE,
    FREE,
    HMC,
    MAP,
    METHODS,
    VARIATIONAL,
    VI,
    CloudSettings,
    Hyper,
)
from explorer.labs.bayes.fits import read
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.withstood import withstood
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.through import through
from explorer.labs.walks import Task
from explorer.labs.weights import tensors
from explorer.measure.shares import wilson
from explorer.nets import mlp
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp
from explorer.nets.population import Differentiable
from explorer.train import variational
from explorer.train.descent import descend
from explorer.train.target import Target, classification

APART = 1 << 42  # between the seeds of two draws of hyper-parameters
FREE_OF = 1 << 41  # what is added for networks without a prior
PARTS = {FREE: "free", ENSEMBLE: "free", MAP: "maps", VI: "vi", HMC: "hmc"}  # whose networks a method is

Found = dict[str, np.ndarray]  # parameters by part, and "walk": acceptance and R-hat


def stream(
    settings: CloudSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """All draws of all repetitions; a cell a draw, with its networks. When `stop()` turns true there is no last frame.

    With the arrays of a finished run of equal training nothing is fitted.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    kept, film = kept or {}, Film(settings)
    yield film.frame("the first networks train")
    for turn in range(settings.seeds):
        seed = settings.seed + turn
        task = read(settings, seed, device)
        for draw in range(settings.draws):
            name, hyper = f"s{seed}_d{draw}", settings.hyper(seed, draw)
            found: Found = {}
            if FINISHED in kept:
                known: Columns | None = {
                    n.removeprefix(f"{name}_"): a for n, a in kept[FINISHED].items() if n.startswith(f"{name}_")
                }
            else:
                known = kept.get(name)
            if known is not None:
                found = _checked(settings, hyper, known, task)
            steps = None if known is not None else _fitted(settings, hyper, task, seed, draw, found, device, stop)
            for method in METHODS:
                while steps and PARTS[method] not in found:
                    if next(steps, False) is False:  # it has ended
                        return
                    yield None
                row = yield from _row(settings, hyper, method, found, task, seed, draw, stop)
                if row is None:
                    return
                film.rows.append(row)
                if method == HMC:
                    film.arrays |= {f"{name}_{part}": array for part, array in found.items()}
                    if known is None:
                        yield Cell(name, found)
                yield film.frame(f"draw {draw + 1} of {settings.draws}: {method}")


@dataclass
class Film:
    """What all frames have so far."""

    settings: CloudSettings
    rows: list[Columns] = field(default_factory=list)
    arrays: Found = field(default_factory=dict)

    def frame(self, note: str) -> Frame:
        """All dots so far; the last one has the networks too."""
        total = self.settings.seeds * self.settings.draws * len(METHODS)
        last = len(self.rows) == total
        return Frame(
            len(self.rows), total, {CLOUD.name: CLOUD.joined(self.rows)}, dict(self.arrays) if last else {}, note
        )


def _fitted(
    settings: CloudSettings,
    hyper: Hyper,
    task: Task,
    seed: int,
    draw: int,
    found: Found,
    device: torch.device,
    stop: Stop,
) -> Iterator[None]:
    """Fills `found`, part after part, with steps between. Ends early when `stop()` became true."""
    own = APART * (draw + 1) + seed * MOST_CHAINS
    others = _untrained(settings, hyper, task, range(own + FREE_OF, own + FREE_OF + settings.ensemble), device)
    free = yield from _descended(classification(others, task.X, task.y, float("inf")), others, hyper, stop)
    if free is None:
        return
    found["free"] = _array(free)
    yield None
    starts = _untrained(settings, hyper, task, range(own, own + settings.chains), device)
    target = classification(starts, task.X, task.y, hyper.scale)
    maps = yield from _descended(target, starts, hyper, stop)
    if maps is None:
        return
    found["maps"] = _array(maps)
    yield None
    mode = starts.with_parameters(maps[:1])
    steps = variational.approximate(
        mode,
        task.X,
        variational.classification(task.y),
        hyper.scale,
        seeds=[own],
        max_steps=VARIATIONAL * hyper.steps,
        stop=stop,
        lr=hyper.lr,
    )
    last = None
    for now in steps:
        last = now if now else last
        yield None
    if last is None or not last.done or stop():
        return
    found["vi"] = _array(variational.draw(last, settings.samples, own).parameters)
    yield None
    walked = yield from through(walks.sampled("", target, starts.with_parameters(maps), task, settings, own, stop, {}))
    if walked is None or stop():
        return
    samples, diagnosis = walked
    found["walk"] = np.array([diagnosis.accept, diagnosis.rhat])
    found["hmc"] = _array(samples.parameters)
    yield None


def _untrained(settings: CloudSettings, hyper: Hyper, task: Task, seeds: range, device: torch.device) -> Mlp:
    return mlp.initialise([task.X.shape[1], hyper.k, CLASSES], seeds, fits.activation(settings)).to(device)


def _descended(target: Target, models: Mlp, hyper: Hyper, stop: Stop) -> Generator[None, None, Tensor | None]:
    """Where Adam ends; None when that was stopped."""
    for now in descend(target, models.parameters, max_steps=hyper.steps, stop=stop, lr=hyper.lr):
        if now is not None and now.done:
            return None if stop() else now.position
        yield None
    return None


def _array(parameters: Tensor) -> np.ndarray:
    return parameters.cpu().numpy()


def _row(
    settings: CloudSettings, hyper: Hyper, method: str, found: Found, task: Task, seed: int, draw: int, stop: Stop
) -> Generator[None, None, Columns | None]:
    """One dot; None when that was stopped."""
    like = _untrained(settings, hyper, task, range(1), task.X.device)
    count = {FREE: 1, MAP: 1, ENSEMBLE: settings.ensemble}.get(method, hyper.samples)
    nets = like.with_parameters(torch.tensor(found[PARTS[method]][:count], device=task.X.device))
    model: Differentiable = nets if method in (FREE, MAP) else Averaged(nets)
    params = like.parameters.shape[1]
    kept = yield from withstood(model, count, params, task, settings, stop, seed=seed, quick=False)
    if kept is None or stop():
        return None
    accuracy, robust, softmax = kept.numbers
    low, high = wilson(min(robust, 1.0), len(kept.robust))
    accept, mixing = found["walk"] if method == HMC else (np.nan, np.nan)
    return CLOUD.filled(
        method=method,
        seed=seed,
        accuracy=accuracy,
        robust=robust,
        softmax_robustness=softmax,
        eps=settings.eps_max,
        draw=draw,
        k=hyper.k,
        scale=np.nan if method in (FREE, ENSEMBLE) else hyper.scale,
        lr=hyper.lr,
        steps=hyper.steps * (VARIATIONAL if method == VI else 1),
        networks=count,
        low=low,
        high=high,
        tested=len(kept.robust),
        accept=accept,
        rhat=mixing,
        chains=settings.chains if method == HMC else 0,
    )


def _checked(settings: CloudSettings, hyper: Hyper, known: Columns, task: Task) -> Found:
    """What is kept of a draw. Raises Mismatch when it is of another."""
    nets = ("free", "maps", "vi", "hmc")
    arrays = dict(zip(nets, tensors(known, *nets, finite=True), strict=True))
    (arrays["walk"],) = tensors(known, "walk")
    params = hyper.k * (task.X.shape[1] + 1) + CLASSES * (hyper.k + 1)
    counts: Mapping[str, int] = {
        "free": settings.ensemble,
        "maps": settings.chains,
        "vi": settings.samples,
        "hmc": settings.samples,
    }
    shapes = {part: (count, params) for part, count in counts.items()} | {"walk": (2,)}
    if wrong := [part for part, array in arrays.items() if tuple(array.shape) != shapes[part]]:
        raise Mismatch(f"{', '.join(wrong)}: what is kept has another shape")
    return {part: array.numpy() for part, array in arrays.items()}
