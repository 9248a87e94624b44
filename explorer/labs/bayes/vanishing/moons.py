"""Posteriors of moons in the plane, one by one: the averaged gradient at every unseen point as a dot."""

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import cast

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.data.moons import moons
from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.fits import gradients
from explorer.labs.bayes.gradient import counts
from explorer.labs.bayes.moons import CLASSES, PLANE
from explorer.labs.bayes.vanishing import VanishingSettings
from explorer.labs.bayes.vanishing.plane import (
    LAST,
    MOST_STEPS,
    MOST_WARMUP,
    NOISE,
    SCATTER,
    SPREAD,
    TESTED,
    Which,
)
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Moment, Task, Walked
from explorer.measure.regression import mean
from explorer.train.target import classification

APART = 1 << 50  # what is added to seeds, so that no chain shares one with those on images


#: Makes a frame of a step, a note, and dots beside all that is done.
Show = Callable[[int, str, Columns], Frame]


@dataclass(frozen=True)
class Done:
    """Rows of one posterior, and what is said of it."""

    scatter: Columns
    spread: Columns
    note: str


def read(which: Which, seed: int, device: torch.device) -> Task:
    """The last `learned` of the N points of this repetition; the tested ones are the same for all."""
    points = moons(TESTED + which.points, PLANE, NOISE, seed)
    X, y = points.tensors(dtype=torch.float32, device=device)
    labels = (y > 0).long()
    return Task(X[-which.learned :], labels[-which.learned :], X[:TESTED], labels[:TESTED])


def own_settings(settings: VanishingSettings, which: Which) -> VanishingSettings:
    """How its chains walk: soon warm, and every draw is kept."""
    fewer = {"warmup": min(settings.warmup, MOST_WARMUP), "max_steps": min(settings.max_steps, MOST_STEPS)}
    return type(settings)(**settings.values() | fewer | {"k": which.width, "samples": which.samples, "thin": 1})


def posterior(
    settings: VanishingSettings,
    which: Which,
    seed: int,
    show: Show,
    before: int,
    device: torch.device,
    stop: Stop,
    kept: Kept,
) -> Generator[Frame | Cell | None, None, Done | None]:
    """Its dots and its row; None when `stop()` became true. `before`: iterations of those before it."""
    task, own = read(which, seed, device), own_settings(settings, which)
    first = APART + seed * MOST_CHAINS
    starts = fits.untrained(own, PLANE, CLASSES, range(first, first + own.chains), device)
    target = classification(starts, task.X, task.y, own.prior_scale)
    name = f"moons_k{which.width}_n{which.points}_{'last' if which.kind == LAST else 'all'}_s{seed}"
    climb = walks.descent(f"{name}_map", target, starts, own.max_steps, stop, kept)
    maps = yield from cast("Generator[Cell | None, None, Tensor | None]", climb)
    if maps is None:
        return None
    total = torch.zeros(TESTED, PLANE, dtype=torch.float64, device=device)
    votes = torch.zeros(TESTED, CLASSES, dtype=torch.float64, device=device)
    moment, walked, count = None, Walked(), 0
    told = f"moons: k = {which.width}, N = {which.points}, {which.kind}"
    for found in walks.walk(name, target, maps, own, first, stop, kept):
        if not isinstance(found, Moment):
            yield found
            continue
        moment, step = found, found.chains.step
        if step <= own.warmup:
            yield None
            continue
        models = starts.with_parameters(found.chains.position)
        walked.add(found.chains, models, task)
        taken = min(len(models), which.samples - count)
        logits, g = gradients(models, task)
        total += g[:taken].double().sum(0)
        votes += logits[:taken].double().softmax(-1).sum(0)
        looked = set(range(count + 1, count + taken + 1)) & set(counts(which.samples))
        count += taken
        if looked and count < which.samples:
            yield show(before + step, f"{told}, {count} samples", _dots(which, seed, count, total / count))
        else:
            yield None
    if moment is None or moment.chains.step < own.iterations or stop():
        return None
    average = total / count
    length = average.norm(dim=1).cpu().numpy()
    middle, (low, high) = mean(length)
    diagnosis = walked.diagnosis(moment.chains)
    row = SPREAD.filled(
        **_of(which, seed),
        samples=count,
        chains=own.chains,
        accept=diagnosis.accept,
        rhat=diagnosis.rhat,
        ess=diagnosis.ess,
        divergences=diagnosis.divergences,
        accuracy=float((votes.argmax(1) == task.labels).double().mean()),
        mean_length=middle,
        low=low,
        high=high,
        median_length=np.median(length),
    )
    return Done(_dots(which, seed, count, average), row, told)


def _of(which: Which, seed: int) -> dict[str, object]:
    about = {"kind": which.kind, "width": which.width, "points": which.points, "learned": which.learned}
    return {**about, "seed": seed}


def _dots(which: Which, seed: int, count: int, average: Float[Tensor, "T 2"]) -> Columns:
    x, y = average.cpu().numpy().T
    return SCATTER.filled(**_of(which, seed), n_samples=count, point=np.arange(TESTED), along_x=x, along_y=y)
