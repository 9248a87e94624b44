"""Figures of the samples panel: a cell for each number that attacks and that defends, and curves where both are one."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin, Rectangles
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Inside, Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_numbers import accuracy, best, of_what, over, points, span
from explorer.labs.bayes.attack_table import ATTACK, FGSM, PGD, RANDOM, SAID, nearest
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.samples import OTHER, OTHERS, SAME, SamplesSettings
from explorer.labs.bayes.samples.numbers import Along, along, cells, common, gap, level, most, of, single
from explorer.labs.bayes.told import percent

SLOTS = (
    Slot(
        "samples",
        "Few attack, many defend",
        "% right at the chosen ε; upwards: samples that defend",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "samples-curves",
        "Its own samples, or others",
        "share that stays right with the average",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("samples that attack, defend", "@n_attack{%d}, @n_defend{%d}"),
    ("eps", "@eps{%.3g}"),
    ("right under attack ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("over what it is compared with", "@more{%.3f}, 95 % [@more_low{%.3f}, @more_high{%.3f}]"),
    ("unattacked", "@clean{%.3f}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Cells at the chosen radius, and curves over the number that attacks."""
    table, settings = best(ATTACK.among(tables)), look.settings
    table = where(table, table["eps"] == nearest(table, settings.eps))
    return _cells(of(table, OTHERS if settings.attacker == OTHER else SAME)), _curves(table)


def edges(places: np.ndarray) -> np.ndarray:
    """Ends of the cells around rising positive places on a logarithmic axis; the outer cells are symmetric."""
    at = np.log(places.astype(float)) if len(places) else np.zeros(1)
    half = np.diff(at) / 2 if len(at) > 1 else np.full(1, np.log(2) / 2)
    return np.exp(np.concatenate([at[:1] - half[:1], at[:-1] + half[: len(at) - 1], at[-1:] + half[-1:]]))


def _cells(table: Columns) -> Figure:
    """A cell a pair, the mean over seeds in it."""
    found = cells(table)
    sides = []
    for column in ("n_attack", "n_defend"):
        places = np.unique(found[column])
        at, ends = np.searchsorted(places, found[column]), edges(places)
        sides += [ends[at], ends[at + 1]]
    left, right, bottom, top = sides
    shade = found["accuracy"]
    texts = [f"{100 * share:.0f}" for share in shade]
    marks: list[Mark] = [
        Rectangles("cells", left, right, bottom, top, shade, tip=TIP, hover=found),
        Inside("numbers", found["n_attack"], found["n_defend"], texts, shade),
    ]
    return Figure("samples", marks, Axis("samples that attack", log=True), Axis("samples that defend", log=True))


def _curves(table: Columns) -> Figure:
    """Where as many attack as defend, and where one does."""
    own, others, one = level(table, SAME), level(table, OTHERS), single(table, SAME)
    dots, beside = (where(rows, rows["n_attack"] == rows["n_defend"]) for rows in (of(table, SAME), of(table, OTHERS)))
    texts = [
        Label(one.x, one.value, "one of its own attacks", "ink", 9),
        Label(others.x[:1], others.value[:1], "n others attack", "law", 12, align="left", dx=-4),
        Label(own.x[:2], own.value[:2], "its own n attack", "found", -20, align="left", dx=8),
    ]
    marks: list[Mark] = [
        Band("band-others", others.x, others.low, others.high, "law"),
        Band("band-own", own.x, own.low, own.high, "found"),
        Line("one", one.x, one.value, "ink", dash="dotted"),
        Line("others", others.x, others.value, "law", width=2.5),
        Line("own", own.x, own.value, "found", width=2.5),
        Pin("pin", own.x, own.value),
        Dots("own-dots", dots["n_defend"], dots["accuracy"], "found", tip=TIP, hover=dots),
        Dots("others-dots", beside["n_defend"], beside["accuracy"], "law", tip=TIP, hover=beside),
        Labels("text", texts),
    ]
    x = Axis("samples n that defend", log=True)
    return Figure("samples-curves", marks, x, Axis(ends=(0, 1.05), ticks=SHARES))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """One sample that attacks beside all, and others beside the average's own."""
    table = best(ATTACK.among(tables))
    settings: SamplesSettings = look.settings
    eps = nearest(table, settings.eps)
    if not math.isfinite(eps):
        return {}
    about = of_what(table, settings)
    out = {}
    said = _one_and_all(table, OTHERS if settings.attacker == OTHER else SAME, eps, settings)
    if said:
        out["samples"] = Sentence(said.lead, said.details + about)
    said = _own_and_others(table, eps, settings)
    if said:
        out["samples-curves"] = Sentence(said.lead, said.details + about)
    return out


def _one_and_all(table: Columns, model: str, eps: float, settings: SamplesSettings) -> Sentence | None:
    here, many = where(table, table["eps"] == eps), most(table, model)
    found: Along = along(here, model, many)
    if not len(found.x) or not np.isfinite(found.value[[0, -1]]).all():
        return None
    name, last = SAID[settings.attack], int(found.x[-1])
    whose = f"other sample{'s' if found.x[0] > 1 else ''}" if model == OTHERS else "of its samples"
    lead = (
        f"Attacked with {name} at ε = {eps:g} along {int(found.x[0])} {whose}, the average of {many} keeps "
        f"{percent(found.value[0])} right"
    )
    if found.x[0] == last:
        return Sentence(f"{lead}.", _how(settings))
    lead += f"; along {last}, {percent(found.value[-1])}."
    details = ""
    if model == SAME:
        more, ends = gap(table, SAME, int(found.x[0]), many, eps)
        if math.isfinite(more):
            details = f"A difference of {points(more)}, {span(ends)}, image by image. "
    return Sentence(lead, details + _how(settings))


def _how(settings: SamplesSettings) -> str:
    way = {
        FGSM: "FGSM follows the mean gradient of the samples that attack",
        PGD: "PGD climbs the loss of the average of those that attack",
        RANDOM: "Random signs ask nobody for a gradient; who attacks only says whether to take the step",
    }[settings.attack]
    return (
        f"{way}; the average of the first samples defends. Own samples: the first ones attack, too. Other samples: the "
        "first half defends, the later half attacks, draws of the same chains. A stronger attack may leave less."
    )


def _own_and_others(table: Columns, eps: float, settings: SamplesSettings) -> Sentence | None:
    here = where(table, table["eps"] == eps)
    count = common(here)
    if not count:
        return None
    at = [level(here, model).at(count) for model in (SAME, OTHERS)]
    lead = (
        f"At ε = {eps:g} an average of {count} keeps {percent(at[0])} right where its own samples attack, "
        f"{percent(at[1])} where {count} others do."
    )
    if count == 1:
        lead = (
            f"At ε = {eps:g} a single sample keeps {percent(at[0])} right where its own gradient is followed, "
            f"{percent(at[1])} where another's is."
        )
    more, ends = gap(table, OTHERS, count, count, eps)
    details = ""
    if math.isfinite(more):
        rows = of(table, OTHERS)
        what = over(accuracy(rows), int(rows["tested"].max()))
        details = f"Where others attack, {points(more)}, {span(ends)} {what}, image by image. "
    return Sentence(lead, details + _how(settings))
