"""What is said under the figures of the defence."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.defence import DYNAMIC, KINDS, STATIC, DefenceSettings
from explorer.labs.region.defence.numbers import by_seed, last, less, of, over_networks
from explorer.labs.region.kinds import EXTRA, FIRST, LEARNS
from explorer.labs.region.settings import LINF
from explorer.labs.region.told import counted, doubt, percent, span
from explorer.measure.regression import side

OURS = "The paper's code is not public: this training is our reading of its abstract."


def how(settings: DefenceSettings, networks: int) -> str:
    """What is learned from, and who errs in which direction."""
    unit = "a pixel" if settings.norm == LINF else "in |v|₂"
    return (
        f"{counted(networks, 'network')}, {settings.steps} steps on {settings.used} images, δ = {settings.delta:g} "
        f"{unit}, α = {settings.alpha:g}. New perturbations are sought as the old ones were: a better search may turn "
        f"more. {OURS}"
    )


def of_steps(table: Columns, settings: DefenceSettings) -> Sentence | None:
    """Old and new perturbations of the kind that is looked at."""
    rows = of(table, settings.model)
    if not len(rows["steps"]):
        return _learning(table)
    end, start = last(rows), where(rows, rows["steps"] == 0)
    step, networks = int(end["steps"][0]), len(end["seed"])
    old, new, clean = (over_networks(end, name) for name in ("old_success", "recomputed_success", "clean"))
    if not (math.isfinite(old[0]) and math.isfinite(new[0])):
        return None
    if step == 0:
        lead = (
            f"Before they are trained on, ten perturbations turn {percent(old[0])} of unseen images into their class."
        )
        return Sentence(lead, how(settings, networks))
    turned = f"old perturbations turn {percent(old[0])} of images, new ones {percent(new[0])}"
    lead = f"After {step} steps of {settings.model} {turned}."
    more, ends, both = less(end, "recomputed_success", end, "old_success")
    found = side(ends, 0) if np.isfinite(ends).all() else 0
    says = {
        1: "New ones do clearly more: the networks know the old ones, not all there are",
        -1: "New ones do clearly less than the old ones",
        0: "New ones do not clearly more or less than old ones",
    }[found]
    gap = f" ({100 * more:+.0f} points, {span(ends)}{doubt(ends)})" if both > 1 and span(ends) else ""
    before = over_networks(start, "old_success")[0]
    cost, cost_ends, _ = less(end, "clean", start, "clean")
    details = f"{says}{gap}. Before, they turned {percent(before)}. " if math.isfinite(before) else f"{says}{gap}. "
    if math.isfinite(cost):
        details += f"Right unperturbed: {percent(clean[0])}, {100 * cost:+.1f} points"
        details += f" ({span(cost_ends)}). " if span(cost_ends) else ". "
    return Sentence(lead, f"{details}They learn from {LEARNS[settings.model]}. {how(settings, networks)}")


def _learning(table: Columns) -> Sentence | None:
    """While they are trained for the first time."""
    rows = last(of(table, FIRST))
    right = over_networks(rows, "clean")[0]
    if not math.isfinite(right):
        return None
    step = int(rows["steps"][0])
    return Sentence(
        f"After {step} steps of their first training networks have {percent(right)} of unseen images right."
    )


def of_kinds(table: Columns, settings: DefenceSettings) -> Sentence | None:
    """All kinds that have come to their end, side by side."""
    ends = {kind: last(of(table, kind)) for kind in KINDS}
    ends = {kind: rows for kind, rows in ends.items() if len(rows["steps"]) and rows["steps"][0] == settings.steps}
    new = {kind: over_networks(rows, "recomputed_success") for kind, rows in ends.items()}
    new = {kind: found for kind, found in new.items() if math.isfinite(found[0])}
    if not new:
        return None
    said = ", ".join(f"{percent(value)} after {kind}" for kind, (value, _) in new.items())
    lead = f"New perturbations turn {said}."
    networks = max(len(by_seed(rows, "recomputed_success")) for rows in ends.values())
    details = "; ".join(
        f"{kind}: old {percent(over_networks(ends[kind], 'old_success')[0])}, new {percent(value)}"
        + (f" ({span(interval)})" if span(interval) else "")
        for kind, (value, interval) in new.items()
    )
    told = [details + "."]
    for kind, other in ((DYNAMIC, STATIC), (STATIC, EXTRA)):
        if kind in new and other in new:
            told.append(_compared(ends, kind, other))
    return Sentence(lead, f"{' '.join(told)} {how(settings, networks)}")


def _compared(ends: dict[str, Columns], kind: str, other: str) -> str:
    """Whether new perturbations do less after one kind than after another."""
    _, interval, _ = less(ends[kind], "recomputed_success", ends[other], "recomputed_success")
    found = side(interval, 0) if np.isfinite(interval).all() else 0
    way = {-1: "clearly fewer images", 1: "clearly more images", 0: "not clearly fewer or more images"}[found]
    return f"After {kind} they turn {way} than after {other}."


def of_attacks(table: Columns, settings: DefenceSettings) -> Sentence | None:
    """FGSM and PGD at the end, and whether more stays right than at the start."""
    parts, told = list[str](), list[str]()
    networks, step = 0, 0
    for attack in ("FGSM", "PGD"):
        rows = of(table, settings.model, attack)
        end, start = last(rows), where(rows, rows["steps"] == 0)
        value, interval = over_networks(end, "accuracy")
        if not math.isfinite(value):
            continue
        networks, step = len(end["seed"]), int(end["steps"][0])
        parts.append(f"{percent(value)}{'' if parts else ' of images right'} under {attack}")
        ends = f" ({span(interval)})" if span(interval) else ""
        more, about, both = less(end, "accuracy", start, "accuracy")
        found = side(about, 0) if np.isfinite(about).all() else 0
        way = {1: "clearly more", -1: "clearly fewer", 0: "not clearly more or fewer"}[found]
        told.append(
            f"{attack}{ends}: {way} than before ({100 * more:+.0f} points)." if both and step else f"{attack}{ends}."
        )
    if not parts:
        return None
    eps = float(of(table, settings.model)["eps"][0])
    lead = f"At ε = {eps:g} {settings.model} leaves {' and '.join(parts)}."
    if step == 0:
        lead = f"Before they are trained on, {' and '.join(parts)} (ε = {eps:g})."
    made = f"PGD: {settings.attack_steps} steps, {_tested(table)} images; a stronger attack may leave less."
    details = f"{' '.join(told)} {made} "
    return Sentence(lead, details + how(settings, networks))


def _tested(table: Columns) -> int:
    rows = table["tested"][table["model"] != FIRST]
    return int(rows.max(initial=0))
