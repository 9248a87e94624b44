"""Panel: one posterior of images after another; whatever a walk draws joins the averaged gradients at once."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace
from typing import cast

import numpy as np
import torch
from torch import Tensor

from explorer.frames import Cell, Columns, Frame, Kept
from explorer.labs import Stop, walks
from explorer.labs.bayes import fits
from explorer.labs.bayes.fits import gradients
from explorer.labs.bayes.gradient import GRADIENT, SELECTED
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.vanishing import (
    COMPONENTS,
    PICTURES,
    RANDOM,
    SHOWN,
    VANISHING,
    VanishingSettings,
    moons,
    stages,
)
from explorer.labs.bayes.vanishing.plane import SCATTER, SPREAD
from explorer.labs.bayes.vanishing.state import State
from explorer.labs.sampling import MOST_CHAINS
from explorer.labs.walks import Moment, Task, Walked
from explorer.train.target import classification

LOOK = 5  # iterations of the warm-up between two frames


@dataclass
class Film:
    """What all frames have so far."""

    settings: VanishingSettings
    gradient: list[Columns] = field(default_factory=list)
    done: list[Columns] = field(default_factory=list)
    pictures: Columns = field(default_factory=PICTURES.empty)
    components: Columns = field(default_factory=COMPONENTS.empty)
    scatter: list[Columns] = field(default_factory=list)
    spread: list[Columns] = field(default_factory=list)

    @property
    def total(self) -> int:
        settings = self.settings
        moons = sum(map(settings.moons_iterations, settings.moons_of(settings.widths)))
        return settings.seeds * (settings.iterations * len(settings.posteriors) + moons)

    def dotted(self, step: int, note: str, dots: Columns) -> Frame:
        """With those of a posterior of moons that is not done."""
        return self.frame(step, note, dots=[dots])

    def frame(self, step: int, note: str, now: list[Columns] | None = None, dots: list[Columns] | None = None) -> Frame:
        """`now`, `dots`: rows of a posterior, of images or of moons, that is not done."""
        tables = {
            "gradient": GRADIENT.joined([*self.gradient, *(now or [])]),
            "pictures": self.pictures,
            "components": self.components,
            "vanishing": VANISHING.joined(self.done),
            "scatter": SCATTER.joined([*self.scatter, *(dots or [])]),
            "spread": SPREAD.joined(self.spread),
        }
        return Frame(step, self.total, tables, {}, note)


@dataclass(frozen=True)
class Turn:
    """One posterior of the run.

    Attributes:
        settings: its own. first: whether it is the one that is looked at. before: iterations of those before it.
    """

    settings: VanishingSettings
    seed: int
    first: bool
    before: int

    @property
    def name(self) -> str:
        return f"k{self.settings.k}_n{self.settings.n}_s{self.seed}"

    def said(self, note: str, seeds: int) -> str:
        whose = "" if self.first and seeds == 1 else f"k = {self.settings.k}, n = {self.settings.n}: "
        return f"seed {self.seed}, {whose}{note}" if seeds > 1 else f"{whose}{note}"


def stream(
    settings: VanishingSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """All posteriors of each repetition in turn, then moons; pictures are of the very first.

    No last frame when `stop()` is true.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    film, before = Film(settings), 0
    most = max(n for _, n in settings.posteriors)
    for seed in range(settings.seed, settings.seed + settings.seeds):
        whole = fits.read(settings.like(settings.k, most), seed, device)
        for k, n in settings.posteriors:
            turn = Turn(settings.like(k, n), seed, before == 0, before)
            task = replace(whole, X=whole.X[:n], y=whole.y[:n])  # fewer images of a seed are the first of more
            done = yield from _posterior(turn, task, film, device, stop, kept or {})
            if not done:
                return
            before += settings.iterations
        for which in settings.moons_of(settings.widths):
            found = yield from moons.posterior(settings, which, seed, film.dotted, before, device, stop, kept or {})
            if not found:
                return
            before += settings.moons_iterations(which)
            film.scatter.append(found.scatter)
            film.spread.append(found.spread)
            yield film.frame(before, found.note)


