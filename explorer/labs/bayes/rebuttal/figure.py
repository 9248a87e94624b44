"""Figures of the rebuttal panel: four models under three attacks, and what the average has over MAP at every radius."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin, Stems
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels, Margin
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
)
from explorer.labs.bayes.attack_table import (
    ATTACK,
    AVERAGE,
    CROSS_ENTROPY,
    ENSEMBLE,
    EXPECTED,
    FGSM,
    FREE,
    MAP,
    MARGIN,
    PGD,
    nearest,
)
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.rebuttal import RebuttalSettings
from explorer.labs.bayes.told import percent

SLOTS = (
    Slot(
        "rebuttal",
        "Weak attack, strong attack",
        "share of images that stay right",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "rebuttal-gap",
        "What the average has over MAP",
        "difference of the shares that stay right",
        pending="Drawn with the first samples.",
    ),
)
TIP = [
    ("model, loss", "@model, @loss"),
    ("eps, seed", "@eps{%.3g}, @seed{%d}"),
    ("right under attack ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("unattacked", "@clean{%.3f}"),
    ("over MAP", "@more{%.3f}, 95 % [@more_low{%.3f}, @more_high{%.3f}]"),
    ("softmax robustness", "@softmax_robustness{%.3f}"),
]
MODELS = (AVERAGE, MAP, FREE, ENSEMBLE)
SAID = {AVERAGE: "average", MAP: "MAP, same prior", FREE: "no prior", ENSEMBLE: "ensemble, no prior"}
BESIDE = {**SAID, MAP: "MAP", ENSEMBLE: "ensemble"}  # in the margin
#: Blue is an average, black a network alone; dotted has no prior.
ROLES = {AVERAGE: "found", MAP: "ink", FREE: "ink", ENSEMBLE: "found"}
DASHES = {AVERAGE: "solid", MAP: "solid", FREE: "dotted", ENSEMBLE: "dotted"}
ASIDE = {AVERAGE: -0.06, MAP: 0.06, FREE: -0.02, ENSEMBLE: 0.02}  # so that their intervals stand apart
NAMES = ("FGSM", "PGD", "PGD, margin")
UNDER = dict(zip(NAMES, ("FGSM", "PGD", "margin PGD"), strict=True))
KINDS = (FGSM, ""), (PGD, ""), (PGD, MARGIN)
NEAR = 0.06  # what a difference must keep within to count for none


def rows(table: Columns, model: str, kind: tuple[str, str]) -> Columns:
    """Of a model under an attack, with the loss that it is attacked by there.

    On the overview rows of the headline stand beside these, which are compared with one sample or with nothing.
    """
    attack, loss = kind
    if not loss:
        loss = EXPECTED if attack == FGSM and model in (AVERAGE, ENSEMBLE) else CROSS_ENTROPY
    found = of(table, model, attack, loss)
    return found if model == MAP else where(found, found["than"] == MAP)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Attacks side by side at the chosen radius, and the difference over the radius."""
    table = best(ATTACK.among(tables))
    return _attacks(table, look.settings), _gaps(table, look.settings)


def at(table: Columns, model: str, eps: float) -> np.ndarray:
    """Under each attack the accuracy at a radius, and the ends of its interval, (3, attacks); NaN where unknown."""
    found = [accuracy(rows(table, model, kind)).at(eps) for kind in KINDS]
    return np.array([(middle, *ends) for middle, ends in found]).T


def _attacks(table: Columns, settings: RebuttalSettings) -> Figure:
    eps, places = nearest(table, settings.eps), np.arange(len(KINDS), dtype=float)
    marks: list[Mark] = []
    texts: list[Label] = []
    for model in MODELS:
        middle, low, high = at(table, model, eps)
        there, x = np.isfinite(middle), places + ASIDE[model]
        wide = 2.5 if model == AVERAGE else 1.6
        marks += [
            Stems(f"stems-{model}", x[there], low[there], high[there], ROLES[model]),
            Line(model, x[there], middle[there], ROLES[model], dash=DASHES[model], width=wide),
            Dots(f"dots-{model}", x[there], middle[there], ROLES[model], size=6, hollow=DASHES[model] == "dotted"),
        ]
        texts.append(Label(x[there], middle[there], BESIDE[model], ROLES[model]))
    average, _, _ = at(table, AVERAGE, eps)
    known = np.isfinite(average)
    marks += [Pin("pin", places[known] + ASIDE[AVERAGE], average[known]), Margin("text", texts)]
    names = [name.removeprefix("PGD, ") for name in NAMES]  # short, or the smallest card leaves some out
    return Figure(
        "rebuttal", marks, Axis(names=names, ends=(-0.25, len(KINDS) - 0.7)), Axis(ends=(0, 1.05), ticks=SHARES)
    )


