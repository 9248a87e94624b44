"""Figures of the headline panel: accuracy over the radius, and four bars at one radius."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin, Segments, Stems
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_numbers import (
    Curve,
    accuracy,
    best,
    difference,
    of,
    of_what,
    over,
    points,
    span,
    success,
    whole,
)
from explorer.labs.bayes.attack_table import (
    ATTACK,
    AVERAGE,
    CROSS_ENTROPY,
    EXPECTED,
    FREE,
    MAP,
    ONE,
    RANDOM,
    SAID,
    VI,
    nearest,
)
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.headline import HeadlineSettings
from explorer.labs.bayes.told import percent

SLOTS = (
    Slot(
        "headline-bars",
        "The models at one ε",
        "share right under attack; rings: unattacked",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "headline",
        "Attack one sample, attack the average",
        "share of unseen images that stay right",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("model", "@model"),
    ("eps, seed", "@eps{%.3g}, @seed{%d}"),
    ("right under attack ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("unattacked", "@clean{%.3f}"),
    ("softmax robustness", "@softmax_robustness{%.3f}"),
    ("samples that attack, defend", "@n_attack{%d}, @n_defend{%d}"),
]
BARS = (ONE, AVERAGE, VI, MAP, FREE)
NAMES = ("one", "avg", "VI", "MAP", "no prior")  # short, or the smallest card leaves some out
ROLES = ("law", "found", "found", "ink", "ink")
DARK = (1.0, 1.0, 0.45, 1.0, 0.45)
WIDE = 34.0  # px of a bar


def rows(table: Columns, model: str, attack: str) -> Columns:
    """Of the paper's attack where there are several: the average also stands there with its own loss.

    On the overview rows of the rebuttal stand beside these, which are compared with MAP.
    """
    loss = EXPECTED if model in (AVERAGE, VI) and attack != RANDOM else ""
    found = of(table, model, attack, loss)
    return where(found, found["than"] != MAP)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Bars at the chosen radius, and curves."""
    table = best(ATTACK.among(tables))
    return _bars(table, look.settings), _curves(table, look.settings)


def _curves(table: Columns, settings: HeadlineSettings) -> Figure:
    attack = settings.attack
    curves = {model: accuracy(rows(table, model, attack)) for model in (ONE, AVERAGE, MAP)}
    one, average, middle = curves.values()
    control = accuracy(rows(table, AVERAGE, RANDOM if attack != RANDOM else ""))
    chosen = nearest(table, settings.eps)
    upright = [chosen] * 2 if math.isfinite(chosen) else []
    averages, ones = rows(table, AVERAGE, attack), rows(table, ONE, attack)
    many = int(averages["n_defend"].max()) if len(averages["eps"]) else 0
    texts = [
        Label(one.eps[:3], one.value[:3], "one sample", "law", -20, dx=-8),
        Label(average.eps[:3], average.value[:3], f"average of {many}", "found", 8, align="left", dx=6),
        Label(middle.eps[:4], middle.value[:4], "MAP", above=-14, dx=-4),
        Label(control.eps, control.value, "average, random signs", "found", -24),
    ]
    marks: list[Mark] = [
        Line("at", upright, [0, 1] if upright else [], "law", dash="dashed", width=1),
        Band("band-one", one.eps, one.low, one.high, "law"),
        Band("band-average", average.eps, average.low, average.high, "found"),
        Line("random", control.eps, control.value, "found", dash="dotted"),
        Line("map", middle.eps, middle.value, "ink", width=1.3),
        Line("one", one.eps, one.value, "law", width=2.5),
        Line("average", average.eps, average.value, "found", width=2.5),
        Pin("pin", average.eps, average.value),
        Dots("one-dots", ones["eps"], ones["accuracy"], "law", tip=TIP, hover=ones),
        Dots("average-dots", averages["eps"], averages["accuracy"], "found", tip=TIP, hover=averages),
        Labels("text", texts),
    ]
    x = Axis("ε: how much a pixel may change")
    return Figure("headline", marks, x, Axis(ends=(0, 1.12), ticks=SHARES), pick={"average-dots": "eps"})


