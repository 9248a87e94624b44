"""Figures of the panel `directions`: accuracy off the data and in all directions, and curves that fall together."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Lines, Mark, Pin
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_numbers import accuracy, best, of
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, ENSEMBLE, FREE, MAP, ONE, nearest
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.directions import COLLAPSE, FULL, OFF, OTHER_HALF
from explorer.labs.bayes.directions.words import of_attacks, of_collapse, of_what

SLOTS = (
    Slot(
        "directions",
        "Off the data, and in all directions",
        "share right under PGD; dotted blue: samples not followed; dotted black: ensemble",
        ("directions", "directions-full"),
        pending="Drawn with the first networks.",
        wide=True,
    ),
    Slot(
        "collapse",
        "All that matters off the data",
        "mean probability of the label, a colour a posterior; thin: share right",
        ("collapse-eps", "collapse"),
        pending="Drawn with the first posterior.",
        wide=True,
    ),
)
TIP = [
    ("model", "@model"),
    ("eps, seed", "@eps{%.3g}, @seed{%d}"),
    ("right under attack ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("unattacked", "@clean{%.3f}"),
    ("samples that attack, defend", "@n_attack{%d}, @n_defend{%d}"),
]
TIP_COLLAPSE = [
    ("s, coordinates", "@scale{%.3g}, @dims{%d}"),
    ("eps, s ε √dims", "@eps{%.3g}, @reach{%.3g}"),
    ("probability of the label", "@confidence{%.3f}, expected @predicted_confidence{%.3f}"),
    ("share right", "@accuracy{%.3f}, expected @predicted_accuracy{%.3f}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Both attacks, then the average off the data against eps and against all that it depends on."""
    table, collapse = best(ATTACK.among(tables)), COLLAPSE.among(tables)
    return (
        _curves("directions", table, OFF, look.settings.eps, "ε, off the data"),
        _curves("directions-full", table, FULL, look.settings.eps, "ε, everywhere"),
        _together("collapse-eps", collapse, "eps", "ε"),
        _together("collapse", collapse, "reach", "s ε √dims"),
    )


def _curves(name: str, table: Columns, attack: str, eps: float, label: str) -> Figure:
    each = {model: accuracy(of(table, model, attack)) for model in (ONE, AVERAGE, OTHER_HALF, MAP, FREE, ENSEMBLE)}
    one, average, other, mode, free, ensemble = each.values()
    chosen = nearest(table, eps)
    upright = [chosen] * 2 if math.isfinite(chosen) else []
    rows = of(table, AVERAGE, attack)
    texts = [
        Label(one.eps[:3], one.value[:3], "one sample", "law", 12, align="left", dx=6),
        Label(average.eps, average.value, "average", "found", -16),
        Label(mode.eps, mode.value, "MAP", above=9),
        Label(free.eps[:5], free.value[:5], "no prior", above=-4, dx=-8),
    ]
    marks: list[Mark] = [
        Line("at", upright, [0, 1] if upright else [], "law", dash="dashed", width=1),
        Band("band-average", average.eps, average.low, average.high, "found"),
        Line("one", one.eps, one.value, "law", width=2.5),
        Line("ensemble", ensemble.eps, ensemble.value, "ink", dash="dotted", width=1.5),
        Line("free", free.eps, free.value, "ink", dash="dashed", width=1.5),
        Line("map", mode.eps, mode.value, "ink", width=2),
        Line("other-half", other.eps, other.value, "found", dash="dotted", width=2),
        Line("average", average.eps, average.value, "found", width=2.5),
        Pin("pin", average.eps, average.value),
        Dots("average-dots", rows["eps"], rows["accuracy"], "found", tip=TIP, hover=rows),
        Labels("text", texts),
    ]
    y = Axis(ends=(0, 1.12), ticks=SHARES)
    return Figure(name, marks, Axis(label), y, pick={"average-dots": "eps"})


def posteriors(table: Columns) -> list[Columns]:
    """The rows of each posterior of each seed."""
    keys = dict.fromkeys(zip(table["scale"].tolist(), table["dims"].tolist(), table["seed"].tolist(), strict=True))
    return [
        where(table, (table["scale"] == scale) & (table["dims"] == dims) & (table["seed"] == seed))
        for scale, dims, seed in keys
    ]


def _together(name: str, table: Columns, x: str, label: str) -> Figure:
    table = where(table, np.isfinite(table["confidence"]) & np.isfinite(table["accuracy"]) & np.isfinite(table[x]))
    each = posteriors(table)
    shade = spaced(len(each))
    main = each[0] if each else table
    law = (main[x], main["predicted_confidence"]) if x == "reach" else (main[x][:0], main[x][:0])
    texts = [
        Label(law[0][:4], law[1][:4], "expected", "law", -18),
        Label(main[x][:3], main["accuracy"][:3], "right", "ink", 14),
    ]
    marks = [
        Lines("accuracy", [part[x] for part in each], [part["accuracy"] for part in each], shade=shade, width=0.8),
        Lines("confidence", [part[x] for part in each], [part["confidence"] for part in each], shade=shade, width=2),
        Line("law", *law, "law", dash="dashed", width=1.5),
        Pin("pin", main[x], main["confidence"]),
        Dots("dots", table[x], table["confidence"], "ink", size=4, tip=TIP_COLLAPSE, hover=table),
        Labels("names", texts),
    ]
    return Figure(name, marks, Axis(label), Axis(ends=(None, 1.02)))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What stays right at the chosen radius, and how far posteriors lie apart where they should not."""
    table, collapse = best(ATTACK.among(tables)), COLLAPSE.among(tables)
    found = {
        "directions": of_attacks(table, look.settings, of_what(table, look.settings)),
        "collapse": of_collapse(collapse, look.settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