def _gaps(table: Columns, settings: RebuttalSettings) -> Figure:
    weak, strong, sharp = (difference(rows(table, AVERAGE, kind)) for kind in KINDS)
    eps = nearest(table, settings.eps)
    there = weak.eps[[0, -1]] if len(weak.eps) else np.zeros(0)
    reach = [value for curve in (weak, strong) for value in (*curve.low, *curve.high)]
    upright = [eps] * 2 if len(weak.eps) else []
    dots, points_of = rows(table, AVERAGE, KINDS[1]), rows(table, AVERAGE, KINDS[0])
    texts = [
        Label(weak.eps[:4], weak.value[:4], "FGSM", "law", 8, align="left", dx=4),
        Label(strong.eps[:3], strong.value[:3], "PGD", "found", 6, align="left", dx=4),
        Label(sharp.eps[:5], sharp.value[:5], "PGD, margin", "ink", -18, align="left", dx=4),
    ]
    marks = [
        Line("zero", there, [0.0] * len(there), "law", width=1),
        Line("at", upright, [min(reach), max(reach)] if upright else [], "law", dash="dashed", width=1),
        Band("band-fgsm", weak.eps, weak.low, weak.high, "law"),
        Band("band-pgd", strong.eps, strong.low, strong.high, "found"),
        Line("fgsm", weak.eps, weak.value, "law", width=2.5),
        Line("pgd", strong.eps, strong.value, "found", width=2.5),
        Line("margin", sharp.eps, sharp.value, "ink", dash="dotted"),
        Pin("pin", strong.eps, strong.value),
        Dots("fgsm-dots", points_of["eps"], points_of["more"], "law", tip=TIP, hover=points_of),
        Dots("pgd-dots", dots["eps"], dots["more"], "found", tip=TIP, hover=dots),
        Labels("text", texts),
    ]
    return Figure("rebuttal-gap", marks, Axis("ε: how much a pixel may change"), Axis(), pick={"pgd-dots": "eps"})


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """The average beside MAP, under each attack that is done."""
    table, settings = best(ATTACK.among(tables)), look.settings
    eps = nearest(table, settings.eps)
    about = of_what(table, settings) if len(table["eps"]) else ""
    gaps = {name: difference(rows(table, AVERAGE, kind)) for name, kind in zip(NAMES, KINDS, strict=True)}
    gaps = {name: curve for name, curve in gaps.items() if math.isfinite(curve.at(eps)[0])}
    if not gaps:
        alone = accuracy(rows(table, MAP, KINDS[0])).at(eps)[0]
        if not math.isfinite(alone):
            return {}
        lead = f"FGSM at ε = {eps:g} leaves MAP with the same prior {percent(alone)} right."
        return {"rebuttal": Sentence(lead, about.strip())}
    first, *rest = (f"{points(curve.at(eps)[0])} under {UNDER[name]}" for name, curve in gaps.items())
    said = ", ".join([first, *(each.replace(" points", "") for each in rest)])
    lead = f"Over MAP the average has, at ε = {eps:g}, {said}."
    out = {"rebuttal": Sentence(lead, _all(table, gaps, eps) + about)}
    if (told := _over_radii(gaps, int(table["tested"].max()))) is not None:
        out["rebuttal-gap"] = told
    return out


def _all(table: Columns, gaps: dict[str, Curve], eps: float) -> str:
    tested = int(table["tested"].max())
    some = next(iter(gaps.values()))
    ends = "; ".join(f"{name} {span(curve.at(eps)[1]).removeprefix('95% interval ')}" for name, curve in gaps.items())
    said = f"95% intervals of the difference, image by image, {over(some, tested)}: {ends}. "
    for name, kind in zip(NAMES, KINDS, strict=True):
        found = [(model, accuracy(rows(table, model, kind)).at(eps)[0]) for model in MODELS]
        shares = ", ".join(f"{SAID[model]} {100 * share:.1f}%" for model, share in found if math.isfinite(share))
        if shares:
            said += f"{name}: {shares}. "
    return (
        f"{said}FGSM follows the mean gradient of the samples, PGD the gradient of the averaged prediction's loss or"
        " margin; single networks are attacked by themselves, the mean is shown. A stronger attack may leave less."
    )


def _over_radii(gaps: dict[str, Curve], tested: int) -> Sentence | None:
    """Where the average and MAP differ most under PGD, and which is ahead there."""
    curve = gaps.get("PGD")
    if curve is None or not len(curve.eps):
        return None
    i = int(np.argmax(np.abs(curve.value)))
    gap = points(abs(curve.value[i])).lstrip("+")
    order = "more" if curve.value[i] > 0 else "fewer"
    lead = f"Under PGD the average and MAP are furthest apart at ε = {curve.eps[i]:g}: the average keeps {gap} {order}."
    if not curve.value[i]:
        lead = "Under PGD the average keeps as many right as MAP, at every ε."
    ends = span((float(curve.low[i]), float(curve.high[i])))
    details = f"There {points(curve.value[i])} for the average, {ends} {over(curve, tested)}."
    weak = gaps.get("FGSM")
    if weak is not None and len(weak.eps):
        j = int(np.argmax(np.abs(weak.value)))
        ends = span((float(weak.low[j]), float(weak.high[j])))
        details += f" Under FGSM {points(weak.value[j])} at ε = {weak.eps[j]:g}, {ends}."
    return Sentence(lead, details)
