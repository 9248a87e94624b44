"""Figures of the panel `posterior`: who is moved, what carries over, and what cancels."""

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
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.posterior import ALL, AVERAGE, CANCELLED, CARRIED, COUNTS, EACH, ITSELF, MAP, WHOLE
from explorer.labs.region.posterior.numbers import FOUND_FOR, TRIED_ON, cell, curve, largest, of, over
from explorer.labs.region.posterior.words import of_average, of_cancelled, of_carried

SLOTS = (
    Slot(
        "posterior",
        "Does averaging help?",
        "share of unseen images that become the class",
        pending="Drawn with the first network.",
    ),
    Slot(
        "carried",
        "Made for one, tried on another",
        "share of unseen images that become the class",
        pending="Drawn when samples are attacked.",
    ),
    Slot(
        "cancelled",
        "Do gradients cancel?",
        "length of the mean gradient, beside that of single samples",
        pending="Drawn when all samples are there.",
    ),
)
TIP = [
    ("made for", "@found_for, @samples{%d}"),
    ("tried on", "@tried_on"),
    ("unseen images that follow ≥", "@success{%.3f}"),
    ("random signs", "@signs{%.3f}"),
    ("right unperturbed", "@clean{%.3f}"),
    ("seed", "@seed{%d}"),
]
COLUMNS = ("MAP", "that sample", "another", "average")
ROWS = ("average", "one sample", "MAP")  # from below
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """All of what there is so far."""
    carried, cancelled = CARRIED.among(tables), CANCELLED.among(tables)
    return _average(carried), _carried(carried), _cancelled(cancelled)


def _average(carried: Columns) -> Figure:
    counts, value, low, high = curve(carried, ITSELF)
    all_counts, others, _, _ = curve(carried, WHOLE)
    _, signs, _, _ = curve(carried, ITSELF, "signs")
    best, _ = over_networks(of(carried, MAP, ITSELF), "success")
    ends = [1.0, float(max(2, largest(carried)))] if math.isfinite(best) else []
    each = where(carried, (carried["found_for"] == AVERAGE) & (carried["tried_on"] == ITSELF))
    maps = of(carried, MAP, ITSELF)
    labels = [
        Label(counts[:2], value[:2], "that average", "found", 14, align="left"),
        Label(all_counts[:1], others[:1], "average of all", "certified", 14, align="left"),
        Label(ends, [best] * len(ends), "MAP", "ink", -12, align="right"),
        Label(counts, signs, "random signs", "law", 10, align="right"),
    ]
    marks: list[Mark] = [
        Band("band", counts, low.clip(0, 1), high.clip(0, 1), "found"),
        Line("map", ends, [best] * len(ends), "ink", dash="dashed", width=1.6),
        Line("signs", counts, signs, "law", dash="dotted", width=1.6),
        Line("whole", all_counts, others, "certified", width=2),
        Line("own", counts, value, "found", width=2.5),
        Pin("pin", counts, value),
        Dots("maps", np.ones(len(maps["seed"])), maps["success"], "ink", size=5, hollow=True, tip=TIP, hover=maps),
        Dots("each", each["samples"].astype(float), each["success"], "found", size=4, tip=TIP, hover=each),
        Labels("text", labels),
    ]
    across = Axis("samples averaged, and attacked", log=True, ticks=COUNTS)
    return Figure("posterior", marks, across, Axis(ends=(0, 1.05), ticks=SHARES))


def _carried(carried: Columns) -> Figure:
    x, y, shares = [], [], []
    for row, found_for in enumerate(FOUND_FOR):
        for column, tried_on in enumerate(TRIED_ON):
            value, _ = over_networks(cell(carried, found_for, tried_on), "success")
            if math.isfinite(value):
                x.append(float(column))
                y.append(float(len(FOUND_FOR) - 1 - row))
                shares.append(value)
    left, bottom, shade = (np.array(each, np.float64) for each in (x, y, shares))
    marks: list[Mark] = [
        Rectangles(
            "cells",
            left - 0.5,
            left + 0.5,
            bottom - 0.5,
            bottom + 0.5,
            shade,
            tip=[("unseen images that follow", "@share{%.3f}")],
            hover={"share": shade},
        ),
        Inside("numbers", left, bottom, [f"{100 * share:.0f} %" for share in shares], shade),
    ]
    return Figure(
        "carried",
        marks,
        Axis("tried on", names=COLUMNS, ends=(-0.5, len(COLUMNS) - 0.5)),
        Axis("made for", names=ROWS, ends=(-0.5, len(ROWS) - 0.5)),
    )


def _cancelled(cancelled: Columns) -> Figure:
    found = {name: over(where(cancelled, cancelled["gradient"] == name), "ratio") for name in (EACH, ALL)}
    counts = found[EACH][0]
    chance = counts**-0.5 if len(counts) else counts
    marks: list[Mark] = [Line("chance", counts, chance, "law", dash="dashed", width=1.6)]
    labels = [Label(counts, chance, "by chance", "law", -12, align="right")]
    for name, role, mark, above in ((EACH, "gradient", "image", -12), (ALL, "found", "all", 12)):
        x, value, low, high = found[name]
        marks += [
            Band(f"band-{mark}", x, low, high, role),
            Line(f"line-{mark}", x, value, role, width=2.5),
            Dots(f"dots-{mark}", x, value, role, size=5),
        ]
        labels.append(Label(x, value, name, role, above, align="right"))
    marks += [Pin("pin", found[ALL][0], found[ALL][1]), Labels("text", labels)]
    across = Axis("samples averaged", log=True, ticks=COUNTS)
    return Figure("cancelled", marks, across, Axis(ends=(0, 1.05), ticks=SHARES))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    carried, cancelled = CARRIED.among(tables), CANCELLED.among(tables)
    found = {
        "posterior": of_average(carried, look.settings),
        "carried": of_carried(carried, look.settings),
        "cancelled": of_cancelled(cancelled, look.settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
