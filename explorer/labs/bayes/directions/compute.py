"""Panel: a posterior on padded moons under attacks off the data and in all directions; then others beside it."""

from collections.abc import Generator, Iterator
from dataclasses import dataclass, field, replace

import numpy as np
import torch

from explorer.frames import FINISHED, Cell, Columns, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, CROSS_ENTROPY, ENSEMBLE, FREE, MAP, NONE, ONE
from explorer.labs.bayes.attacks import AT_ONCE, Case, Found, Party, rows
from explorer.labs.bayes.directions import (
    ALONE,
    COLLAPSE,
    FULL,
    OFF,
    OTHER_HALF,
    RANDOM_OFF,
    DirectionsSettings,
)
from explorer.labs.bayes.directions.bank import Place, Posterior, fit, from_arrays, padded, to_arrays
from explorer.labs.bayes.directions.collapsed import collapse
from explorer.labs.bayes.moons import PLANE
from explorer.labs.bayes.padded import read
from explorer.labs.bayes.portion import portion
from explorer.labs.through import through
from explorer.labs.walks import Progress, Task
from explorer.measure import perturbations
from explorer.measure.criteria import Misclassified
from explorer.measure.perturbations import RandomSigns
from explorer.measure.softmax_robustness import shifts
from explorer.nets.averaged import Averaged
from explorer.nets.mlp import Mlp
from explorer.nets.sliced import Sliced

QUICK_TESTED, QUICK_STEPS = 50, 3  # points of a first look, and steps of PGD there
TURN = 1000  # steps of the run that a posterior counts for
FITTED = 0.5  # share of them that fitting the first one counts for
OFTEN = 5  # iterations between two frames, at most


def alone(model: str, attack: str, nets: Mlp | None) -> list[Case]:
    """Networks, each attacked and defended by itself."""
    than = "" if model == MAP else MAP
    return [Case(model, attack, CROSS_ENTROPY, nets, nets, networks=len(nets), than=than)] if nets else []


def together(model: str, attack: str, attacker: Mlp | None, defender: Mlp | None = None) -> list[Case]:
    """Networks that are asked for the average of their predictions, attacked along its gradient or that of others."""
    if not attacker or not len(attacker):
        return []
    defender = defender or attacker
    loss = NONE if attack == RANDOM_OFF else CROSS_ENTROPY
    sizes = len(attacker), len(defender)
    return [Case(model, attack, loss, Averaged(attacker), Averaged(defender), *sizes, 1, MAP)]


def halves(samples: Mlp) -> tuple[Mlp, Mlp]:
    """Samples 0, 2, ... and 1, 3, ...: where chains take turns and their number is even, of other chains."""
    at = torch.arange(len(samples), device=samples.layers[0].W.device)
    return samples.take(at[::2]), samples.take(at[1::2])


def some(samples: Mlp | None) -> Mlp | None:
    """A few of them, evenly."""
    if not samples:
        return None
    few = torch.linspace(0, len(samples) - 1, min(ALONE, len(samples)), device=samples.layers[0].W.device)
    return samples.take(few.round().long())


def cases(party: Party) -> list[Case]:
    """Who is attacked, of what there is; MAP first, with which the others are compared."""
    found = []
    for attack in (OFF, FULL):
        found += alone(MAP, attack, party.maps) + alone(FREE, attack, party.free)
        found += together(ENSEMBLE, attack, party.free)
        found += alone(ONE, attack, some(party.samples)) + together(AVERAGE, attack, party.samples)
        if party.samples and len(party.samples) > 1:
            found += together(OTHER_HALF, attack, *halves(party.samples))
    return found + together(AVERAGE, RANDOM_OFF, party.samples)


def measured(
    case: Case, task: Task, settings: DirectionsSettings, stop: Stop, *, seed: int, quick: bool = False
) -> Generator[None, None, Found | None]:
    """The case at every radius; None when that was stopped. `quick`: few points, few steps."""
    tested = min(QUICK_TESTED, len(task.labels)) if quick else len(task.labels)
    steps = min(QUICK_STEPS, settings.attack_steps) if quick else settings.attack_steps
    restarts = 1 if quick else settings.restarts
    asked = max(case.n_attack, case.n_defend) * case.networks
    size = portion(AT_ONCE, 8 * settings.params * asked, asked * max(task.seen.shape[1], settings.k))
    right, moved = (torch.empty(len(settings.radii), tested, dtype=torch.float64) for _ in range(2))
    for begin in range(0, tested, size):
        here = slice(begin, min(begin + size, tested))
        X, aim = task.seen[here], Misclassified(task.labels[here])
        if case.attack == RANDOM_OFF:
            attack: perturbations.Attack = RandomSigns(1, seed, first=begin)
        else:
            attack = perturbations.PGD("linf", steps, restarts, seed, first=begin, stop=stop)
        attacker, defender, at = case.attacker, case.defender, X
        if case.attack != FULL:
            attacker, defender, at = Sliced(attacker, X[:, :PLANE]), Sliced(defender, X[:, :PLANE]), X[:, PLANE:]
        before = defender.logits(at.expand(len(defender), -1, -1))
        for i, eps in enumerate(settings.radii):
            if stop():
                return None
            yield None
            after = defender.logits(attack(attacker, at, aim, eps)) if eps else before
            if stop():  # in the midst of it
                return None
            right[i, here] = (~aim.met(after)).double().mean(0).cpu()
            moved[i, here] = shifts(before, after).double().mean(0).cpu()
    return Found(right, moved)


