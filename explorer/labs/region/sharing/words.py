"""What is said under the figures of sharing."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.frames import Columns, Tables
from explorer.labs.region.defence.numbers import by_seed, less, over_networks
from explorer.labs.region.kinds import FIRST, PGD_STEPS
from explorer.labs.region.settings import LINF
from explorer.labs.region.sharing import EVERYBODY, SharingSettings, gradients
from explorer.labs.region.sharing.numbers import before, chosen, curve, furthest, hardened, of, sizes
from explorer.labs.region.told import counted, doubt, percent, span
from explorer.measure.regression import Interval, side

ALONE = 1
TOLERANCE = 0.05  # by which accuracy may rise from a size to a larger one and still count as falling


def how(rows: Columns, settings: SharingSettings) -> str:
    """How they are trained and attacked, and who errs in which direction."""
    unit = "a pixel" if settings.norm == LINF else "in length"
    tested = int(rows["tested"].max(initial=0))
    return (
        f"Trained on from the same weights, {settings.steps} steps on {settings.used} images, α = {settings.alpha:g}, "
        f"δ = {settings.delta:g} {unit}. PGD: ε = {settings.eps:g}, {settings.attack_steps} steps, {tested} unseen "
        f"images. One v: of δ, away from all labels, sought on {min(settings.images, settings.n)} images against each "
        "network after its training; its share is of the unseen images that are right. Better attacks may do more."
    )


def named(group: int) -> str:
    """Who shares."""
    if group == EVERYBODY:
        return "all images share one perturbation"
    return "each image has its own perturbation" if group == ALONE else f"{group} images share a perturbation"


def of_sharing(tables: Tables, settings: SharingSettings) -> Sentence | None:
    """What the size that is looked at withstands, beside one perturbation each."""
    rows = hardened(tables)
    group = chosen(rows, settings)
    if group is None:
        return _before(tables, settings)
    own = of(rows, group)
    pgd, turned = (over_networks(own, column) for column in ("pgd", "universal"))
    if not (math.isfinite(pgd[0]) and math.isfinite(turned[0])):
        return None
    lead = f"Where {named(group)}, {percent(pgd[0])} are right under PGD; one v for all turns {percent(turned[0])}."
    told = [
        f"{counted(len(by_seed(own, 'pgd')), 'network')}"
        + (f": {_share(pgd[1])} under PGD, {_share(turned[1])} turned." if span(pgd[1]) and span(turned[1]) else ".")
    ]
    alone = of(rows, ALONE)
    if group != ALONE and len(alone["group"]):
        told.append(_compared(own, alone))
    told.append(_monotone(rows))
    return Sentence(lead, " ".join(filter(None, [*told, how(rows, settings)])))


def _before(tables: Tables, settings: SharingSettings) -> Sentence | None:
    """The networks that are to be trained on, or still learn."""
    rows = before(tables)
    pgd, turned = (over_networks(rows, column)[0] for column in ("pgd", "universal"))
    if not math.isfinite(pgd):
        return None
    if FIRST in rows["model"]:
        lead = f"Networks that still learn have {percent(pgd)} right under a short PGD (ε = {settings.eps:g})."
        return Sentence(lead, "A longer attack leaves less.")
    end = f", and one v for all turns {percent(turned)}" if math.isfinite(turned) else ""
    return Sentence(f"Before they are trained on, {percent(pgd)} are right under PGD{end}.", how(rows, settings))


def _compared(own: Columns, alone: Columns) -> str:
    """Whether they withstand more or less than networks trained with one perturbation each, network by network."""
    said = []
    for column, what in (("pgd", "right under PGD"), ("universal", "turned by one v")):
        more, ends, _ = less(own, column, alone, column)
        found = side(ends, 0) if np.isfinite(ends).all() else 0
        way = {1: "clearly more", -1: "clearly fewer", 0: "not clearly more or fewer"}[found]
        about = f", {span(ends)}{doubt(ends)}" if span(ends) else ""
        by = f" ({100 * more:+.0f} points{about})" if math.isfinite(more) else ""
        said.append(f"{way} are {what}{by}")
    return f"Than with one each, {', '.join(said)}."


def _monotone(rows: Columns) -> str:
    """Whether the mean falls with the size of groups."""
    found = furthest(curve(rows, "pgd").value)
    if not math.isfinite(found):
        return ""
    many = len(sizes(rows))
    if found <= 0:
        return f"Over the {many} sizes of groups the mean under PGD never rises with the size."
    much = f"Over the {many} sizes of groups the mean under PGD rises by {100 * found:.1f} points at most with the size"
    return f"{much}: it is not said to fall." if found > TOLERANCE else f"{much}."


def of_cost(tables: Tables, settings: SharingSettings) -> Sentence | None:
    """Gradients, which are counted, and seconds, which are those of a machine."""
    rows = hardened(tables)
    group = chosen(rows, settings)
    if group is None:
        return None
    each = f"{gradients(ALONE):g} gradients at each image a step"
    if group == EVERYBODY:
        few = f"{gradients(EVERYBODY):g} gradients at each image a step, not {gradients(ALONE):g}"
        lead = f"One perturbation for all takes {few}."
    elif group == ALONE:
        lead = f"One perturbation each takes {each}."
    else:
        lead = f"Groups of {group} take {each}, as many as one perturbation each: sharing saves none."
    seconds, alone = (over_networks(of(rows, size), "seconds")[0] for size in (group, ALONE))
    told = []
    if math.isfinite(seconds):
        told.append(f"An epoch of one network took {_time(seconds)}")
        told[-1] += (
            f" ({seconds / alone:.2f} times that of one each)." if 0 < alone < math.inf and group != ALONE else "."
        )
    told.append(
        f"Gradients are counted: PGD takes {PGD_STEPS} at every image, however many share what it finds, universal AT "
        "1; then the network learns from each image as it is and perturbed. Seconds are those of the "
        "processor (of a GPU, by the clock) on the machine that trained: the median step times the "
        f"{counted(settings.used // settings.batch, 'step')} of an epoch, divided by the "
        f"{counted(settings.seeds, 'network')} side by side; searches and attacks are not in it."
    )
    return Sentence(lead, " ".join(told))


def _time(seconds: float) -> str:
    return f"{1000 * seconds:.3g} ms" if seconds < 1 else f"{seconds:.3g} s"


def _share(ends: Interval) -> str:
    """The interval of a share, which is between 0 and 1."""
    return span((max(0.0, ends[0]), min(1.0, ends[1])))
