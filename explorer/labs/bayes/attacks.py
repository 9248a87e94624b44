"""Attacks on samples of a posterior and on what stands beside them: who attacks whom, measured image by image.

`attacked` is the stream of the panels that fill the table `attack`: fits, then attacks on them.
"""

from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Protocol, runtime_checkable

import numpy as np
import torch
from jaxtyping import Float
from torch import Tensor

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes import stored
from explorer.labs.bayes.attack_table import (
    ATTACK,
    CROSS_ENTROPY,
    EXPECTED,
    FGSM,
    MARGIN,
    NONE,
    PGD,
    RANDOM,
    Attacked,
)
from explorer.labs.bayes.fits import Fits, read
from explorer.labs.bayes.images import TESTED
from explorer.labs.bayes.mean_field import fit_all
from explorer.labs.bayes.portion import portion
from explorer.labs.through import through
from explorer.labs.walks import Diagnosis, Progress, Task
from explorer.measure import perturbations
from explorer.measure.criteria import Margin, Misclassified
from explorer.measure.perturbations import RandomSigns
from explorer.measure.regression import mean
from explorer.measure.shares import paired, wilson
from explorer.measure.softmax_robustness import double_shifts, shifts
from explorer.nets.averaged import Averaged
from explorer.nets.expected import Expected
from explorer.nets.mlp import Mlp
from explorer.nets.population import Differentiable

BOX = 0.0, 1.0  # of a pixel
AT_ONCE = 2e9  # multiplications of an attack between two questions whether to stop
QUICK_TESTED, QUICK_STEPS = 100, 3  # images of a first look, and steps of PGD there
TURN = 1000  # steps of the run that a repetition counts for
FITTED = 0.6  # share of them that fitting counts for


@dataclass(frozen=True)
class Case:
    """One attack on one model, or on several that each are attacked by themselves.

    Attributes:
        model, attack, loss: as in the table. attacker: whose gradients are followed. defender: who is asked what it
            sees; as many models. n_attack, n_defend: samples in each. networks: models that the mean is of.
        than: a model whose case, under the same attack, comes before; the difference to it is taken image by image.
    """

    model: str
    attack: str
    loss: str
    attacker: Differentiable
    defender: Differentiable
    n_attack: int = 1
    n_defend: int = 1
    networks: int = 1
    than: str = ""

    @property
    def kind(self) -> tuple[str, bool]:
        """What must be the same where two models are compared."""
        return self.attack, self.loss == MARGIN


@dataclass(frozen=True)
class Party:
    """What there is to be attacked so far."""

    samples: Mlp | None = None
    maps: Mlp | None = None
    free: Mlp | None = None
    vi: Mlp | None = None


@dataclass(frozen=True)
class Found:
    """Image by image, means over the models of a case: whether they are right at each radius, and what was moved.

    `twice`: what would have moved if softmax were taken twice; None where nobody asked.
    """

    right: Float[Tensor, "E n"]
    moved: Float[Tensor, "E n"]
    twice: Float[Tensor, "E n"] | None = None


@runtime_checkable
class Radii(Protocol):
    """Settings that name the radii of a curve."""

    @property
    def radii(self) -> tuple[float, ...]: ...


#: Which cases there are, of what there is.
Plan = Callable[[Party], Sequence[Case]]


def alone(model: str, attack: str, nets: Mlp | None, than: str = "", loss: str = CROSS_ENTROPY) -> list[Case]:
    """Networks, each attacked and defended by itself."""
    loss = NONE if attack == RANDOM else loss
    return [Case(model, attack, loss, nets, nets, networks=len(nets), than=than)] if nets else []


def together(model: str, attack: str, nets: Mlp | None, loss: str, than: str = "") -> list[Case]:
    """Networks that are asked for the average of their predictions, and attacked as one."""
    if not nets:
        return []
    defender = Averaged(nets)
    attacker = Expected(nets) if loss == EXPECTED else defender
    loss = NONE if attack == RANDOM else loss
    return [Case(model, attack, loss, attacker, defender, len(nets), len(nets), 1, than)]