@dataclass
class Film:
    """What all frames have so far."""

    settings: DirectionsSettings
    attack: list[Columns] = field(default_factory=list)
    collapse: list[Columns] = field(default_factory=list)
    arrays: dict[str, np.ndarray] = field(default_factory=dict)

    def frame(self, turn: float, note: str, now: list[Columns] | None = None, *, last: bool = False) -> Frame:
        """After so many posteriors; `now`: rows of attacks that are not all done."""
        total = TURN * self.settings.seeds * len(self.settings.posteriors)
        tables = {
            "attack": ATTACK.joined([*self.attack, *(now or [])]),
            "collapse": COLLAPSE.joined(self.collapse),
        }
        return Frame(int(turn * TURN), total, tables, dict(self.arrays) if last else {}, note)


def stream(
    settings: DirectionsSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """The first posterior of each repetition and all attacks on it, then the others; cells are those of the first.

    With the arrays of a finished run of equal training nothing is fitted. No last frame when `stop()` turns true.
    """
    kept, film, count = kept or {}, Film(settings), len(settings.posteriors)
    yield film.frame(0, "networks start at random")
    for repetition in range(settings.seeds):
        seed, main = settings.seed + repetition, None
        task = read(settings, seed, device)
        for turn, (_, dims) in enumerate(settings.posteriors):
            place = Place(settings, padded(task, dims), turn, seed)
            before = repetition * count + turn
            if FINISHED in kept:
                found: Posterior | None = from_arrays(place, kept[FINISHED], device)
            else:
                found = yield from _fitted(place, film, before, device, stop, kept)
            if found is None:
                return
            if main is None:
                main = found.samples
                done = yield from _attacked(place, film, found, before, stop)
                if not done:
                    return
            film.collapse.append(collapse(place, found, main, stop))
            film.arrays |= to_arrays(place, found)
            if stop():
                return
            last = before + 1 == count * settings.seeds
            yield film.frame(before + 1, f"posterior {before + 1} of {count * settings.seeds}", last=last)


def _fitted(
    place: Place, film: Film, before: int, device: torch.device, stop: Stop, kept: Kept
) -> Generator[Frame | Cell | None, None, Posterior | None]:
    """The fit, with frames of how far it is, and of the very first one looks at what there is. None when stopped."""
    settings, party = place.settings, Party()
    now: list[Columns] = []
    share = FITTED if place.turn == 0 else 1.0
    steps = fit(place, device, stop, kept if place.turn == 0 else {})
    while True:
        try:
            told = next(steps)
        except StopIteration as ended:
            return ended.value
        if not isinstance(told, Progress):
            yield told if place.turn == 0 else None  # the others take seconds: nobody keeps them
            continue
        step = round(told.share * settings.iterations)
        new = {name: nets for name in ("samples", "maps", "free") if (nets := getattr(told, name)) is not None}
        if new and before == 0:
            party, now = replace(party, **new), []
            looked = yield from through(_rows(cases(party), place, None, stop))
            if looked is None:
                return None
            now = [looked]
        elif step % OFTEN:
            yield None
            continue
        yield film.frame(before + share * step / (settings.iterations + 1), _said(place, told.note), now)


def _attacked(
    place: Place, film: Film, found: Posterior, before: int, stop: Stop
) -> Generator[Frame | None, None, bool]:
    """Whether all attacks on the first posterior came to their end."""
    plan = cases(Party(found.samples, found.maps, found.free))
    steps, at = _rows(plan, place, found, stop), 0
    while True:
        try:
            table = next(steps)
        except StopIteration as ended:
            if ended.value is None or stop():
                return False
            film.attack.append(ended.value)
            return True
        if table is None:
            yield None
        else:
            at += 1
            done = FITTED + (1 - FITTED) * at / (len(plan) + 1)
            yield film.frame(before + done, _said(place, f"attack {at} of {len(plan)}"), [table])


def _rows(
    plan: list[Case], place: Place, found: Posterior | None, stop: Stop
) -> Generator[Columns | None, None, Columns | None]:
    """The rows of all cases, and after each those so far; `found`: None for a first look. None when stopped."""
    settings = place.settings
    walk = {"accept": found.diagnosis.accept, "rhat": found.diagnosis.rhat} if found else {}
    about = {"seed": place.seed, "chains": settings.chains, "whole": found is not None, **walk}
    parts: list[Columns] = []
    references: dict[str, Found] = {}
    for case in plan:
        each = yield from measured(case, place.task, settings, stop, seed=place.seed, quick=found is None)
        if each is None:
            return None
        reference = references.get(case.attack) if case.than else None
        if case.model == MAP:
            references[case.attack] = each
        parts.append(rows(case, each, reference, settings, **about))
        yield ATTACK.joined(parts)
    return ATTACK.joined(parts)


def _said(place: Place, note: str) -> str:
    count = len(place.settings.posteriors)
    whose = f"s = {place.scale:g}, {place.dims} coordinates: " if place.turn and count > 1 else ""
    return f"{whose}{note}" if place.settings.seeds == 1 else f"seed {place.seed}, {whose}{note}"
