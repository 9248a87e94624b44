"""Figures of the exact case: arrows on the floor of the data, and how either part of the average shrinks."""

import math

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.bayes.exact import ARROWS, EXACT, MOONS
from explorer.labs.bayes.exact.floor import draw_arrows
from explorer.labs.bayes.exact.words import of_arrows, of_parts, of_what
from explorer.labs.bayes.gradient import GRADIENT, NORMAL, TANGENTIAL, means, of
from explorer.measure.regression import mean

SLOTS = (
    Slot(
        "arrows",
        "What cancels, and what stays",
        "∇L at unseen points, in units of the longest there",
        pending="Drawn as soon as the chains walk.",
        legend={"plus": "label 1", "minus": "label 0"},
    ),
    Slot(
        "fading",
        "Either part of the averaged gradient",
        "mean |E∇L|∞ over unseen points",
        pending="Drawn with the first sample.",
    ),
)
TIP = [
    ("samples, seed", "@n_samples{%d}, @seed{%d}"),
    ("mean norm", "@mean_norm{%.3g}, median @median_norm{%.3g}"),
    ("over one sample's", "@ratio_single{%.3g}"),
    ("cosine of two halves", "@split_cosine{%.2f}"),
    ("from the other weights alone", "@predicted{%.3g}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Arrows, and both parts against the number of samples."""
    arrows = draw_arrows(ARROWS.among(tables), MOONS.among(tables), look.settings.samples_shown)
    return arrows, _fading(GRADIENT.among(tables))


def _fading(table: Columns) -> Figure:
    n, normal = means(table, NORMAL)
    m, tangential = means(table, TANGENTIAL)
    law, exact = means(table, NORMAL, "predicted")
    known = np.isfinite(exact) & (exact > 0)
    guide = exact[known][:1] * np.sqrt(law[known][:1] / law[known]) if known.any() else np.zeros(0)
    each, flat = of(table, NORMAL), of(table, TANGENTIAL)
    ends, (low, high) = _bands(table, NORMAL)
    ends_flat, (low_flat, high_flat) = _bands(table, TANGENTIAL)
    middle = slice(1 + len(n) // 2)
    texts = [
        Label(m, tangential, "along the data", above=9),
        Label(n[middle], normal[middle], "off the data", "gradient", 12, align="left", dx=4),
        Label(law[known], guide, "1/√n", "law", -18),
    ]
    marks = [
        Band("band-tangential", ends_flat, low_flat, high_flat, "ink"),
        Band("band-normal", ends, low, high, "gradient"),
        Line("guide", law[known], guide, "law", dash="dashed", width=1.2),
        Line("exact", law[known], exact[known], "law", dash="dotted", width=2),
        Line("tangential", m, tangential, "ink", width=2.5),
        Line("normal", n, normal, "gradient", width=2.5),
        Pin("pin", n, normal),
        Dots("tangential-dots", flat["n_samples"], flat["mean_norm"], "ink", tip=TIP, hover=flat),
        Dots("normal-dots", each["n_samples"], each["mean_norm"], "gradient", tip=TIP, hover=each),
        Labels("text", texts),
    ]
    x = Axis("samples n that are averaged", log=True)
    return Figure("fading", marks, x, Axis(log=True), pick={"normal-dots": "samples_shown"})


def _bands(table: Columns, direction: str) -> tuple[np.ndarray, tuple[np.ndarray, np.ndarray]]:
    """Where there are several seeds, the interval of the mean of the logarithm."""
    rows, found = of(table, direction), []
    for n in np.unique(rows["n_samples"]).tolist():
        _, (low, high) = mean(np.log(rows["mean_norm"][rows["n_samples"] == n]))
        if math.isfinite(low) and high - low < math.log(100):  # two seeds hardly tell
            found.append((n, math.exp(low), math.exp(high)))
    columns = np.array(found, np.float64).reshape(-1, 3).T
    return columns[0], (columns[1], columns[2])


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the arrows do at the chosen number of samples, and how either part goes with it."""
    done = EXACT.among(tables)
    about = of_what(done, look.settings)
    found = {
        "arrows": of_arrows(ARROWS.among(tables), done, look.settings.samples_shown, about),
        "fading": of_parts(GRADIENT.among(tables), done, about),
    }
    return {name: sentence for name, sentence in found.items() if sentence}
