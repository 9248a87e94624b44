"""Figures of the capacity panel: accuracy and the Lipschitz bracket against parameters, and images that fool."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Part, Sheet, Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Mark, Pin, Stems
from explorer.figures.numbers import down, up
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.universal.capacity import CAPACITY, CapacitySettings
from explorer.labs.universal.capacity.closer import CLOSER, draw_gallery
from explorer.labs.universal.capacity.numbers import (
    FITS,
    Contrast,
    contrast,
    finished,
    fitting,
    guides,
    means,
    sizes,
    steeper,
)
from explorer.labs.universal.capacity.words import count, percent, points, span
from explorer.measure.shares import wilson

SLOTS = (
    Slot("capacity", "Accuracy under attack", "share of unseen images", pending="Drawn with the first networks."),
    Slot("capacity-lip", "How steep", "Lip of a logit difference", pending="Drawn with the first finished networks."),
    Slot(
        "gallery",
        "What fools them",
        "unseen images, and the least change that fools the smallest and the largest network",
        ("image", "small", "large"),
        pending="Drawn as soon as all networks are trained.",
        wide=True,
    ),
)
TIP = [
    ("parameters, width, seed", "@params{%d}, @width{%d}, @seed{%d}"),
    ("right, as they are", "@clean{%.3f}"),
    ("right under attack ≤", "@robust{%.3f}"),
    ("of its own images, under attack ≤", "@robust_fit{%.3f}"),
]
STEEP = [
    ("parameters, width, seed", "@params{%d}, @width{%d}, @seed{%d}"),
    ("Lip ≥", "@lower{%.3g}"),
    ("Lip ≤", "@upper{%.3g}"),
]
BESIDE = 3.0  # times the sizes there are: how far away n and its multiples are still drawn
GUIDES = ("n", "neighbours", "pca", "nd")


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Accuracy, and steepness."""
    table = CAPACITY.among(tables)
    return _accuracy(table), _steepness(table, look.settings)


def _accuracy(table: Columns) -> Figure:
    done = finished(table)
    x, robust, low, high = means(done, "robust")
    _, clean, _, _ = means(done, "clean")
    known = np.isfinite(low)
    texts = [Label(x, clean, "as they are", above=9), Label(x, robust, "under attack, ≤", "found", above=-18)]
    marks = [
        *_guides(table, 0.0, 1.0),
        Band("band", x[known], low[known].clip(0), high[known].clip(max=1), "found"),
        Line("clean", x, clean),
        Line("robust", x, robust, "found"),
        Pin("pin", x, robust),
        Dots("unharmed", table["params"], table["clean"], hollow=True, tip=TIP, hover=table),
        Dots("attacked", table["params"], table["robust"], "found", tip=TIP, hover=table),
        Labels("text", texts),
    ]
    return Figure(
        "capacity", marks, Axis("parameters", log=True), Axis(ends=(0, 1.15), ticks=(0, 0.2, 0.4, 0.6, 0.8, 1))
    )


def _steepness(table: Columns, settings: CapacitySettings) -> Figure:
    done = finished(table)
    x, lower, _, _ = means(done, "lower")
    _, upper, _, _ = means(done, "upper")
    ends = [v for v in (*done["lower"], *done["upper"]) if math.isfinite(v) and v > 0]
    texts = [Label(x, upper, "≤ certified" if settings.hidden == 1 else "≤ product", "certified", 16)]
    texts.append(Label(x, lower, "≥ found", "found", -20))
    marks = [
        *_guides(table if ends else CAPACITY.empty(), min(ends, default=1.0), max(ends, default=1.0)),
        Stems("stems", done["params"], done["lower"], done["upper"]),
        Line("above", x, upper, "certified", width=1.3),
        Line("below", x, lower, "found"),
        Pin("pin", x, lower),
        Dots("upper", done["params"], done["upper"], "certified", marker="dash", size=11, tip=STEEP, hover=done),
        Dots("lower", done["params"], done["lower"], "found", tip=STEEP, hover=done),
        Labels("text", texts),
    ]
    return Figure("capacity-lip", marks, Axis("parameters", log=True), Axis(log=True))