def _bars(table: Columns, settings: HeadlineSettings) -> Figure:
    chosen = nearest(table, settings.eps)
    found = [accuracy(rows(table, model, settings.attack)) for model in BARS]
    there = [i for i, curve in enumerate(found) if math.isfinite(curve.at(chosen)[0])]
    tops = [found[i].at(chosen)[0] for i in there]
    low, high = ([found[i].at(chosen)[1][end] for i in there] for end in (0, 1))
    clean = [found[i].clean for i in there]
    texts = [Label(i, max(high[j], tops[j]), percent(tops[j]), above=7, align="center") for j, i in enumerate(there)]
    marks = [
        Segments(
            "bars",
            there,
            [0.0] * len(there),
            there,
            tops,
            [ROLES[i] for i in there],
            [WIDE] * len(there),
            [DARK[i] for i in there],
        ),
        Stems("stems", there, low, high, "pinned", width=2, alpha=1),
        Dots("clean", there, clean, "ink", hollow=True, size=8),
        Labels("text", texts),
    ]
    return Figure(
        "headline-bars", marks, Axis(names=NAMES, ends=(-0.6, len(BARS) - 0.4)), Axis(ends=(0, 1.12), ticks=SHARES)
    )


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What stays right at the chosen radius, of whom there is."""
    table = best(ATTACK.among(tables))
    settings: HeadlineSettings = look.settings
    eps = nearest(table, settings.eps)
    found = {model: accuracy(rows(table, model, settings.attack)) for model in BARS}
    there = {model: curve for model, curve in found.items() if math.isfinite(curve.at(eps)[0])}
    if not there:
        return {}
    under = f"Under {SAID[settings.attack]} at ε = {eps:g}"
    about = of_what(table, settings)
    out = {"headline-bars": _side_by_side(there, eps, under, about, settings)}
    if ONE in there and AVERAGE in there:
        out["headline"] = _headline(table, there, eps, under, about, settings)
    return out


def _side_by_side(there: dict[str, Curve], eps: float, under: str, about: str, settings: HeadlineSettings) -> Sentence:
    names = {ONE: "one sample", AVERAGE: "the average", VI: "VI", MAP: "MAP", FREE: "a network without a prior"}
    said = [f"{names[model]} has {percent(curve.at(eps)[0])} right" for model, curve in there.items()]
    first, *rest = (text.replace(" has", "").removesuffix(" right") if i else text for i, text in enumerate(said))
    lead = f"{under} {', '.join([first, *(each.removeprefix('a network ') for each in rest)])}."
    ends = "; ".join(
        f"{names[model]} {percent(low)} to {percent(high)}, unattacked {100 * curve.clean:.1f}%"
        for model, curve in there.items()
        for low, high in [curve.at(eps)[1]]
    )
    details = (
        f"95 % intervals over test images, or over seeds where that is wider: {ends}. MAP: the mode of the same"
        " posterior, Adam with the same prior (weight decay); without a prior: the same training with none. Each of"
        f" these is attacked by itself, and the mean is shown. A stronger attack may leave less."
    )
    if VI in there:
        details += (
            f" VI: {settings.samples} draws of a mean-field Gaussian that Adam fitted to {settings.n_vi:,} images,"
            " averaged and attacked as the other average is."
        )
    return Sentence(lead, details + about)


def _headline(
    table: Columns, there: dict[str, Curve], eps: float, under: str, about: str, settings: HeadlineSettings
) -> Sentence:
    one, average = there[ONE], there[AVERAGE]
    lead = (
        f"{under} the average stays {percent(average.at(eps)[0])} right, one sample {percent(one.at(eps)[0])}"
        f" (unattacked {percent(average.clean)} and {percent(one.clean)})."
    )
    rows_of = rows(table, AVERAGE, settings.attack)
    gap = difference(rows_of)
    more, ends = gap.at(eps)
    tested = int(table["tested"].max())
    details = ""
    if math.isfinite(more):
        details += f"A difference of {points(more)}, {span(ends)} {over(gap, tested)}, image by image. "
    shares = [success(part, eps) for part in (rows_of, rows(table, ONE, settings.attack))]
    if np.isfinite(shares).all():
        details += f"Of what was right, the attack flips {percent(shares[0])} and {percent(shares[1])}. "
    details += _attacks(table, eps, settings)
    return Sentence(lead, details + about)


def _attacks(table: Columns, eps: float, settings: HeadlineSettings) -> str:
    """How each was attacked, and what other attacks on the average leave."""
    said = "One sample: each is attacked and defended by itself, the mean of all. "
    if settings.attack == RANDOM:
        return said + "Nobody's gradient is asked for."
    said += "The average predicts the mean of their probabilities and is attacked along their mean gradient."
    own = accuracy(of(table, AVERAGE, settings.attack, CROSS_ENTROPY)).at(eps)[0]
    if math.isfinite(own):
        said += f" Along the gradient of its own loss it stays {100 * own:.1f}% right"
        control = accuracy(rows(table, AVERAGE, RANDOM)).at(eps)[0]
        said += f", with random signs {100 * control:.1f}%." if math.isfinite(control) else "."
    if not len(whole(table)["eps"]):
        return said
    return f"{said} A stronger attack may leave less."
