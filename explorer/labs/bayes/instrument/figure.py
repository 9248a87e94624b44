"""Figures of the instrument panel: robustness read once and twice over the radius, and who looks robust."""

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
from explorer.labs.bayes.attack_numbers import Curve, accuracy, best, of_what, over
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, FGSM, FREE, MAP, PGD, SAID, nearest
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.images import CLASSES
from explorer.labs.bayes.instrument import InstrumentSettings
from explorer.labs.bayes.instrument.numbers import once, rows, twice
from explorer.labs.bayes.told import percent
from explorer.theory.double_softmax import floor

SLOTS = (
    Slot(
        "instrument",
        "One attack, two readings",
        "softmax robustness and accuracy of the average",
        pending="Drawn with the first samples.",
    ),
    Slot(
        "instrument-bars",
        "Who looks robust",
        "softmax robustness at one ε; rings: accuracy",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("model", "@model"),
    ("eps, seed", "@eps{%.3g}, @seed{%d}"),
    ("robustness, softmax once", "@softmax_robustness{%.3f}, 95 % [@softmax_low{%.3f}, @softmax_high{%.3f}]"),
    ("robustness, twice", "@double_softmax{%.4f}, 95 % [@double_low{%.4f}, @double_high{%.4f}]"),
    ("right under attack ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
]
FLOOR = floor(CLASSES)
NAMES = ("avg, twice", "average", "MAP", "no prior")
ROLES = ("law", "found", "ink", "ink")
DARK = (0.8, 1.0, 1.0, 0.45)
WIDE = 34.0  # px of a bar


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Curves of the average, and bars at the chosen radius."""
    table = best(ATTACK.among(tables))
    return _curves(table, look.settings), _bars(table, look.settings)


def _curves(table: Columns, settings: InstrumentSettings) -> Figure:
    attack = settings.attack
    honest, double = once(table, AVERAGE, attack), twice(table, AVERAGE, attack)
    right, beside = accuracy(rows(table, AVERAGE, attack)), once(table, MAP, attack)
    chosen, ends = nearest(table, settings.eps), honest.eps[[0, -1]] if len(honest.eps) else np.zeros(0)
    upright = [chosen] * 2 if math.isfinite(chosen) else []
    dots = rows(table, AVERAGE, attack)
    texts = [
        Label(double.eps[:3], double.value[:3], "softmax twice", "law", 8, align="left", dx=6),
        Label(ends, [FLOOR] * len(ends), f"floor {FLOOR:.3f}", "certified", -18),
        Label(honest.eps[:5], honest.value[:5], "softmax once", "found", 6, align="left", dx=6),
        Label(right.eps[:3], right.value[:3], "accuracy", "ink", 8, align="left", dx=8),
        Label(beside.eps[:4], beside.value[:5], "MAP, once", "ink", -12, dx=-10),
    ]
    marks: list[Mark] = [
        Line("at", upright, [0, 1] if upright else [], "law", dash="dashed", width=1),
        Band("band-twice", double.eps, double.low, double.high, "law"),
        Band("band-once", honest.eps, honest.low, honest.high, "found"),
        Line("floor", ends, [FLOOR] * len(ends), "certified", dash="dashed", width=1.3),
        Line("map", beside.eps, beside.value, "ink", dash="dotted", width=1.2),
        Line("accuracy", right.eps, right.value, "ink", width=1.5),
        Line("twice", double.eps, double.value, "law", width=2.5),
        Line("once", honest.eps, honest.value, "found", width=2.5),
        Pin("pin", honest.eps, honest.value),
        Dots("once-dots", dots["eps"], dots["softmax_robustness"], "found", tip=TIP, hover=dots),
        Dots("twice-dots", dots["eps"], dots["double_softmax"], "law", tip=TIP, hover=dots),
        Labels("text", texts),
    ]
    x = Axis("ε: how much a pixel may change")
    return Figure("instrument", marks, x, Axis(ends=(0, 1.12), ticks=SHARES), pick={"once-dots": "eps"})


def readings(table: Columns, attack: str) -> tuple[Curve, ...]:
    """Those of the bars: the average twice and once, and single networks once."""
    return twice(table, AVERAGE, attack), *(once(table, model, attack) for model in (AVERAGE, MAP, FREE))


def _bars(table: Columns, settings: InstrumentSettings) -> Figure:
    attack, eps = settings.attack, nearest(table, settings.eps)
    found = [curve.at(eps) for curve in readings(table, attack)]
    right = [accuracy(rows(table, model, attack)).at(eps)[0] for model in (AVERAGE, AVERAGE, MAP, FREE)]
    there = [i for i, (value, _) in enumerate(found) if math.isfinite(value)]
    tops = [found[i][0] for i in there]
    low, high = ([found[i][1][end] for i in there] for end in (0, 1))
    floors = [0] if 0 in there else []
    texts = [
        Label(i, np.nanmax([tops[j], high[j], right[i]]), f"{tops[j]:.2f}", above=12, align="center")
        for j, i in enumerate(there)
    ]
    marks: list[Mark] = [
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
        Segments(
            "floor",
            [i - 0.4 for i in floors],
            [FLOOR] * len(floors),
            [i + 0.4 for i in floors],
            [FLOOR] * len(floors),
            ["certified"] * len(floors),
            [2.0] * len(floors),
            [1.0] * len(floors),
        ),
        Stems("stems", there, low, high, "pinned", width=2, alpha=1),
        Dots("accuracy", there, [right[i] for i in there], "ink", hollow=True, size=8),
        Labels("text", texts),
    ]
    ends = (-0.6, len(NAMES) - 0.4)
    return Figure("instrument-bars", marks, Axis(names=NAMES, ends=ends), Axis(ends=(0, 1.12), ticks=SHARES))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Both readings at the largest radius, and who looks robust at the chosen one."""
    table = best(ATTACK.among(tables))
    settings: InstrumentSettings = look.settings
    about = of_what(table, settings) if len(table["eps"]) else ""
    found = {"instrument": _twice(table, settings, about), "instrument-bars": _beside(table, settings, about)}
    return {name: sentence for name, sentence in found.items() if sentence}


def _twice(table: Columns, settings: InstrumentSettings, about: str) -> Sentence | None:
    attack = settings.attack
    honest, double = once(table, AVERAGE, attack), twice(table, AVERAGE, attack)
    if not len(honest.eps):
        return None
    eps = float(honest.eps[-1])
    right = accuracy(rows(table, AVERAGE, attack))
    shown = [each.at(eps)[0] for each in (honest, double, right)]
    if not np.isfinite(shown).all():
        return None
    lead = (
        f"At ε = {eps:g} the average has {percent(shown[2])} right; robustness reads {shown[0]:.2f} with softmax once, "
        f"{shown[1]:.2f} with it twice."
    )
    least = where(table, np.isfinite(table["double_softmax"]))["double_softmax"].min()
    tested = int(table["tested"].max())
    way = {
        FGSM: ", the average along the mean gradient of its samples",
        PGD: ", the average along the gradient of its own loss",
    }.get(attack, "")
    details = (
        f"Attack: {SAID[attack]}{way}. Robustness: 1 less the mean over images of the largest change of a class's "
        "probability. "
        f"Taken twice, a change of at most (e - 1)/(e + K - 1) is left of any, so nothing falls below {FLOOR:.4f} "
        f"(K = {CLASSES}); the least of all networks here is {least:.4f}. Dotted: MAP, once. Bands: 95 % "
        f"{over(honest, tested)}. The points are sought for a large loss, not for a large change: robustness may be "
        "less than it reads."
    )
    return Sentence(lead, details + about)


def _beside(table: Columns, settings: InstrumentSettings, about: str) -> Sentence | None:
    attack, eps = settings.attack, nearest(table, settings.eps)
    found = [curve.at(eps) for curve in readings(table, attack)]
    values = [value for value, _ in found]
    how = f"At ε = {eps:g} softmax robustness"
    if np.isfinite(values[:3]).all():
        lead = (
            f"{how} is {values[1]:.2f} for the average, {values[2]:.2f} for MAP; taken twice it reads {values[0]:.2f}."
        )
    elif math.isfinite(values[2]):
        lead = f"{how} is {values[2]:.2f} for MAP with the same prior."
    else:
        return None
    said = zip(("average, twice", "average", "MAP", "no prior"), found, strict=True)
    ends = "; ".join(
        f"{name} {value:.3f} [{low:.3f}, {high:.3f}]"
        for name, (value, (low, high)) in said
        if np.isfinite([value, low, high]).all()
    )
    details = (
        "The public code of the paper took softmax of averaged probabilities once more (of variational networks, later "
        "of HMC's) and of single networks' logits once: it compared the first bar with the last. Brown: what the first "
        "cannot fall below. "
    )
    details += f"95 % intervals: {ends}." if ends else ""
    return Sentence(lead, details.strip() + about)
