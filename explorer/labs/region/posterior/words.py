"""What is said under the figures of the panel `posterior`."""

import math

from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.posterior import (
    ALL,
    AVERAGE,
    EACH,
    FOLLOWED,
    ITSELF,
    MAP,
    ONE,
    OTHER,
    WHOLE,
    PosteriorSettings,
)
from explorer.labs.region.posterior.numbers import apart, largest, of, way
from explorer.labs.region.settings import LINF
from explorer.labs.region.told import counted, doubt, percent, span

OURS = "The paper's code is not public: this search is our reading of its abstract."
CLEAR = {1: "clearly more", -1: "clearly fewer", 0: "not clearly more or fewer"}


def how(carried: Columns, settings: PosteriorSettings) -> str:
    """Of what, and who errs in which direction."""
    seeds = len(set(carried["seed"].tolist()))
    unit = "a pixel" if settings.norm == LINF else "|v|₂"
    tested = int(carried["tested"].max(initial=0))
    return (
        f"{settings.source.said}, n = {settings.n}; perceptrons with tanh, prior scale {settings.prior_scale:g}, the "
        f"same for MAP; {counted(seeds, 'seed')}, {tested} unseen images; δ = {settings.delta:g} ({unit}), from "
        f"{min(settings.images, settings.n)} images. An average is attacked by the gradient of its own prediction. A "
        f"better search may turn more. {OURS}"
    )


def compared(what: str, one: Columns, two: Columns) -> str:
    """Whether one turns more than the other, seed by seed; "" where nothing is known of both."""
    more, ends, both = apart(one, two)
    if not both:
        return ""
    points = f"{100 * more:+.0f} points"
    return f"{what}: {CLEAR[way(ends)]} ({', '.join(filter(None, [points, span(ends)]))}{doubt(ends)}). "


def of_average(carried: Columns, settings: PosteriorSettings) -> Sentence | None:
    """Whether the average is harder to move than the MAP network."""
    count = largest(carried)
    average, best, one = (of(carried, name, ITSELF) for name in (AVERAGE, MAP, ONE))
    values = [over_networks(rows, "success")[0] for rows in (average, best, one)]
    if not math.isfinite(values[0]) and not math.isfinite(values[1]):
        return None
    if not math.isfinite(values[0]):
        lead = (
            f"Against a MAP network one vector at δ = {settings.delta:g} turns {percent(values[1])} of unseen images."
        )
        return Sentence(lead, how(carried, settings))
    who = f"the average of {counted(count, 'sample')}"
    lead = f"Against {who} one vector turns {percent(values[0])} of unseen images"
    if math.isfinite(values[1]):
        _, ends, _ = apart(average, best)
        lead += f", against MAP {percent(values[1])}: {CLEAR[way(ends)]}"
    beside = f"One sample by itself: {percent(values[2])}. " if math.isfinite(values[2]) else ""
    told = compared("The average less MAP", average, best) + beside
    told += compared("The average less one sample", average, one)
    signs = over_networks(average, "signs")[0]
    chance = f"Random signs: {percent(signs)}. " if math.isfinite(signs) else ""
    return Sentence(
        f"{lead}.", f"{told}{chance}Orange: the same vectors on the average of all. {how(carried, settings)}"
    )


def of_carried(carried: Columns, settings: PosteriorSettings) -> Sentence | None:
    """What a perturbation made for one sample does to the average."""
    made, own = of(carried, ONE, WHOLE), of(carried, AVERAGE, ITSELF)
    value, itself = (over_networks(rows, "success")[0] for rows in (made, of(carried, ONE, ITSELF)))
    if not math.isfinite(value) or not math.isfinite(itself):
        return None
    count = settings.samples
    lead = f"Made for one sample, a vector turns {percent(itself)} there, {percent(value)} for the average of {count}"
    mine, told = math.nan, ""
    if largest(carried) == count:
        mine = over_networks(own, "success")[0]
        told = compared("On the average, made for one sample less made for itself", made, own)
        told += compared("On the average, made for MAP less made for itself", of(carried, MAP, WHOLE), own)
    lead += f"; made for it, {percent(mine)}." if math.isfinite(mine) else "."
    told += compared(
        "Made for one sample, on another less on itself", of(carried, ONE, OTHER), of(carried, ONE, ITSELF)
    )
    weak = "Who asks one sample to attack the average makes it look better than it is. "
    kind = weak if way(apart(made, own)[1]) < 0 and math.isfinite(mine) else ""
    return Sentence(lead, f"{told}{kind}{how(carried, settings)}")


def of_cancelled(cancelled: Columns, settings: PosteriorSettings) -> Sentence | None:
    """How much of a gradient is left when samples are averaged, and what chance would leave."""
    count = int(cancelled["samples"].max(initial=0))
    if count < 2:
        return None
    last = where(cancelled, cancelled["samples"] == count)
    rows = {name: where(last, last["gradient"] == name) for name in (EACH, ALL)}
    value = {name: over_networks(each, "ratio") for name, each in rows.items()}
    if not all(math.isfinite(middle) for middle, _ in value.values()):
        return None
    chance = count**-0.5
    lead = (
        f"The mean gradient of {count} samples is {percent(value[EACH][0])} as long as theirs at an image, "
        f"{percent(value[ALL][0])} over all; by chance {percent(chance)}."
    )
    told = []
    for name, (_, ends) in value.items():
        above = way((ends[0] - chance, ends[1] - chance))
        found = {1: "clearly longer", -1: "clearly shorter", 0: "not clearly longer or shorter"}[above]
        told.append(f"{name}: {found} than by chance{', ' + span(ends) if span(ends) else ''}")
    about = (
        "At an image: of the loss, of which Theorem 1 of Carbone et al. (2020) says that it vanishes for networks and "
        "data without end. Over all: of the mean loss towards a class, which these perturbations follow. "
    )
    return Sentence(lead, f"{'; '.join(told)}. {about}From {min(FOLLOWED, settings.images, settings.n)} images.")