def _guides(table: Columns, low: float, high: float) -> list[Mark]:
    """Upright lines at n, and at n times each dimension, as far as they are not far away."""
    there, places = guides(table), sizes(table)
    near = {n: x for n, x in there.items() if n and places[0] / BESIDE <= x <= places[-1] * BESIDE}
    lines: list[Mark] = []
    for name, said in zip(GUIDES, [*there, *[""] * len(GUIDES)][: len(GUIDES)], strict=True):
        at = [near[said]] * 2 if said in near else []
        lines.append(Line(f"at-{name}", at, [low, high] if at else [], "law", dash="dashed", width=1))
    named = [Label(x, low, said, "law", above=4, align="left", dx=3) for said, x in near.items()]
    return [*lines, Labels("guides", named)]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Large networks against the smallest that fit, whatever comes out; and how steep they are."""
    table = CAPACITY.among(tables)
    done = finished(table)
    if not len(table["params"]):
        return {}
    if not len(done["params"]):
        return {"capacity": Sentence("The first networks are being trained.", _about(table, look.settings))}
    out = {"capacity": _against(done, look.settings)}
    if said := _steep(done, look.settings):
        out["capacity-lip"] = said
    return out


def _against(table: Columns, settings: CapacitySettings) -> Sentence:
    about, both = _about(table, settings), contrast(table, "robust")
    if both is None:
        return Sentence(_alone(table), about)
    middle, ends = both.difference
    before, after = both.before.mean(), both.after.mean()
    lead = (
        f"Robust accuracy is {percent(after)} with {count(both.large)} parameters and {percent(before)} with "
        f"{count(both.small)}, the fewest that fit."
    )
    details = (
        f"Difference {points(middle)}, {span(ends)} over {len(both.before)} seeds (paired, Student's t). To fit: every "
        f"network of a size has {percent(FITS)} of its training images right or more. {_memory(table)}{about}"
    )
    return Sentence(lead, details)


def _alone(table: Columns) -> str:
    """Where there are no two sizes to be compared."""
    fits, x = fitting(table), sizes(table)
    if len(fits):
        robust = means(table, "robust")[1][-1]
        if fits[0] < x[-1] or not math.isfinite(robust):
            return f"With {count(fits[0])} parameters, the fewest here that do, networks fit their training images."
        return f"Of these sizes only {count(fits[0])} parameters fit; under attack {percent(robust)} stay right."
    best = means(table, "fit")[1].max()
    return f"Up to {count(x[-1])} parameters no size fits all its training images: at most {percent(best)} are right."


def _memory(table: Columns) -> str:
    """The same of the images that were learned."""
    own: Contrast | None = contrast(table, "robust_fit")
    if own is None:
        return ""
    return (
        f"Of their own training images {percent(own.before.mean())} stay right under attack with the fewest parameters "
        f"that fit, {percent(own.after.mean())} with the most. "
    )


def _about(table: Columns, settings: CapacitySettings) -> str:
    """How the numbers were come by."""
    tested, done = int(table["tested"].max()), finished(table)
    trained = {"none": "nobody", "fgsm": "FGSM from a random start", "pgd": "PGD"}[settings.adversary]
    attack = f"PGD ({settings.attack_steps} steps, {settings.restarts} restarts)"
    if not len(done["params"]):
        attack = "a first look, PGD of a few steps,"
    said = (
        f"Found by {attack} within ε = {settings.eps_max:g} a "
        f"pixel on {tested} unseen images: a stronger attack may leave less. Trained against {trained}. "
        f"Data: {settings.source.said}; ε does not carry over to other images."
    )
    robust = done["robust"][np.isfinite(done["robust"])]
    if len(robust):
        low, high = wilson(float(np.median(robust)), tested)
        said += f" One network's share is known to about {points((high - low) / 2).lstrip('+')} either way (Wilson)."
    return said


def _steep(table: Columns, settings: CapacitySettings) -> Sentence | None:
    x, lower, _, _ = means(table, "lower")
    _, upper, _, _ = means(table, "upper")
    known = np.flatnonzero(np.isfinite(lower) & np.isfinite(upper))
    if not len(known):
        return None
    first, last = known[0], known[-1]
    one, other = (settings.source.classes[c] for c in settings.source.pair)
    below, above = ("search", "certificate") if settings.hidden == 1 else ("looking at points", "product of norms")
    details = (
        f"Means over seeds, of the logit of “{one}” less that of “{other}”, on the ball that holds all images. "
        f"Found by {below}; above is the {above}. Upright lines: n images, and n "
        "times the dimension by two nearest neighbours, by principal components (95 %), and of the pixels."
    )
    small, large = (f"{count(x[at])} parameters" for at in (first, last))
    told = steeper(table)
    if told > 0:
        lead = f"Larger is steeper: at most {up(upper[first])} with {small}, at least {down(lower[last])} with {large}."
    elif told < 0:
        lead = f"Larger is flatter: at least {down(lower[first])} with {small}, at most {up(upper[last])} with {large}."
    else:
        lead = f"With {large} a logit difference is {down(lower[last])} to {up(upper[last])} steep."
    return Sentence(lead, details)


PART = Part(("capacity", "capacity-lip"), draw, sentences)
SHEET = Sheet(
    SLOTS,
    (PART,),
    [*draw({}, Look(CapacitySettings.make())), *draw_gallery({})],
    closer=CLOSER,
)
