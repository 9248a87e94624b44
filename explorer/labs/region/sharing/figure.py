"""Figures of sharing: what is withstood, and what it costs, over the number of images that share a perturbation."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin, Segments
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.region.defence.numbers import over_networks
from explorer.labs.region.sharing import EVERYBODY, SIZES
from explorer.labs.region.sharing.numbers import before, chosen, curve, hardened, of
from explorer.labs.region.sharing.words import of_cost, of_sharing

SLOTS = (
    Slot(
        "sharing",
        "Who shares a perturbation",
        "share of unseen images",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "cost",
        "What it costs",
        "times that of one perturbation each",
        pending="Drawn when the first networks are trained on.",
    ),
)
TIP = [
    ("one perturbation for", "@shared, network @seed{%d}"),
    ("right under PGD ≤", "@pgd{%.3f}, 95 % [@pgd_low{%.3f}, @pgd_high{%.3f}]"),
    ("one v turns ≥", "@universal{%.3f}, 95 % [@universal_low{%.3f}, @universal_high{%.3f}]"),
    ("right unperturbed", "@clean{%.3f}"),
    ("an epoch", "@seconds{%.3g} s, @gradients{%d} gradients an image"),
]
CHOICE = [("one perturbation for", "@shared"), ("s", "@group{%d}")]
MOST = 1.6  # times the cost of one perturbation each
LAST = 400.0  # where universal AT stands, beyond the whole minibatch
ENDS = (0.8, 700.0)
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)
LEVELS = (("clean", "ink"), ("pgd", "certified"), ("universal", "found"))


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Both are of all sizes; the one that is looked at is marked."""
    rows, start = hardened(tables), before(tables)
    return _sharing(rows, start, chosen(rows, look.settings)), _cost(rows, chosen(rows, look.settings))


def place(group: np.ndarray | int) -> np.ndarray:
    """Along the axis."""
    group = np.asarray(group, np.float64)
    return np.where(group == EVERYBODY, LAST, group)


def shared(rows: Columns) -> Columns:
    """What a tip calls each group."""
    words = ["all images" if group == EVERYBODY else f"groups of {group}" for group in rows["group"].tolist()]
    return {**rows, "shared": np.array(words, np.str_)}


def _at(group: int | None, high: float) -> Line:
    """Where the size is that is looked at."""
    there = [] if group is None else [float(place(group))] * 2
    return Line("at", there, [0.0, high][: len(there)], "law", dash="dashed", width=1)


def _sizes(rows: Columns) -> Dots:
    """A dot a size on the axis: all at one height, so that a tap anywhere takes the nearest along it."""
    group = np.unique(rows["group"])
    own = shared({"group": group})
    return Dots("sizes", place(group), np.zeros(len(group)), "law", size=5, tip=CHOICE, hover=own)


