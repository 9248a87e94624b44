"""Panel: samples of one posterior; then each number of them attacks, and each number defends."""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes.attack_table import ATTACK, CROSS_ENTROPY, EXPECTED, FGSM, NONE, PGD, RANDOM
from explorer.labs.bayes.attacks import AT_ONCE, BOX, FITTED, QUICK_STEPS, QUICK_TESTED, TURN
from explorer.labs.bayes.fits import read
from explorer.labs.bayes.gradient import counts
from explorer.labs.bayes.images import TESTED
from explorer.labs.bayes.portion import portion
from explorer.labs.bayes.posterior import Posterior, shown
from explorer.labs.bayes.samples import ALL, OTHERS, SAME, SamplesSettings
from explorer.labs.walks import Progress, Task
from explorer.measure import perturbations
from explorer.measure.criteria import Misclassified
from explorer.measure.crossed import crossed
from explorer.measure.perturbations import Attack, RandomSigns, fgsm
from explorer.measure.shares import paired, wilson
from explorer.nets.averaged import Averaged
from explorer.nets.expected import Expected
from explorer.nets.mlp import Mlp
from explorer.nets.population import Differentiable


@dataclass(frozen=True)
class Matrix:
    """At every radius, of every number that attacks (A) and defends (D), image by image.

    Attributes:
        right: whether the average is right. moved: the largest change of a class's probability.
    """

    attack: tuple[int, ...]
    defend: tuple[int, ...]
    right: Float[Tensor, "E A D n"]
    moved: Float[Tensor, "E A D n"]


