"""Figure of the gradients: mean and largest on the sphere, against the dimension."""

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Lines, Pin
from explorer.figures.numbers import down, up
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.gradients import GRADIENTS

SLOTS = (Slot("gradients", "Mean and largest gradient", "on the unit sphere", pending="Drawn dimension by dimension."),)
TIP = [("d, k", "@d{%d}, @k{%d}"), ("mean ≤", "@mean{%.3g}"), ("largest ≥", "@max{%.3g}")]
LEAST = 1e-300  # below that a mean is nothing


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """One line a network width for the mean, and one for the largest."""
    table = GRADIENTS.among(tables)
    curves = families(table)
    means = [np.where(curve["mean"] > LEAST, curve["mean"], np.nan) for curve in curves]
    first = curves[0] if curves else GRADIENTS.empty()
    top = means[0] if means else np.zeros(0)
    marks = [
        Lines("means", [curve["d"] for curve in curves], means, "certified"),
        Lines("largest", [curve["d"] for curve in curves], [curve["max"] for curve in curves], "found"),
        Pin("pin", first["d"], top),
        Dots(
            "mean-dots",
            table["d"],
            np.where(table["mean"] > LEAST, table["mean"], np.nan),
            "certified",
            tip=TIP,
            hover=table,
        ),
        Dots("dots", table["d"], table["max"], "found", tip=TIP, hover=table),
        Margin(
            "names",
            [Label(first["d"], first["max"], "largest ≥", "found"), Label(first["d"], top, "mean ≤", "certified")],
        ),
    ]
    return (Figure("gradients", marks, Axis("dimension d", log=True, ticks=DECADES), Axis(log=True)),)


def families(table: Columns) -> list[Columns]:
    """The rows of each width, widest first."""
    return [where(table, table["k"] == k) for k in np.unique(table["k"])[::-1]]


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """What the mean has come to in the largest dimension, beside the largest gradient there."""
    table = GRADIENTS.among(tables)
    known = where(table, np.isfinite(table["max"]))
    if not len(known["d"]):
        return {"gradients": Sentence("The largest gradients are being searched for.")} if len(table["d"]) else {}
    d = known["d"].max()
    there = where(known, known["d"] == d)
    at = int(there["max"].argmax())
    lead = (
        f"In {d} dimensions the mean gradient is {up(there['mean'][at], 2)} at most, and the largest "
        f"{down(there['max'][at], 2)} at least."
    )
    details = (
        f"Of the network with {there['k'][at]} neurons for {there['n'][at]} points. Mean: a closed form, neuron by"
        " neuron, of the tangential gradient at uniform points of the sphere (≤, for neurons that are on together can"
        " only cancel). Largest: found at points that are aimed at many neurons at once (≥)."
    )
    return {"gradients": Sentence(lead, details)}