def measured(
    case: Case, task: Task, settings: Attacked, stop: Stop, *, seed: int, quick: bool = False
) -> Generator[None, None, Found | None]:
    """The case at every radius, some images at a time; None when that was stopped.

    `seed`: of what is drawn at random. `quick`: few images, few steps.
    """
    tested = min(QUICK_TESTED if quick else settings.tested, settings.tested, len(task.labels))
    steps = min(QUICK_STEPS, settings.attack_steps) if quick else settings.attack_steps
    restarts = 1 if quick else settings.restarts
    gradients = steps * restarts if case.attack == PGD else 1
    models = case.n_attack * case.networks
    asked = max(case.n_attack, case.n_defend) * case.networks
    size = portion(AT_ONCE, 8 * settings.params * models * gradients, asked * max(task.seen.shape[1], settings.k))
    right, moved, twice = (torch.empty(len(settings.radii), tested, dtype=torch.float64) for _ in range(3))
    for begin in range(0, tested, size):
        here = slice(begin, min(begin + size, tested))
        X, labels = task.seen[here], task.labels[here]
        aim = Margin(labels) if case.loss == MARGIN else Misclassified(labels)
        before = case.defender.logits(X.expand(len(case.defender), -1, -1))
        for i, eps in enumerate(settings.radii):
            if stop():
                return None
            yield None
            attack = _attack(case.attack, steps, restarts, seed, begin, stop)
            after = case.defender.logits(attack(case.attacker, X, aim, eps)) if eps else before
            if stop():  # in the midst of it
                return None
            right[i, here] = (~aim.met(after)).double().mean(0).cpu()
            moved[i, here] = shifts(before, after).double().mean(0).cpu()
            twice[i, here] = double_shifts(before, after).double().mean(0).cpu()
    return Found(right, moved, twice)


def _attack(name: str, steps: int, restarts: int, seed: int, first: int, stop: Stop) -> perturbations.Attack:
    if name == PGD:
        return perturbations.PGD("linf", steps, restarts, seed, BOX, first=first, stop=stop)
    if name == FGSM:
        return perturbations.fgsm("linf", BOX)
    if name == RANDOM:
        return RandomSigns(1, seed, BOX, first)
    raise ValueError(f"attack = {name!r}: use {FGSM}, {PGD} or {RANDOM}")


def rows(case: Case, found: Found, reference: Found | None, settings: Radii, **about: object) -> Columns:
    """A row a radius; `reference`: what was found of the model that the case is compared with."""
    accuracy = found.right.mean(1).tolist()
    count = found.right.shape[1]
    ends = np.array([wilson(min(share, 1.0), count) for share in accuracy])
    beside: dict[str, object] = {}
    if reference is not None:
        each = [paired(difference) for difference in (found.right - reference.right).numpy()]
        low, high = np.array([ends for _, ends in each]).T
        beside = {"more": [middle for middle, _ in each], "more_low": low, "more_high": high}
    beside |= _robustness(found.moved, "softmax_robustness", "softmax")
    if found.twice is not None:
        beside |= _robustness(found.twice, "double_softmax", "double")
    return ATTACK.filled(
        model=case.model,
        attack=case.attack,
        loss=case.loss,
        eps=np.array(settings.radii),
        n_attack=case.n_attack,
        n_defend=case.n_defend,
        accuracy=accuracy,
        low=ends[:, 0],
        high=ends[:, 1],
        clean=accuracy[0],
        networks=case.networks,
        tested=count,
        than=case.than if reference is not None else "",
        **beside,
        **about,
    )