def stream(
    settings: SamplesSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Repetition by repetition: a walk, with looks at what there is in the first one, then all attacks.

    With the arrays of a finished run nothing walks. When `stop()` turns true the generator ends without a last frame.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    kept, total = kept or {}, TURN * settings.seeds
    looked: Columns | None = None
    done: list[Columns] = []
    arrays: dict[str, np.ndarray] = {}

    def frame(share: float, note: str, looked: Columns | None = None) -> Frame:
        turn = len(done)
        table = ATTACK.joined([*done, *([looked] if looked else [])])
        last = turn == settings.seeds
        if settings.seeds > 1 and not last:
            note = f"seed {turn + 1} of {settings.seeds}: {note}"
        return Frame(int((turn + share) * TURN), total, {ATTACK.name: table}, dict(arrays) if last else {}, note)

    for seed in range(settings.seed, settings.seed + settings.seeds):
        task = read(settings, seed, device, max(TESTED, settings.tested))
        posterior = Posterior.of(settings, task, seed, device)
        about: dict[str, object] = {"seed": seed, "chains": settings.chains}

        looked = None if done else _looked(posterior.starts, task, settings, about, stop)

        def told(progress: Progress, task: Task = task, about: dict[str, object] = about) -> Frame:
            nonlocal looked
            models = progress.samples or progress.maps
            if models is not None and not done:
                looked = _looked(models, task, settings, about, stop)
            return frame(FITTED * progress.share, progress.note, looked)

        if FINISHED in kept:
            samples, walk = posterior.from_arrays(settings, kept[FINISHED])
        else:
            yield frame(0, "networks before training", looked)
            found = yield from shown(posterior.walked(settings, task, stop, kept), told)
            if found is None:
                return
            samples, walk = found
        whole = {**about, "accept": walk.accept, "rhat": walk.rhat, "whole": True}
        table = yield from _tabled(samples, task, settings, whole, stop)
        if table is None or stop():
            return
        done.append(table)
        arrays |= posterior.to_arrays(samples, walk)
        yield frame(0, "all attacks done")


def _tabled(
    samples: Mlp, task: Task, settings: SamplesSettings, about: dict[str, Any], stop: Stop, *, quick: bool = False
) -> Generator[None, None, Columns | None]:
    """Both matrices; None when that was stopped. `about`: of every row. `quick`: few images, few steps."""
    tested = min(QUICK_TESTED, settings.tested) if quick else settings.tested
    task = replace(task, seen=task.seen[:tested], labels=task.labels[:tested])
    steps, restarts = (
        (min(QUICK_STEPS, settings.attack_steps), 1) if quick else (settings.attack_steps, settings.restarts)
    )
    own = yield from matrix(samples, samples, task, settings, steps, restarts, stop, seed=about["seed"])
    if own is None:
        return None
    tables = [rows(own, SAME, settings, about)]
    half = len(samples) // 2
    if half:
        device = task.seen.device
        defend, attack = (
            samples.take(torch.arange(begin, begin + half, device=device)) for begin in (0, len(samples) - half)
        )
        others = yield from matrix(attack, defend, task, settings, steps, restarts, stop, seed=about["seed"])
        if others is None:
            return None
        tables.append(rows(others, OTHERS, settings, about, own))
    return ATTACK.joined(tables)


def _looked(models: Mlp, task: Task, settings: SamplesSettings, about: dict[str, object], stop: Stop) -> Columns | None:
    """The same of the networks that there are; None when that was stopped."""
    steps = _tabled(models, task, settings, {**about, "whole": False}, stop, quick=True)
    while True:
        try:
            next(steps)
        except StopIteration as ended:
            return ended.value


def matrix(
    attackers: Mlp,
    defenders: Mlp,
    task: Task,
    settings: SamplesSettings,
    steps: int,
    restarts: int,
    stop: Stop,
    *,
    seed: int,
) -> Generator[None, None, Matrix | None]:
    """The first 1, 2, 5 ... of either, a few images at a time; None when that was stopped."""
    attack, defend = counts(len(attackers)), counts(len(defenders))
    weight: Callable[[Mlp], Differentiable] = Expected if settings.attack == FGSM else Averaged
    device = task.seen.device
    models = [weight(attackers.take(torch.arange(count, device=device))) for count in attack]
    gradients = steps * restarts if settings.attack == PGD else 1
    widest = max(task.seen.shape[1], settings.k)
    size = portion(AT_ONCE, 8 * settings.params * len(attackers) * gradients, len(attackers) * widest)
    tested = len(task.labels)
    shape = len(settings.radii), len(attack), len(defend), tested
    right, moved = (torch.empty(shape, dtype=torch.float64) for _ in range(2))
    for begin in range(0, tested, size):
        here = slice(begin, min(begin + size, tested))
        X, aim = task.seen[here], Misclassified(task.labels[here])
        ways: dict[str, Attack] = {
            FGSM: fgsm("linf", BOX),
            PGD: perturbations.PGD("linf", steps, restarts, seed, BOX, first=begin, stop=stop),
            RANDOM: RandomSigns(1, seed, BOX, begin),
        }
        for e, eps in enumerate(settings.radii):
            for a, model in enumerate(models):
                if stop():
                    return None
                yield None
                found = crossed([model], defenders, defend, X, aim, ways[settings.attack], eps)
                if stop():
                    return None
                right[e, a, :, here] = (~found.met[0]).double().cpu()
                moved[e, a, :, here] = found.moved[0].double().cpu()
    return Matrix(attack, defend, right, moved)


def rows(
    found: Matrix, model: str, settings: SamplesSettings, about: dict[str, object], own: Matrix | None = None
) -> Columns:
    """A row for each radius and pair. `own`: the matrix that others are compared with, pair by pair."""
    parts = []
    for a, attack in enumerate(found.attack):
        for d, defend in enumerate(found.defend):
            right, moved = found.right[:, a, d], found.moved[:, a, d]
            base = _base(own or found, attack if own else defend, defend)
            parts.append(_pair(right, moved, base, settings, about, model, (attack, defend), SAME if own else ALL))
    return ATTACK.joined(parts)


def _base(found: Matrix, attack: int, defend: int) -> Tensor | None:
    """What is right of this pair at every radius; None where there is none."""
    if attack not in found.attack or defend not in found.defend:
        return None
    return found.right[:, found.attack.index(attack), found.defend.index(defend)]


def _pair(
    right: Tensor,
    moved: Tensor,
    base: Tensor | None,
    settings: SamplesSettings,
    about: dict[str, object],
    model: str,
    pair: tuple[int, int],
    than: str,
) -> Columns:
    accuracy = right.mean(1).tolist()
    ends = np.array([wilson(min(share, 1.0), right.shape[1]) for share in accuracy])
    beside: dict[str, object] = {}
    if base is not None:
        each: Sequence[tuple[float, tuple[float, float]]] = [paired(gap) for gap in (right - base).numpy()]
        low, high = np.array([ends for _, ends in each]).T
        beside = {"more": [middle for middle, _ in each], "more_low": low, "more_high": high}
    return ATTACK.filled(
        model=model,
        attack=settings.attack,
        loss={FGSM: EXPECTED, PGD: CROSS_ENTROPY, RANDOM: NONE}[settings.attack],
        eps=np.array(settings.radii),
        n_attack=pair[0],
        n_defend=pair[1],
        accuracy=accuracy,
        softmax_robustness=1 - moved.mean(1).numpy(),
        low=ends[:, 0],
        high=ends[:, 1],
        clean=accuracy[0],
        networks=1,
        tested=right.shape[1],
        than=than if base is not None else "",
        **beside,
        **about,
    )
