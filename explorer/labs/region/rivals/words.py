"""What is said under the figures of the rivals."""

import math

import numpy as np

from explorer.figures.sentence import Sentence
from explorer.frames import Columns
from explorer.labs.region.defence.numbers import less, over_networks
from explorer.labs.region.kinds import EXTRA, FIRST, LEARNS, PGD_AT, STATIC
from explorer.labs.region.rivals import BASE, CARLINI, FGSM, KINDS, PGD, UNIVERSAL, RivalsSettings
from explorer.labs.region.rivals.numbers import MODELS, at, of, radius
from explorer.labs.region.settings import L2
from explorer.labs.region.tables import DEFENCE, TRANSFER, WHITE_BOX
from explorer.labs.region.told import doubt, percent, span
from explorer.measure.regression import side

OURS = "The paper's code is not public: RAT is our reading of its abstract."
SAID = {FGSM: "FGSM", PGD: "PGD", CARLINI: "C&W", UNIVERSAL: "one v for all images"}


def how(table: Columns, settings: RivalsSettings) -> str:
    """How they are trained and attacked, and who errs in which direction."""
    ways = {
        FGSM: "FGSM: one step along the signs of the gradient",
        PGD: f"PGD: {settings.attack_steps} steps, {settings.restarts} starts",
        CARLINI: "C&W: the nearest point found in l2; made for another network it lies just behind that one's boundary",
        UNIVERSAL: f"One perturbation away from all labels, sought on {min(settings.images, settings.n)} images",
    }
    tested = int(table["tested"].max(initial=0))
    return (
        f"{ways[settings.attack]}; {tested} unseen images. All are trained on from the same weights, {settings.steps} "
        f"steps on {settings.used} images, α = {settings.alpha:g}, δ = {settings.delta:g} for all; control: "
        f"{LEARNS[EXTRA]}. A stronger attack may leave less. {OURS}"
    )


def _found(table: Columns, settings: RivalsSettings, access: str) -> tuple[float, dict[str, Columns]]:
    """The radius that is spoken of, and the rows there of every model that has some."""
    rows = {model: of(table, model, settings.attack, access) for model in MODELS}
    eps = radius(DEFENCE.joined(rows.values()), settings)
    there = {model: at(own, eps) for model, own in rows.items()}
    return eps, {model: own for model, own in there.items() if math.isfinite(over_networks(own, "accuracy")[0])}


def _radius(eps: float, settings: RivalsSettings) -> str:
    """In words."""
    return f"|x' − x|₂ = {eps:.2g}" if settings.attack == CARLINI or settings.norm == L2 else f"ε = {eps:g}"


def of_rivals(table: Columns, settings: RivalsSettings) -> Sentence | None:
    """Who stays right at the radius that is looked at."""
    eps, there = _found(table, settings, settings.access)
    if not there:
        return None
    value = {model: over_networks(rows, "accuracy") for model, rows in there.items()}
    under = f"Under {SAID[settings.attack]} at {_radius(eps, settings)}"
    if settings.access == TRANSFER:
        under += ", made for the base network,"
    if list(there) == [BASE]:
        learn = BASE not in table["model"]
        name = "networks that still learn" if learn else "the base network"
        verb = "have" if learn else "has"
        made = "Attacks of a few steps, while they learn: stronger ones leave less." if learn else how(table, settings)
        return Sentence(f"{under} {name} {verb} {percent(value[BASE][0])} right.", made)
    names = [model for model in (STATIC, PGD_AT, EXTRA) if model in there] or [next(iter(there))]
    first, *rest = (
        f"{model} has {percent(value[model][0])} right" if i == 0 else f"{model} {percent(value[model][0])}"
        for i, model in enumerate(names)
    )
    lead = f"{under} {', '.join([first, *rest])}."
    all_of_them = "; ".join(
        f"{model} {percent(share)}" + (f" ({span(ends)})" if span(ends) else "")
        for model, (share, ends) in value.items()
    )
    told = [f"{all_of_them}."]
    for model, other in ((STATIC, EXTRA), (PGD_AT, STATIC)):
        if model in there and other in there:
            told.append(_compared(there[model], there[other], model, other))
    return Sentence(lead, f"{' '.join(told)} {how(table, settings)}")


def _compared(one: Columns, two: Columns, model: str, other: str) -> str:
    """Whether one model has more right than another, network by network."""
    more, ends, _ = less(one, "accuracy", two, "accuracy")
    found = side(ends, 0) if np.isfinite(ends).all() else 0
    way = {1: "clearly more", -1: "clearly fewer", 0: "not clearly more or fewer"}[found]
    about = f", {span(ends)}{doubt(ends)}" if span(ends) else ""
    by = f" ({100 * more:+.0f} points{about})" if math.isfinite(more) else ""
    return f"{model[0].upper()}{model[1:]} has {way} right than {other}{by}."


def of_access(table: Columns, settings: RivalsSettings) -> Sentence | None:
    """Points that were made for the network itself, beside those made for the base network."""
    (eps, own), (_, other) = (_found(table, settings, access) for access in (WHITE_BOX, TRANSFER))
    both = [model for model in MODELS if model in own and model in other]
    if not both or (FIRST in table["model"] and BASE not in table["model"]):
        return None
    model = STATIC if STATIC in both else next((kind for kind in KINDS if kind in both), BASE)
    white, far = (over_networks(rows[model], "accuracy")[0] for rows in (own, other))
    under = f"{SAID[settings.attack]} at {_radius(eps, settings)}"
    name = {STATIC: "static RAT", BASE: "the base network"}.get(model, model)
    shares = f"{percent(white)} right if made for it, {percent(far)} if for the base"
    lead = f"{under[0].upper()}{under[1:]} leaves {name} {shares}."
    told = []
    for kind in both:
        if kind == BASE:
            continue
        more, ends, _ = less(other[kind], "accuracy", own[kind], "accuracy")
        found = side(ends, 0) if np.isfinite(ends).all() else 0
        way = {1: "clearly more", -1: "clearly fewer", 0: "not clearly more"}[found]
        by = f", {span(ends)}{doubt(ends)}" if span(ends) else ""
        told.append(f"{kind}: {way} ({100 * more:+.0f} points{by})")
    about = f"Right on points made for the base network, less right on its own: {'; '.join(told)}. " if told else ""
    hidden = "Who only moves out of the way of the base network's points looks robust in the rings alone. "
    return Sentence(lead, f"{about}{hidden}{how(table, settings)}")