def _robustness(moved: Float[Tensor, "E n"], name: str, ends: str) -> Columns:
    """1 less the mean over images of what was moved, and its interval (Student's t), at every radius."""
    low, high = np.array([mean(1 - each)[1] for each in moved.numpy()]).T
    return {name: 1 - moved.mean(1).numpy(), f"{ends}_low": low, f"{ends}_high": high.clip(max=1)}


def all_rows(
    cases: Sequence[Case], task: Task, settings: Attacked, seed: int, diagnosis: Diagnosis | None, stop: Stop
) -> Generator[Columns | None, None, Columns | None]:
    """The rows of all cases, and after each those so far; `diagnosis`: None for a first look. None when stopped."""
    done: list[tuple[Case, Found]] = []
    parts: list[Columns] = []
    walk = {"accept": diagnosis.accept, "rhat": diagnosis.rhat} if diagnosis else {}
    about = {"seed": seed, "chains": settings.chains, "whole": diagnosis is not None, **walk}
    for case in cases:
        found = yield from measured(case, task, settings, stop, seed=seed, quick=diagnosis is None)
        if found is None:
            return None
        same = [other for before, other in done if before.model == case.than and before.kind == case.kind]
        done.append((case, found))
        parts.append(rows(case, found, same[-1] if same else None, settings, **about))
        yield ATTACK.joined(parts)
    return ATTACK.joined(parts)


def attacked(
    settings: Attacked, device: torch.device, stop: Stop, kept: Kept | None, plan: Plan
) -> Iterator[Frame | Cell | None]:
    """Repetition by repetition: a fit, with first looks at what there is in the first one, then the attacks.

    With the arrays of a finished run of equal training nothing is fitted. When `stop()` turns true the generator ends
    without a last frame.

    Raises:
        Absent: if the images are not here; the message says how to get them.
    """
    kept = kept or {}
    total, done, arrays = TURN * settings.seeds, list[Columns](), dict[str, np.ndarray]()

    def frame(turn: int, share: float, table: Columns | None, note: str) -> Frame:
        tables = {ATTACK.name: ATTACK.joined([*done, *([table] if table else [])])}
        last = len(done) == settings.seeds
        if settings.seeds > 1:
            note = f"seed {turn + 1} of {settings.seeds}: {note}"
        return Frame(int((turn + share) * TURN), total, tables, dict(arrays) if last else {}, note)

    for turn in range(settings.seeds):
        seed = settings.seed + turn
        task = read(settings, seed, device, max(TESTED, settings.tested))
        if FINISHED in kept:
            fits: Fits | None = stored.from_arrays(settings, kept[FINISHED], seed, settings.ensemble, device)
        else:
            fits, party, looked = None, Party(), None
            steps = fit_all(settings, task, seed, device, stop, kept)
            while True:
                try:
                    told = next(steps)
                except StopIteration as ended:
                    fits = ended.value
                    break
                if not isinstance(told, Progress):
                    yield told
                    continue
                new = {name: each for name in ("samples", "maps", "free") if (each := getattr(told, name)) is not None}
                if new and not turn:
                    party = replace(party, **new)
                    look = all_rows(plan(party), task, settings, seed, None, stop)
                    looked = yield from through(look)
                    if looked is None:
                        return
                yield frame(turn, FITTED * told.share, looked, told.note)
        if fits is None:
            return
        cases = plan(Party(fits.samples, fits.maps, fits.free, fits.vi))
        table = None
        measuring = all_rows(cases, task, settings, seed, fits.diagnosis, stop)
        at = 0
        while True:
            try:
                table = next(measuring)
            except StopIteration as ended:
                table = ended.value
                break
            if table is None:
                yield None
            else:
                at += 1
                yield frame(
                    turn, FITTED + (1 - FITTED) * (at - 0.5) / len(cases), table, f"attack {at} of {len(cases)}"
                )
        if table is None or stop():
            return
        done.append(table)
        arrays |= stored.to_arrays(fits, seed)
        yield frame(turn, 1, None, "all attacks done")
