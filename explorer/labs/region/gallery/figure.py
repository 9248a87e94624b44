"""Figures of the gallery: ten perturbations, one of them on an image, what they do, and what they mean."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Image, Line, Lines, Mark, Pin, Rectangles
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Inside, Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.image_sets import CLASSES
from explorer.labs.region.gallery import MEANING, NOBODY, PATTERN, SHOWN, VERDICT
from explorer.labs.region.gallery.numbers import curve, of_targets, picture
from explorer.labs.region.gallery.words import of_added, of_gallery, of_meaning, of_success
from explorer.labs.region.tables import UNIVERSAL, nearest

SLOTS = (
    Slot(
        "gallery",
        "One perturbation a class",
        "rose: darker, teal: brighter; tap one",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "added",
        "Added to an image it never saw",
        "image, perturbation, both; tap another image",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "success",
        "How many images follow",
        "share of unseen images that become the class",
        pending="Drawn with the first networks.",
    ),
    Slot(
        "meaning",
        "Does it look like the class?",
        "cosine with mean image of a class less that of all",
        pending="Drawn with the first networks.",
    ),
)
TIP = [
    ("class", "@target{%d}"),
    ("unseen images that become it ≥", "@success_test{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
    ("of those it was made from ≥", "@success_train{%.3f}"),
    ("random signs", "@random_success{%.3f}"),
    ("called alone", "@predicted_alone{%d}"),
]
ACROSS = 5  # pictures in a row
GAP, TEXT = 0.12, 0.3  # between pictures, and the height of a line of words, in units of their side
SHARES = (0, 0.2, 0.4, 0.6, 0.8, 1)


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """All of the radius nearest to the one that is looked at."""
    settings = look.settings
    table, pattern, verdict, meaning = (each.among(tables) for each in (UNIVERSAL, PATTERN, VERDICT, MEANING))
    delta = nearest(table["delta"], settings.delta)
    here = where(table, table["delta"] == delta)
    return (
        _gallery(here, pattern, delta, settings.target),
        _added(pattern, verdict, delta, settings.target, settings.image),
        _success(table, settings.target, delta),
        _meaning(where(meaning, meaning["delta"] == delta), here),
    )


def _place(target: int) -> tuple[float, float]:
    """The lower left corner of a picture."""
    row, column = divmod(target, ACROSS)
    return column * (1 + GAP), (CLASSES // ACROSS - 1 - row) * (1 + TEXT)


def _gallery(here: Columns, pattern: Columns, delta: float, target: int) -> Figure:
    marks: list[Mark] = []
    labels: list[Label] = []
    targets, shares = of_targets(here, "success_test")
    first = where(here, here["seed"] == here["seed"].min(initial=0))
    for t in range(CLASSES):
        x, y = _place(t)
        marks.append(
            Image(
                f"v{t}", picture(pattern, "v", t, delta), x, y, 1, 1, limits=(-delta, delta) if delta > 0 else (-1, 1)
            )
        )
        at = np.flatnonzero(targets == t)
        if len(at):
            labels.append(
                Label(
                    x + 0.5,
                    y + 1 + TEXT / 2,
                    f"{t}: {100 * shares[at[0]]:.0f} %",
                    "ink" if t == target else "law",
                    align="center",
                )
            )
    corners = np.array([_place(int(t)) for t in first["target"]]).reshape(-1, 2)
    cx, cy = _place(target)
    shown = len(targets) > 0
    ring = np.array([[cx, cy], [cx + 1, cy], [cx + 1, cy + 1], [cx, cy + 1], [cx, cy]])[: 5 if shown else 0]
    marks += [
        Line("chosen", ring[:, 0], ring[:, 1], "ink", width=2.5),
        Dots("places", corners[:, 0] + 0.5, corners[:, 1] + 0.5, "ink", size=4, tip=TIP, hover=first),
        Labels("text", labels),
    ]
    aspect = (ACROSS + (ACROSS - 1) * GAP) / (2 * (1 + TEXT))
    above = Axis(ends=(0, 2 * (1 + TEXT)))  # or it ends with the pictures, and the words over them are cut off
    return Figure("gallery", marks, y=above, square=True, aspect=aspect, choose={"places": "target"})


def _added(pattern: Columns, verdict: Columns, delta: float, target: int, image: int) -> Figure:
    own, v = picture(pattern, "image", image, 0.0), picture(pattern, "v", target, delta)
    both = None if own is None or v is None else np.clip(own + v, 0, 1)
    at = where(verdict, verdict["image"] == image)
    before = where(at, at["target"] == NOBODY)
    after = where(at, (at["target"] == target) & (at["delta"] == delta))
    labels = []
    if len(before["label"]):
        labels.append(Label(0.5, 1 + TEXT / 2, f"read as {before['predicted'][0]}", align="center"))
        labels.append(Label(1.5 + GAP, 1 + TEXT / 2, f"v{target}, δ = {delta:g}", "law", align="center"))
    if len(after["label"]):
        labels.append(Label(2.5 + 2 * GAP, 1 + TEXT / 2, f"read as {after['predicted'][0]}", "found", align="center"))
    marks: list[Mark] = [
        Image("image", own, 0, 0, 1, 1, scale="grey", limits=(0, 1)),
        Image("v", v, 1 + GAP, 0, 1, 1, limits=(-delta, delta) if delta > 0 else (-1, 1)),
        Image("sum", both, 2 * (1 + GAP), 0, 1, 1, scale="grey", limits=(0, 1)),
    ]
    wide = 3 + 2 * GAP
    side = wide / SHOWN
    numbers = np.unique(pattern["number"][pattern["kind"] == "image"])
    small = 0.9 * side
    marks += [
        Image(f"small{i}", picture(pattern, "image", i, 0.0), i * side, -0.5, small, small, scale="grey", limits=(0, 1))
        for i in range(SHOWN)
    ]
    chosen = [float(image)] if image in numbers else []
    marks += [
        Dots(
            "places",
            numbers * side + side * 0.45,
            np.full(len(numbers), -0.5 - TEXT / 3),
            "found",
            size=5,
            tip=[("image", "@image{%d}")],
            hover={"image": numbers},
        ),
        Dots(
            "chosen",
            [c * side + side * 0.45 for c in chosen],
            [-0.5 - TEXT / 3 for _ in chosen],
            "ink",
            size=11,
            hollow=True,
        ),
        Labels("text", labels),
    ]
    around = Axis(ends=(-0.5 - TEXT, 1 + TEXT))  # words above, dots below
    aspect = wide / (1.5 + 2 * TEXT)
    return Figure("added", marks, y=around, square=True, aspect=aspect, choose={"places": "image"})


def _success(table: Columns, target: int, at: float) -> Figure:
    whole, random = curve(table, "success_test"), curve(table, "random_success")
    each = [curve(where(table, table["target"] == t), "success_test") for t in range(CLASSES)]
    own = each[target] if target in range(CLASSES) else curve(table, "success_test")
    here = whole.delta == at
    labels = [
        Label(whole.delta[here], whole.value[here], "mean", "found", -8, align="left", dx=6),
        Label(own.delta[own.delta == at], own.value[own.delta == at], f"→ {target}", "ink", 10, dx=-4),
        Label(random.delta, random.value, "random signs", "law", 9),
    ]
    marks = [
        Band("band", whole.delta, whole.low, whole.high, "found"),
        Lines("targets", [c.delta for c in each], [c.value for c in each], "law", width=0.8),
        Line("random", random.delta, random.value, "law", dash="dashed", width=1.6),
        Line("own", own.delta, own.value, "ink", width=2),
        Line("mean", whole.delta, whole.value, "found", width=2.5),
        Pin("pin", whole.delta, whole.value),
        Dots("dots", whole.delta, whole.value, "found", size=7),
        Labels("text", labels),
    ]
    return Figure("success", marks, Axis("δ radius"), Axis(ends=(0, 1.05), ticks=SHARES), pick={"dots": "delta"})


def _short(value: float) -> str:
    """A cosine in a small cell: .6, −.1, 0; nothing where it is unknown."""
    if not np.isfinite(value):
        return ""
    text = f"{value:.1f}".replace("0.", ".").replace("-", "−")
    return "0" if text in (".0", "−.0") else text


def _meaning(cells: Columns, here: Columns) -> Figure:
    x, y = cells["other"].astype(float), cells["target"].astype(float)
    first = where(here, here["seed"] == here["seed"].min(initial=0))
    alone = [str(int(t)) for t in first["predicted_alone"]]
    most = float(np.abs(cells["cosine"]).max(initial=0)) or 1.0
    shade = 0.5 + 0.5 * cells["cosine"] / most
    labels = [
        Label(CLASSES + 0.4, float(t), name, "ink", align="center")
        for t, name in zip(first["target"], alone, strict=True)
    ]
    if alone:
        labels.append(Label(CLASSES + 0.4, CLASSES - 0.2, "alone", "law", align="center"))
    marks = [
        Rectangles(
            "cells",
            x - 0.5,
            x + 0.5,
            y - 0.5,
            y + 0.5,
            shade,
            scale="diverging",
            tip=[("v of class", "@target{%d}"), ("class", "@other{%d}"), ("cosine", "@cosine{%.2f}")],
            hover=cells,
        ),
        Inside("numbers", x, y, [_short(v) for v in cells["cosine"].tolist()], shade, scale="diverging"),
        Labels("text", labels),
    ]
    ticks = tuple(range(CLASSES))
    return Figure(
        "meaning",
        marks,
        Axis("class", ticks=ticks, ends=(-0.5, CLASSES + 0.9)),
        Axis("perturbation towards", ticks=ticks, ends=(-0.5, CLASSES + 0.1)),
    )


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What is said once there are numbers."""
    settings = look.settings
    table, verdict = UNIVERSAL.among(tables), VERDICT.among(tables)
    delta = nearest(table["delta"], settings.delta)
    here = where(table, table["delta"] == delta)
    found = {
        "gallery": of_gallery(here, settings),
        "added": of_added(verdict, delta, settings),
        "success": of_success(table, settings),
        "meaning": of_meaning(here, settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
