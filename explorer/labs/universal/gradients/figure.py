"""The figure of the gradients panel: mean and largest gradient against the dimension, a line a group size."""

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin
from explorer.figures.numbers import down
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.gradients import GRADIENTS

SLOTS = (
    Slot(
        "gradients",
        "Mean and largest gradient",
        "|∇f| on the sphere; dotted: 4 n/k",
        pending="Drawn network by network.",
    ),
)
TIP = [
    ("d, n", "@d{%d}, @n{%d}"),
    ("m, width k", "@m{%d}, @k{%d}"),
    ("mean", "@mean{%.3g}, 95 % [@low{%.3g}, @high{%.3g}]"),
    ("largest found ≥", "@max{%.3g}"),
    ("share of the sphere with a neuron on", "@share{%.2g}"),
    ("share of points not fitted", "@misfit{%.2g}"),
]


def rows(tables: Tables, *, fits: bool = False) -> Columns:
    """What a logarithmic axis can show; `fits`: only networks through all their points."""
    table = GRADIENTS.among(tables)
    known = np.isfinite(table["mean"]) & np.isfinite(table["max"]) & (table["mean"] > 0) & (table["max"] > 0)
    return where(table, known & (table["misfit"] == 0) if fits else known)


def lines(table: Columns) -> list[Columns]:
    """The rows of each group size."""
    return [where(table, table["m"] == m) for m in np.unique(table["m"])]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Above the largest gradients found, below the means; rings: networks that do not pass through all their points."""
    table = rows(tables)
    each = lines(table)
    missed, fits = where(table, table["misfit"] != 0), where(table, table["misfit"] == 0)
    xs, shade = [part["d"] for part in each], spaced(len(each))
    law = np.concatenate([np.append(part["law"], np.nan) for part in each] or [np.zeros(0)])
    dims = np.concatenate([np.append(part["d"], np.nan) for part in each] or [np.zeros(0)])
    last = each[-1] if each else table
    names = [
        Label(part["d"], part[column], f"{said} {part['m'][0]}", shade=s)
        for column, said in (("max", "max, m ="), ("mean", "mean, m ="))
        for part, s in zip(each, shade.tolist(), strict=True)
    ]
    marks = [
        Line("law", dims, law, "law", dash="dotted", width=1.8),
        Lines("max", xs, [part["max"] for part in each], shade=shade, width=1.5),
        Lines("mean", xs, [part["mean"] for part in each], shade=shade, width=2.5),
        Pin("pin-max", last["d"], last["max"]),
        Pin("pin-mean", last["d"], last["mean"]),
        Dots("max-missed", missed["d"], missed["max"], "found", hollow=True, tip=TIP, hover=missed),
        Dots("mean-missed", missed["d"], missed["mean"], "ink", hollow=True, tip=TIP, hover=missed),
        Dots("max-dots", fits["d"], fits["max"], "found", tip=TIP, hover=fits),
        Dots("mean-dots", fits["d"], fits["mean"], "ink", tip=TIP, hover=fits),
        Margin("names", names),
    ]
    return (Figure("gradients", marks, Axis("dimension d", log=True, ticks=DECADES), Axis(log=True)),)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Of the largest groups that fit: both numbers in the fewest dimensions, and in the most."""
    table = rows(tables)
    if not len(table["d"]):
        return {}
    fits = rows(tables, fits=True)
    if not len(fits["d"]):
        least = table["misfit"].min()
        told = f" The best of them misses {100 * least:.2g} % of its points." if np.isfinite(least) else ""
        return {"gradients": Sentence(f"No network so far passes through all its points.{told}")}
    return {"gradients": _both(fits, len(table["d"]) - len(fits["d"]))}


def _both(fits: Columns, missed: int) -> Sentence:
    # the largest groups in more than one dimension, or else the largest
    part = max(lines(fits), key=lambda part: (len(part["d"]) > 1, part["m"][0]))
    first, last = ({name: values[i] for name, values in part.items()} for i in (0, -1))
    if first["d"] == last["d"]:
        lead = f"At d = {last['d']} the mean gradient is {last['mean']:.2g}, the largest at least {down(last['max'])}."
    else:
        lead = (
            f"From d = {first['d']} to {last['d']} the mean gradient goes from {first['mean']:.2g} to "
            f"{last['mean']:.2g}, the largest found from {down(first['max'])} to {down(last['max'])}."
        )
    details = (
        f"Networks through all n = {last['n']} points, {last['m']} or fewer a neuron, k = {last['k']}; tangential "
        f"gradients. The mean at d = {last['d']} has the 95 % interval [{last['low']:.3g}, {last['high']:.3g}]: points "
        f"are drawn where a neuron is on, and weighted. That is a share {last['share']:.2g} of the sphere. The largest "
        "is looked for at points aimed at many neurons at once: the true one may be larger."
    )
    if missed:
        details += f" Networks that miss some of their points (rings) are left out here: {missed}."
    return Sentence(lead, details)