def _posterior(
    turn: Turn, task: Task, film: Film, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Frame | Cell | None, None, bool]:
    """Whether it came to its end."""
    settings, seed, seeds = turn.settings, turn.seed, film.settings.seeds
    if turn.first:
        film.pictures = pictures(task, settings)
        yield film.frame(0, "unseen images; networks start at MAP estimates")
    own = seed * MOST_CHAINS  # no two chains of any repetitions share a seed
    starts = fits.untrained(settings, task.X.shape[1], CLASSES, range(own, own + settings.chains), device)
    target = classification(starts, task.X, task.y, settings.prior_scale)
    climb = walks.descent(f"{turn.name}_map", target, starts, settings.max_steps, stop, kept)
    maps = yield from cast("Generator[Cell | None, None, Tensor | None]", climb)  # which nobody asked how far it is
    if maps is None:
        return False
    state = State.of(task, CLASSES, settings.samples)
    moment, walked = None, Walked()
    for found in walks.walk(turn.name, target, maps, settings, own, stop, kept):
        if not isinstance(found, Moment):
            yield found
            continue
        moment, step = found, found.chains.step
        models = starts.with_parameters(found.chains.position)
        if step <= settings.warmup:
            note = turn.said(f"warm-up: iteration {step} of {settings.warmup}", seeds)
            if turn.first and step % LOOK == 0:
                g = gradients(models.take(torch.tensor([0], device=device)), task)[1][0]
                film.pictures = pictures(task, settings, {1: g.double().cpu().numpy()})
                yield film.frame(turn.before + step, note)
            else:
                yield film.frame(turn.before + step, note) if step % LOOK == 0 else None
            continue
        walked.add(found.chains, models, task)
        if (step - settings.warmup) % settings.thin:
            yield None
            continue
        for i in range(min(len(models), settings.samples - state.once.count)):
            if state.add(models.take(torch.tensor([i], device=device))):
                state.look(settings.k, settings.n, seed)
                if turn.first:
                    film.components = COMPONENTS.joined(state.components)
                    film.pictures = pictures(task, settings, state.averages, state.chosen)
                n = state.once.count
                if n < settings.samples:
                    now = [*state.rows, state.selected(settings.k, settings.n, seed)]
                    yield film.frame(turn.before + step, turn.said(f"{n} of {settings.samples} samples", seeds), now)
            if stop():
                return False
        yield None
    if moment is None or moment.chains.step < settings.iterations or stop():
        return False
    film.gradient += [*state.rows, state.selected(settings.k, settings.n, seed)]
    diagnosis = walked.diagnosis(moment.chains)
    film.done.append(
        VANISHING.filled(
            width=settings.k,
            points=settings.n,
            seed=seed,
            samples=settings.samples,
            chains=settings.chains,
            accept=diagnosis.accept,
            step_size=diagnosis.step_size,
            rhat=diagnosis.rhat,
            ess=diagnosis.ess,
            divergences=diagnosis.divergences,
            accuracy=state.accuracy,
            tested=len(task.labels),
            **state.shares,
        )
    )
    yield film.frame(turn.before + settings.iterations, turn.said(f"{settings.samples} samples", seeds))
    return True


def pictures(
    task: Task,
    settings: VanishingSettings,
    averages: dict[int, np.ndarray] | None = None,
    chosen: np.ndarray | None = None,
) -> Columns:
    """The first images, and the first of those chosen, with their averaged gradients."""
    seen = task.seen.double().cpu().numpy()
    side = round(seen.shape[1] ** 0.5)
    rows, columns = (part.ravel() for part in np.indices((side, side)))
    shown = {n: average for n, average in (averages or {}).items() if n in stages(settings.samples)}
    found = []
    for kind, images in ((RANDOM, np.arange(len(seen))), (SELECTED, chosen)):
        for rank, i in enumerate([] if images is None else images[:SHOWN].tolist(), 1):
            about = {
                "kind": kind,
                "rank": rank,
                "image": i,
                "label": settings.source.classes[int(task.labels[i])],
                "row": rows,
                "column": columns,
            }
            for n, values in {0: seen, **shown}.items():
                norm = np.abs(values[i]).max() if n else np.nan
                found.append(PICTURES.filled(**about, n_samples=n, norm=norm, value=values[i]))
    return PICTURES.joined(found)
