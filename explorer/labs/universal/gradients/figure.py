"""Figures of the gradients panel: mean and largest gradient against the dimension, a line a group size."""

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
        "|∇f| on the sphere, above found (≥)",
        pending="Drawn network by network.",
    ),
    Slot("gradients-max", "The largest alone", "max |∇f|, found (≥); dotted: its formula"),
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
    """Both on one axis of many decades, then the largest alone; rings: networks that miss some of their points."""
    return _both_of(rows(tables)), _largest(rows(tables))


def _both_of(table: Columns) -> Figure:
    each = lines(table)
    missed, fits = where(table, table["misfit"] != 0), where(table, table["misfit"] == 0)
    xs, shade = [part["d"] for part in each], spaced(len(each))
    last = each[-1] if each else table
    names = [Label(last["d"], last["max"], "max", "found", 4)]
    names += [
        Label(part["d"], part["mean"], f"mean, m = {part['m'][0]}", shade=s)
        for part, s in zip(each, shade.tolist(), strict=True)
    ]
    marks = [
        Lines("max", xs, [part["max"] for part in each], "found", width=1.5),
        Lines("mean", xs, [part["mean"] for part in each], shade=shade, width=2.5),
        Pin("pin-max", last["d"], last["max"]),
        Pin("pin-mean", last["d"], last["mean"]),
        Dots("max-missed", missed["d"], missed["max"], "found", hollow=True, tip=TIP, hover=missed),
        Dots("mean-missed", missed["d"], missed["mean"], "ink", hollow=True, tip=TIP, hover=missed),
        Dots("max-dots", fits["d"], fits["max"], "found", tip=TIP, hover=fits),
        Dots("mean-dots", fits["d"], fits["mean"], "ink", tip=TIP, hover=fits),
        Margin("names", names),
    ]
    return Figure("gradients", marks, Axis("dimension d", log=True, ticks=DECADES), Axis(log=True))


def _largest(table: Columns) -> Figure:
    each = lines(table)
    missed, fits = where(table, table["misfit"] != 0), where(table, table["misfit"] == 0)
    xs, shade = [part["d"] for part in each], spaced(len(each))
    gap = np.full(1 if each else 0, np.nan)  # between the line of one size and that of the next
    dims = np.concatenate([np.append(part["d"], gap) for part in each] or [gap])
    law = np.concatenate([np.append(part["law"], gap) for part in each] or [gap])
    last = each[-1] if each else table
    names = [
        Label(part["d"], part["max"], f"m = {part['m'][0]}", shade=s)
        for part, s in zip(each, shade.tolist(), strict=True)
    ]
    marks = [
        Line("law", dims, law, "law", dash="dotted", width=2),
        Lines("max", xs, [part["max"] for part in each], shade=shade, width=1.5),
        Pin("pin", last["d"], last["max"]),
        Dots("missed", missed["d"], missed["max"], "found", hollow=True, tip=TIP, hover=missed),
        Dots("dots", fits["d"], fits["max"], "found", tip=TIP, hover=fits),
        Margin("names", names),
    ]
    return Figure(
        "gradients-max",
        marks,
        Axis("dimension d", log=True, ticks=DECADES),
        Axis(log=True),
    )


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """Of the largest groups that fit both numbers, in few dimensions and in many; how near its formula is."""
    table = rows(tables)
    if not len(table["d"]):
        return {}
    fits = rows(tables, fits=True)
    if not len(fits["d"]):
        least = table["misfit"].min()
        told = f" The best of them misses {100 * least:.2g} % of its points." if np.isfinite(least) else ""
        return {"gradients": Sentence(f"No network so far passes through all its points.{told}")}
    out = {"gradients": _both(fits, len(table["d"]) - len(fits["d"]))}
    if np.isfinite(fits["law"]).all() and (fits["law"] > 0).all():
        out["gradients-max"] = _near(fits)
    return out


def _both(fits: Columns, missed: int) -> Sentence:
    # the largest groups in more than one dimension, or else the largest
    part = max(lines(fits), key=lambda part: (len(part["d"]) > 1, part["m"][0]))
    first, last = ({name: values[i] for name, values in part.items()} for i in (0, -1))
    if first["d"] == last["d"]:
        lead = (
            f"With m = {last['m']} and d = {last['d']} the mean gradient is {last['mean']:.2g}, the largest at least "
            f"{down(last['max'])}."
        )
    else:
        lead = (
            f"With m = {last['m']}, from d = {first['d']} to {last['d']} the mean gradient goes from "
            f"{first['mean']:.2g} to {last['mean']:.2g}, the largest found from {down(first['max'])} to "
            f"{down(last['max'])}."
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


def _near(fits: Columns) -> Sentence:
    ratio = fits["max"] / fits["law"]
    low, high = f"{ratio.min():.2f}", f"{ratio.max():.2f}"
    found = f"{low} times" if low == high else f"between {low} and {high} times"
    return Sentence(
        f"The largest gradient found is {found} its formula, which does not depend on d.",
        f"Of {len(ratio)} networks that pass through all their points. Take neurons as orthogonal and 2 √m long, with "
        "m = n/k: the unit ball has a point where 4 m of them are on, no more, and there the gradient is 4 m long "
        "(with fewer neurons, 2 √n). With half of each sign on it is tangential. Of one sign alone 2 m is the most on "
        "the sphere.",
    )