def _sharing(rows: Columns, start: Columns, group: int | None) -> Figure:
    clean, pgd, turned = (curve(rows, column) for column, _ in LEVELS)
    everybody = {column: over_networks(of(rows, EVERYBODY), column) for column, _ in LEVELS}
    marks: list[Mark] = [_at(group, 1.0)]
    texts = [
        Label(clean.group, clean.value, "unperturbed", "ink", -14),
        Label(pgd.group, pgd.value, "right under PGD", "certified", 14),
        Label(turned.group, turned.value, "turned by one v", "found", 14),
    ]
    for column, role in LEVELS:  # as before they were trained on
        value = over_networks(start, column)[0]
        wide = [ENDS[0], LAST] if math.isfinite(value) else []
        marks.append(Line(f"before-{column}", wide, [value] * len(wide), role, dash="dotted", width=1.4))
    if not len(rows["group"]):
        words = {"clean": ("unperturbed", -14), "pgd": ("right under PGD", -14), "universal": ("turned by one v", 14)}
        for column, role in LEVELS:
            texts.append(Label(20.0, over_networks(start, column)[0], words[column][0], role, words[column][1]))
    else:
        value = over_networks(start, "pgd")[0]
        texts.append(Label(ENDS[0], value, "dotted: before", "law", 8, align="left", dx=6))
    known = [column for column, _ in LEVELS if math.isfinite(everybody[column][0])]
    if known:
        texts.append(Label(LAST, everybody[known[-1]][0], "universal AT", "law", -16, align="center"))
    low = np.array([everybody[column][1][0] for column, _ in LEVELS]).clip(0, 1)
    high = np.array([everybody[column][1][1] for column, _ in LEVELS]).clip(0, 1)
    there = np.full(len(LEVELS), LAST)
    named = shared(rows)
    marks += [
        Band("band", pgd.group, pgd.low.clip(0, 1), pgd.high.clip(0, 1), "certified"),
        Band("band-turned", turned.group, turned.low.clip(0, 1), turned.high.clip(0, 1), "found"),
        Segments("stems", there, low, there, high, [role for _, role in LEVELS], there * 0 + 1.8, there * 0 + 0.8),
        Line("clean", clean.group, clean.value, "ink", width=1.5),
        Line("universal", turned.group, turned.value, "found", width=2.5),
        Line("pgd", pgd.group, pgd.value, "certified", width=2.5),
        Pin("pin", pgd.group, pgd.value),
        Pin("pin-turned", turned.group, turned.value),
    ]
    for column, role in LEVELS:
        value = everybody[column][0]
        marks.append(
            Dots(f"all-{column}", [LAST][: math.isfinite(value)], [value][: math.isfinite(value)], role, size=9)
        )
    x = place(rows["group"])
    marks += [
        Dots("dots", x, rows["pgd"], "certified", size=5, tip=TIP, hover=named),
        Dots("turned", x, rows["universal"], "found", size=5, hollow=True, tip=TIP, hover=named),
        _sizes(rows),
        Labels("text", texts),
    ]
    across = Axis("images that share a perturbation", log=True, ticks=SIZES, ends=ENDS)
    return Figure("sharing", marks, across, Axis(ends=(0, 1.05), ticks=SHARES), choose={"sizes": "group"})


def _cost(rows: Columns, group: int | None) -> Figure:
    alone = {column: over_networks(of(rows, 1), column)[0] for column in ("gradients", "seconds")}
    work, time = (curve(rows, column) for column in ("gradients", "seconds"))
    work_value, time_value = work.value / alone["gradients"], time.value / alone["seconds"]
    last = over_networks(of(rows, EVERYBODY), "gradients")[0] / alone["gradients"]
    texts = [
        Label(work.group, work_value, "gradients", "gradient", 14),
        Label(time.group, time_value, "seconds", "law", -16),
    ]
    if math.isfinite(last):
        texts.append(Label(LAST, last, "universal AT", "law", -16, align="center"))
    x = place(rows["group"])
    marks: list[Mark] = [
        _at(group, MOST),
        Line("work", work.group, work_value, "gradient", width=2.5),
        Line("time", time.group, time_value, "law", dash="dashed", width=1.8),
        Pin("pin", work.group, work_value),
        Dots("seconds", x, rows["seconds"] / alone["seconds"], "law", size=5, hollow=True, tip=TIP, hover=shared(rows)),
        Dots("dots", x, rows["gradients"] / alone["gradients"], "gradient", size=7, tip=TIP, hover=shared(rows)),
        _sizes(rows),
        Labels("text", texts),
    ]
    across = Axis("images that share a perturbation", log=True, ticks=SIZES, ends=ENDS)
    return Figure("cost", marks, across, Axis(ends=(0, MOST)), choose={"sizes": "group"})


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    found = {"sharing": of_sharing(tables, look.settings), "cost": of_cost(tables, look.settings)}
    return {name: sentence for name, sentence in found.items() if sentence}
