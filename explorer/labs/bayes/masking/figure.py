"""Figures of the masking panel: gradients that are 0, what two losses leave, and steps of every length."""

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
from explorer.labs.bayes.attack_table import nearest
from explorer.labs.bayes.axes import SHARES
from explorer.labs.bayes.masking import BEST, DTYPES, IMAGE, LAST, MASKING, STEP_LENGTH
from explorer.labs.bayes.masking.numbers import BY_LOSS, BY_MARGIN, LOST, ZERO, Shares, at_eps, best, lengths, shares
from explorer.labs.bayes.masking.words import of_lengths, of_losses, of_what, of_zeros

SLOTS = (
    Slot(
        "masking",
        "One sample, under PGD on two losses",
        "share of unseen images that stay right at the chosen ε",
        pending="Drawn with the first attacks.",
    ),
    Slot("zeros", "Gradients that are exactly 0", "share of samples and images", pending="Drawn with the first run."),
    Slot(
        "step-length",
        "How long a step of PGD is",
        "share right with the average; thin: last point kept",
        pending="Drawn when the first posterior is attacked.",
    ),
)
TIP = [
    ("prior scale, seed", "@prior_scale{%.3g}, @seed{%d}"),
    ("precision, eps", "@dtype, @eps{%.3g}"),
    ("gradients that are 0", "@zero_share{%.3f}, 95 % [@zero_low{%.3f}, @zero_high{%.3f}]"),
    ("without the label's part", "@lost_share{%.3f}"),
    ("right, cross-entropy ≤", "@accuracy_ce{%.3f}, 95 % [@low_ce{%.3f}, @high_ce{%.3f}]"),
    ("right, margin ≤", "@accuracy_margin{%.3f}, 95 % [@low_margin{%.3f}, @high_margin{%.3f}]"),
    ("unattacked", "@clean{%.3f}"),
]
STEP = [
    ("step / eps", "@length{%.3g}, @steps{%d} steps"),
    ("prior scale, seed", "@prior_scale{%.3g}, @seed{%d}"),
    ("point that counts", "@kept"),
    ("right under attack ≤", "@accuracy{%.3f}, 95 % [@low{%.3f}, @high{%.3f}]"),
]
SINGLE, DOUBLE = DTYPES


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """What losses leave and what is 0, over the prior scale; what steps leave, over their length."""
    table, settings = MASKING.among(tables), look.settings
    eps = nearest(table, settings.eps)
    return _losses(table, eps), _zeros(table, eps), _lengths(STEP_LENGTH.among(tables))


def _losses(table: Columns, eps: float) -> Figure:
    single, double = (at_eps(table, dtype, eps) for dtype in DTYPES)
    by_loss, by_margin = (shares(single, "prior_scale", names) for names in (BY_LOSS, BY_MARGIN))
    precise = shares(double, "prior_scale", BY_LOSS)
    known = where(single, np.isfinite(single["accuracy_ce"]))
    texts = [
        Label(by_loss.x, by_loss.value, "cross-entropy", "law", 9),
        Label(precise.x, precise.value, "in float64", "law", 7),
        Label(by_margin.x, by_margin.value, "margin", "found", -18),
    ]
    marks: list[Mark] = [
        Band("band-loss", by_loss.x, by_loss.low, by_loss.high, "law"),
        Band("band-margin", by_margin.x, by_margin.low, by_margin.high, "found"),
        Line("precise", precise.x, precise.value, "law", dash="dotted"),
        Line("loss", by_loss.x, by_loss.value, "law", width=2.5),
        Line("margin", by_margin.x, by_margin.value, "found", width=2.5),
        Pin("pin", by_loss.x, by_loss.value),
        Dots("loss-dots", known["prior_scale"], known["accuracy_ce"], "law", tip=TIP, hover=known),
        Dots("margin-dots", known["prior_scale"], known["accuracy_margin"], "found", tip=TIP, hover=known),
        Labels("text", texts),
    ]
    return Figure("masking", marks, Axis("prior scale s", log=True), Axis(ends=(-0.08, 1.05), ticks=SHARES))


def _zeros(table: Columns, eps: float) -> Figure:
    table = best(table)
    single, double = (at_eps(table, dtype, eps) for dtype in DTYPES)
    zero, lost = (shares(single, "prior_scale", names) for names in (ZERO, LOST))
    precise = shares(double, "prior_scale", ZERO)
    both = where(table, (table["eps"] == eps) & np.isfinite(table["zero_share"]))
    texts = [
        Label(lost.x, lost.value, "label's part is 0", "law", 9),
        Label(zero.x, zero.value, "all of it is 0", "gradient", 9),
        Label(precise.x, precise.value, "in float64", "gradient", 9),
    ]
    known = np.isfinite(zero.low)
    marks: list[Mark] = [
        Band("band", zero.x[known], zero.low[known], zero.high[known], "gradient"),
        Line("lost", lost.x, lost.value, "law", dash="dashed"),
        Line("precise", precise.x, precise.value, "gradient", dash="dotted"),
        Line("zero", zero.x, zero.value, "gradient", width=2.5),
        Pin("pin", zero.x, zero.value),
        Dots("dots", both["prior_scale"], both["zero_share"], "gradient", tip=TIP, hover=both),
        Labels("text", texts),
    ]
    return Figure("zeros", marks, Axis("prior scale s", log=True), Axis(ends=(0, 1.05), ticks=SHARES))


def _lengths(table: Columns) -> Figure:
    scales = np.unique(table["prior_scale"])
    shade = spaced(len(scales))
    kept: dict[str, list[Shares]] = {
        each: [lengths(table, scale, each) for scale in scales.tolist()] for each in (BEST, LAST)
    }
    texts = [
        Label(one.x, one.value, f"s = {scale:g}", shade=float(place), align="left", dx=4)
        for scale, one, place in zip(scales, kept[LAST], shade, strict=True)
    ]
    dots = where(table, table["start"] == IMAGE)
    widest = kept[BEST][-1] if len(scales) else Shares(*[np.zeros(0)] * 4)
    marks: list[Mark] = [
        Lines("last", [one.x for one in kept[LAST]], [one.value for one in kept[LAST]], shade=shade, width=1.3),
        Lines("best", [one.x for one in kept[BEST]], [one.value for one in kept[BEST]], shade=shade, width=3),
        Pin("pin", widest.x, widest.value),
        Dots("dots", dots["length"], dots["accuracy"], "law", size=4, tip=STEP, hover=dots),
        Labels("text", texts),
    ]
    x = Axis("length of a step, in units of ε", log=True, ends=(0.02, 5))
    return Figure("step-length", marks, x, Axis(ends=(0, 1.05), ticks=SHARES))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Of the widest prior there is, and of the narrowest beside it."""
    table, settings = MASKING.among(tables), look.settings
    eps = nearest(table, settings.eps)
    if not math.isfinite(eps):
        return {}
    about = of_what(table, settings)
    found = {
        "masking": of_losses(table, eps, settings, about),
        "zeros": of_zeros(table, eps, about),
        "step-length": of_lengths(STEP_LENGTH.among(tables), about),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
