"""Panel `one-neuron`: the gradient of one ramp a point, against its threshold t and against n."""

import numpy as np

from explorer.figures.figure import DECADES, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Pin
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.law.tables import CONSTRUCTIONS, FLOORS

SLOTS = (
    Slot("one-neuron", "One neuron a point", "largest gradient", pending="Drawn as soon as the points are there."),
    Slot(
        "one-neuron-points",
        "More points",
        "largest gradient at the last t",
        pending="Drawn as soon as t* is measured.",
    ),
)
#: What is measured: its column, and the label of its line.
CURVES = {"ball": ("lip_ball", "in the ball"), "sphere": ("lip_sphere", "on the sphere")}
TIP = [("t", "@x{%.4g}"), ("found ≥", "@y{%.4g}"), ("formula", "@formula{%.4g}"), ("not fitted", "@misfit{%.2g}")]
SIZES = [("n = k", "@x{%d}"), ("found ≥", "@y{%.4g}")]
FINE = 120  # points of a formula's curve
ROUNDING = 1e-6  # points of the unit sphere are that close to it
STEADY = 0.05  # what stays varies by less


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The gradient by threshold, and by number of points."""
    return _thresholds(*thresholds(tables, look.settings.n)), _points(*at_chosen(tables), FLOORS.among(tables))


def rows(tables: Tables) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The thresholds t = 1 - 1 / formula_ball, and the rows of this construction."""
    table = CONSTRUCTIONS.among(tables)
    found = where(table, table["name"] == "one-neuron")
    return 1 - 1 / found["formula_ball"], found


def thresholds(tables: Tables, n: int) -> tuple[np.ndarray, dict[str, np.ndarray]]:
    """The rows of n points by rising t."""
    t, table = rows(tables)
    here = np.flatnonzero(table["n"] == n)
    here = here[np.argsort(t[here])]
    return t[here], where(table, here)


def star(t: np.ndarray, table: Columns) -> float:
    """t*, the least t with a `formula_sphere`; NaN where caps overlap at every t, or at none."""
    disjoint = np.isfinite(table["formula_sphere"])
    return float(t[disjoint].min()) if disjoint.any() and not disjoint.all() else np.nan


def smallest(t: np.ndarray, table: Columns) -> float:
    """The smallest |x_i|, read off `formula_sphere`, that of the ramp with the widest cap; 1 where it is unknown.

    That ramp is as steep as sqrt(1 - rim^2) / (1 - t) on the unit sphere, its rim at max(0, |x_i| - 1 + t). Where the
    rim is 0 the formula says only that |x_i| <= 1 - t, so the least of what all thresholds say is taken.
    """
    formula = table["formula_sphere"]
    there = np.isfinite(formula)
    if not there.any():
        return 1.0
    rim = np.sqrt(np.maximum(0, 1 - (formula[there] * (1 - t[there])) ** 2))
    return float((rim + 1 - t[there]).min())


def _thresholds(t: np.ndarray, table: dict[str, np.ndarray]) -> Figure:
    fine = np.linspace(t[0], t[-1], FINE) if len(t) else t
    size, least = smallest(t, table), star(t, table)
    rim = np.clip(size - 1 + fine, 0, 1)
    ball, sphere = 1 / (1 - fine), np.sqrt(1 - rim**2) / (1 - fine)
    cut = [least] * 2 if np.isfinite(least) else []
    measured = {curve: table | {"formula": table[f"formula_{curve}"]} for curve in CURVES}
    unfit = np.tile(table["misfit"] > 0, len(CURVES))
    hover = {name: np.concatenate([each[name] for each in measured.values()])[unfit] for name in ("formula", "misfit")}
    x, y = np.tile(t, len(CURVES)), np.concatenate([table[column] for column, _ in CURVES.values()])
    widest = "√((1 + t)/(1 − t))" if abs(size - 1) < ROUNDING else "its widest cap"
    # above the steep curve's rise, and below the other's end
    names = [
        Label(t[:1] + 0.92 * (t[-1:] - t[:1]), ball[-1:], "≥ in the ball, 1/(1 − t)", "found"),
        Label(t[-1:], sphere[:1], f"≥ on the sphere, {widest}", "found"),
        Label(least, 1, f"t* = {least:.3g}", above=6, align="left", dx=5),
    ]
    marks = [
        Line("star", cut, [1, 1 / (1 - least)][: len(cut)], width=1, alpha=0.6),
        Line("ball-formula", fine, ball, "law", dash="dashed", width=1.5),
        Line("sphere-formula", fine, sphere, "law", dash="dashed", width=1.5),
        Pin("pin", t, table["lip_ball"]),
        *(
            Dots(curve, t, table[column], "found", size=6, tip=TIP, hover=measured[curve])
            for curve, (column, _) in CURVES.items()
        ),
        Dots("unfit", x[unfit], y[unfit], size=10, hollow=True, tip=TIP, hover=hover),
        Labels("text", names),
    ]
    return Figure("one-neuron", marks, Axis("threshold t"), Axis(log=True, ticks=DECADES))


