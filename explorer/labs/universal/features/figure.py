"""Figures of the features: the peak at params = n, and how steepness goes on beyond it."""

import math

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.numbers import interval, signed
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels, Margin
from explorer.frames import Columns, Tables
from explorer.labs.universal.features import RANDOM, TANGENT
from explorer.labs.universal.features.means import BEYOND, beyond, means, near, of

SLOTS = (
    Slot("features", "At params = n", "random features, against params / n", pending="Drawn size by size."),
    Slot("features-lip", "More parameters", "Lip found ≥, against parameters beyond 2 n"),
)
TIP = [("params, seed", "@params{%d}, @seed{%d}"), ("Lip ≥", "@lip{%.3g}"), ("test MSE", "@test_mse{%.3g}")]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """Both figures."""
    return _peak(of(tables, RANDOM)), _beyond(of(tables, RANDOM), of(tables, TANGENT))


def _peak(table: Columns) -> Figure:
    norm, lip, missed = (means(table, column) for column in ("norm", "lip", "test_mse"))
    values = np.concatenate([norm[1], lip[1], missed[1]])
    level = np.array([values.min(), values.max()]) if len(values) else values
    marks = [
        Line("n", np.ones(len(level)), level, "law", dash="dashed", width=1.2),
        Line("norm", *norm),
        Line("lip", *lip, "found"),
        Line("missed", *missed, "minus"),
        Pin("pin", *lip),
        Dots("dots", table["params"] / np.maximum(table["n"], 1), table["lip"], "found", tip=TIP, hover=table),
        Margin("names", [Label(*norm, "norm"), Label(*lip, "Lip ≥", "found"), Label(*missed, "test MSE", "minus")]),
        Labels("text", [Label(np.ones(len(level)), level, "n", "law", align="left", dx=4)]),
    ]
    return Figure("features", marks, Axis("params / n", log=True, ticks=DECADES), Axis(log=True))


def _beyond(random: Columns, tangent: Columns) -> Figure:
    marks, names = [], []
    for name, said, role, table in (("random", "random", "found", random), ("ntk", "NTK", "plus", tangent)):
        there = where(table, table["params"] >= BEYOND * table["n"])
        fit, x = beyond(table), np.unique(there["params"]).astype(float)
        y = np.exp(fit.at(np.log(x))) if math.isfinite(fit.slope) else np.full(len(x), np.nan)
        marks += [
            Line(name, x, y, role),
            Dots(f"{name}-dots", there["params"], there["lip"], role, tip=TIP, hover=there),
        ]
        names.append(Label(x, y, said, role))
    own = where(random, random["params"] >= BEYOND * random["n"])
    share, lip = means(own, "lip")
    marks += [Pin("pin", share * (own["n"][0] if len(own["n"]) else 1), lip), Margin("names", names)]
    return Figure("features-lip", marks, Axis("parameters", log=True, ticks=DECADES), Axis(log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How high the peak is, and the exponents beyond it."""
    random, tangent = of(tables, RANDOM), of(tables, TANGENT)
    if not len(random["params"]):
        return {}
    out = {"features": _height(random)}
    fits = [(said, beyond(table)) for said, table in (("random features", random), ("the tangent kernel", tangent))]
    if all(math.isfinite(fit.slope_interval[0]) for _, fit in fits):
        lead = "Beyond 2 n the steepness goes like params to the power "
        lead += " and ".join(f"{signed(fit.slope)} ({said})" for said, fit in fits) + "."
        ends = "; ".join(f"{said} {interval(fit.slope_interval)} over {fit.n} fits" for said, fit in fits)
        out["features-lip"] = Sentence(lead, f"95 % intervals: {ends}. Found at points, so at most the true constants.")
    return out


def _height(table: Columns) -> Sentence:
    share, norm = means(table, "norm")
    lip = means(table, "lip")[1]
    at, later = near(share, norm, 1.0), near(share, norm, 4.0)
    details = (
        "Geometric means over seeds, least squares of minimum norm. Test MSE: against the target without noise. Lip is"
        " the largest gradient at the points that were fitted and a thousand others: at most the true constant."
    )
    if math.isfinite(at) and math.isfinite(later):
        steeper = near(share, lip, 1.0) / near(share, lip, 4.0)
        lead = f"At params = n the norm is {at / later:.3g} times that at 4 n, and Lip, as found, {steeper:.3g} times."
        return Sentence(lead, details)
    if not len(share):
        return Sentence("No fit has a norm that is known so far.", details)
    return Sentence(f"Up to params = {share[-1]:.3g} n the norm has come to {norm.max():.3g}.", details)
