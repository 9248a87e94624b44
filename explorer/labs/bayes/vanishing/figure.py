"""Figures of the panel `vanishing`: the average over samples, in the mean, at the median and in pictures; and sizes."""

import numpy as np

from explorer.figures.figure import Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Band, Dots, Line, Pin, Stems
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.bayes.gradient import GRADIENT, SELECTED, TWICE
from explorer.labs.bayes.vanishing import COMPONENTS, PICTURES, VANISHING
from explorer.labs.bayes.vanishing.clouds import draw_scatter
from explorer.labs.bayes.vanishing.gallery import draw_pictures
from explorer.labs.bayes.vanishing.numbers import curve, first, means, medians, of, over_data, over_width
from explorer.labs.bayes.vanishing.plane import SCATTER, SPREAD
from explorer.labs.bayes.vanishing.shrinking import of_scatter
from explorer.labs.bayes.vanishing.words import of_norms, of_pictures, of_sizes, of_what

SLOTS = (
    Slot(
        "vanishing",
        "The average: mean, median, components",
        "|E∇L|∞ and ∂E L/∂x at unseen images",
        ("vanishing", "components"),
        pending="Drawn with the first sample.",
        wide=True,
    ),
    Slot(
        "pictures",
        "A selected image, and any image",
        "E∇L after 1, 10, ... samples",
        pending="Drawn as soon as the chains walk.",
    ),
    Slot(
        "sizes",
        "Wider networks, more data",
        "mean and median |E∇L|∞",
        ("sizes-k", "sizes-n"),
        pending="Drawn when two posteriors are done.",
        wide=True,
    ),
    Slot(
        "scatter",
        "Moons: the average as a cloud",
        "∂E L/∂x₁ across, ∂E L/∂x₂ up",
        pending="Drawn when the moons have their turn.",
    ),
)
TIP = [
    ("samples, seed", "@n_samples{%d}, @seed{%d}"),
    ("mean", "@mean_norm{%.3g}, 95 % [@low{%.3g}, @high{%.3g}]"),
    ("median", "@median_norm{%.3g}, 95 % [@median_low{%.3g}, @median_high{%.3g}]"),
    ("over one sample's", "@ratio_single{%.2f}"),
    ("cosine of two halves", "@split_cosine{%.2f}"),
    ("k, n", "@width{%d}, @points{%d}"),
]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Norms, components and both sizes; pictures, and clouds."""
    table = GRADIENT.among(tables)
    return (
        _norms(first(table)),
        _components(COMPONENTS.among(tables)),
        draw_pictures(PICTURES.among(tables), look.settings.picture),
        _sizes("sizes-k", over_width(of(table)), "width", "width k"),
        _sizes("sizes-n", over_data(of(table)), "points", "images n"),
        draw_scatter(SCATTER.among(tables), look.settings),
    )


def _norms(table: Columns) -> Figure:
    every, chosen, twice = of(table), of(table, SELECTED), of(table, loss=TWICE)
    mean, median = means(every, "n_samples"), medians(every, "n_samples")
    picked, weak = means(chosen, "n_samples"), curve(twice, "n_samples", "mean_norm")
    guide = mean.value[:1] / np.sqrt(mean.x) if mean.known else mean.x
    texts = [
        Label(mean.x, mean.value, "mean", "gradient", 9),
        Label(median.x, median.value, "median", "ink", -18),
        Label(picked.x[:3], picked.value[:3], "mean, selected", "gradient", 9, align="left", dx=6),
        Label(weak.x[:4], weak.value[:4], "softmax twice", "law", 9),
        Label(mean.x, guide, "1/√n", "law", -16),
    ]
    marks = [
        Band("band-median", median.x, median.low, median.high, "ink"),
        Band("band-mean", mean.x, mean.low, mean.high, "gradient"),
        Line("guide", mean.x, guide, "law", dash="dashed", width=1.2),
        Line("twice", weak.x, weak.value, "law", dash="dotted", width=1.8),
        Line("selected", picked.x, picked.value, "gradient", dash="dashed", width=1.8),
        Line("median", median.x, median.value, "ink", width=2.5),
        Line("mean", mean.x, mean.value, "gradient", width=2.5),
        Pin("pin", median.x, median.value),
        Dots("median-dots", every["n_samples"], every["median_norm"], "ink", tip=TIP, hover=every),
        Dots("mean-dots", every["n_samples"], every["mean_norm"], "gradient", tip=TIP, hover=every),
        Labels("text", texts),
    ]
    return Figure("vanishing", marks, Axis("samples n", log=True), Axis(log=True))


def _components(table: Columns) -> Figure:
    n = table["n_samples"]
    texts = [
        Label(n[:2], table["most"][:2], "all", "law", 4, align="left", dx=8),
        Label(n[:3], table["q95"][:3], "90%", "gradient", 8, align="left", dx=4),
    ]
    marks = [
        Band("all", n, table["least"], table["most"], "law"),
        Band("most", n, table["q05"], table["q95"], "gradient"),
        Line("upper", n, table["q95"], "gradient", width=1.5),
        Line("lower", n, table["q05"], "gradient", width=1.5),
        Pin("pin-upper", n, table["most"]),
        Pin("pin-lower", n, table["least"]),
        Labels("names", texts),
    ]
    return Figure("components", marks, Axis("samples n", log=True), Axis())


def _sizes(name: str, table: Columns, x: str, label: str) -> Figure:
    alone, mean, median = curve(table, x, "single"), means(table, x), medians(table, x)
    texts = [
        Label(alone.x[:1], alone.value[:1], "one sample", "law", -12, align="left"),
        Label(mean.x[:1], mean.value[:1], "mean", "gradient", -12, align="left"),
        Label(median.x, median.value, "median", "ink", -16),
    ]
    marks = [
        Line("single", alone.x, alone.value, "law", dash="dashed"),
        Line("median", median.x, median.value, "ink", width=1.6),
        Line("mean", mean.x, mean.value, "gradient", width=2.5),
        Pin("pin", mean.x, mean.value),
        Stems("median-stems", median.x, median.low, median.high, "ink"),
        Stems("mean-stems", mean.x, mean.low, mean.high, "gradient"),
        Dots("dots", table[x], table["mean_norm"], "gradient", tip=TIP, hover=table),
        Labels("names", texts),
    ]
    return Figure(name, marks, Axis(label, log=True), Axis(log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the mean and the median do, how many images are like the selected one, what width and data do; and moons."""
    table, done = GRADIENT.among(tables), VANISHING.among(tables)
    about = of_what(done, look.settings)
    found = {
        "vanishing": of_norms(first(table), about),
        "pictures": of_pictures(PICTURES.among(tables), first(table), done, look.settings.picture, about),
        "sizes": of_sizes(of(table), done, look.settings),
        "scatter": of_scatter(SCATTER.among(tables), SPREAD.among(tables), look.settings),
    }
    return {name: sentence for name, sentence in found.items() if sentence}


def walks(tables: Tables, look: Look) -> dict[str, Columns]:
    """Those over posteriors of images, and over those of moons that are shown."""
    moons = SPREAD.among(tables)
    shown = where(moons, np.isin(moons["kind"], look.settings.kinds_shown))
    return {"vanishing": VANISHING.among(tables), "scatter": shown}