def _points(n: np.ndarray, table: Columns, floors: Columns) -> Figure:
    """At the t at which fewer points were measured too: the gradients, and what any function must have."""
    floors = where(floors, np.argsort(floors["n"]))
    floor = np.where(floors["value"] > 0, floors["value"], np.nan)
    names = [Label(n, table[column], f"≥ {name}", "found", -10) for column, name in CURVES.values()]
    marks = [
        *(Line(curve, n, table[column], "found") for curve, (column, _) in CURVES.items()),
        Line("floor", floors["n"], floor, "floor"),
        Pin("pin", n, table["lip_ball"]),
        *(Dots(f"{curve}-dots", n, table[column], "found", tip=SIZES) for curve, (column, _) in CURVES.items()),
        Labels("text", [*names, Label(floors["n"], floor, "any function: at least", "floor", 10)]),
    ]
    x = Axis("points n = width k", log=True, ticks=DECADES)
    return Figure("one-neuron-points", marks, x, Axis(log=True, ticks=DECADES))


def at_chosen(tables: Tables) -> tuple[np.ndarray, Columns]:
    """n by rising n, and the rows of the t at which the fewest points were measured, where a gradient was found."""
    t, table = rows(tables)
    several = len(np.unique(table["n"])) > 1
    chosen = t[np.argmin(table["n"])] if several else star(t, table)
    found = np.isfinite(table["lip_ball"]) & (table["lip_ball"] > 0)
    here = np.flatnonzero(np.isclose(t, chosen, rtol=0, atol=1e-9) & found)
    here = here[np.argsort(table["n"][here])]
    return table["n"][here].astype(np.float64), where(table, here)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """How far what was measured is from the formulas, and how it depends on n."""
    t, table = thresholds(tables, look.settings.n)
    out = {}
    if len(t):
        out["one-neuron"] = _agreement(t, table)
    x, chosen = at_chosen(tables)
    if len(x) > 1:
        values = chosen["lip_ball"]
        spread = float(values.max() / values.min() - 1)
        size = f"From {x[0]:,.0f} to {x[-1]:,.0f} points the gradient found in the ball"
        out["one-neuron-points"] = (
            Sentence(
                f"{size} stays {values[-1]:.3g}.", f"It varies by {spread:.1%}: with k = n neurons it need not grow."
            )
            if spread < STEADY
            else Sentence(f"{size} goes from {values[0]:.3g} to {values[-1]:.3g}.")
        )
    return out


def _agreement(t: np.ndarray, table: Columns) -> Sentence:
    disjoint = np.isfinite(table["formula_sphere"])
    least = star(t, table)
    if not disjoint.any():
        return Sentence("Caps overlap at every t: the formulas hold for single ramps only.")
    measured = disjoint & np.isfinite(table["lip_ball"])
    where = f"t* = {least:.3f}" if np.isfinite(least) else f"t = {t[0]:.3g}"
    lead = f"From {where} on no two caps meet, and both formulas are exact."
    below = "Below, ramps can add up." if np.isfinite(least) else ""
    if not measured.any():
        return Sentence(lead, below)
    ratios = [table[f"lip_{part}"][measured] / table[f"formula_{part}"][measured] for part in CURVES]
    within = f"[{np.min(ratios):.3f}, {np.max(ratios):.3f}] at {measured.sum()} thresholds"
    return Sentence(lead, f"Measured over formula lies in {within}. {below}".strip())
