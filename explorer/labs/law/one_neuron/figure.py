"""Panel `one-neuron`: the gradient of one ramp a point, against its threshold t and against n."""

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.texts import joined, texts
from explorer.frames import Columns, Tables

SLOTS = (
    Slot("one-neuron", "One neuron a point", "largest gradient", ("one-neuron",)),
    Slot("one-neuron-points", "More points", "largest gradient at the last t", ("one-neuron-points",)),
)
PENDING = {
    "one-neuron": "Drawn as soon as the points are there.",
    "one-neuron-points": "Drawn as soon as t* is measured.",
}
#: What is measured: its column, and the label of its line.
CURVES = {"ball": ("lip_ball", "in the ball"), "sphere": ("lip_sphere", "on the sphere")}
ROLES = {
    **{f"one-neuron:{curve}-formula": "law" for curve in CURVES},
    **{f"one-neuron:{curve}": "found" for curve in CURVES},
    "one-neuron:star": "ink",
    "one-neuron:unfit": "ink",
    "one-neuron:pin": "pinned",
    **{f"one-neuron-points:{curve}": "found" for curve in CURVES},
    **{f"one-neuron-points:{curve}-dots": "found" for curve in CURVES},
    "one-neuron-points:floor": "floor",
    "one-neuron-points:pin": "pinned",
}
NUMBERS = [("t", "@x{%.4g}"), ("found ≥", "@y{%.4g}"), ("formula", "@formula{%.4g}"), ("not fitted", "@misfit{%.2g}")]
SIZES = [("n = k", "@x{%d}"), ("found ≥", "@y{%.4g}")]
TICKS = [digit * 10**power for power in range(4) for digit in (1, 2, 5)]
FINE = 120  # points of a formula's curve
ROUNDING = 1e-6  # points of the unit sphere are that close to it
STEADY = 0.05  # what stays varies by less


def declare() -> dict[str, hv.Overlay]:
    """Both figures, all sources empty."""
    p = parts
    curves = [p.line(f"one-neuron:{curve}-formula", "law", dash="dashed", width=1.5) for curve in CURVES]
    dots = [p.dots(f"one-neuron:{curve}", "found", size=6, hover=NUMBERS) for curve in CURVES]
    lines = [p.line(f"one-neuron-points:{curve}", "found") for curve in CURVES]
    ends = [p.dots(f"one-neuron-points:{curve}-dots", "found", hover=SIZES) for curve in CURVES]
    return {
        "one-neuron": p.figure(
            [
                p.line("one-neuron:star", "ink", width=1, alpha=0.6),
                *curves,
                p.line("one-neuron:pin", "pinned", dash="dashed", width=1.8),
                *dots,
                p.dots("one-neuron:unfit", "ink", size=10, hollow=True, hover=NUMBERS),
                p.labels("one-neuron:text"),
            ],
            name="one-neuron",
            x="threshold t",
            log_y=True,
            y_ticks=TICKS,
        ),
        "one-neuron-points": p.figure(
            [
                *lines,
                p.line("one-neuron-points:floor", "floor"),
                p.line("one-neuron-points:pin", "pinned", dash="dashed", width=1.8),
                *ends,
                p.labels("one-neuron-points:text"),
            ],
            name="one-neuron-points",
            x="points n = width k",
            log_x=True,
            log_y=True,
            x_ticks=TICKS,
            y_ticks=TICKS,
        ),
    }


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source."""
    return _thresholds(tables, look) | _points(tables, look)


def rows(tables: Tables) -> tuple[np.ndarray, Columns]:
    """The thresholds t = 1 - 1 / formula_ball, and the rows of this construction."""
    table = tables.get("constructions")
    if table is None:
        return np.zeros(0), {}
    here = table["name"] == "one-neuron"
    found = {name: values[here] for name, values in table.items()}
    return 1 - 1 / found["formula_ball"], found


def thresholds(tables: Tables, n: int) -> tuple[np.ndarray, Columns]:
    """The rows of n points by rising t; no rows before there are any."""
    t, table = rows(tables)
    if not table:
        return t, table
    here = np.flatnonzero(table["n"] == n)
    here = here[np.argsort(t[here])]
    return t[here], {name: values[here] for name, values in table.items()}


def star(t: np.ndarray, table: Columns) -> float:
    """t*, the least t with a `formula_sphere`; NaN where caps overlap at every t, or at none."""
    disjoint = np.isfinite(table["formula_sphere"]) if table else np.zeros(0, bool)
    return float(t[disjoint].min()) if disjoint.any() and not disjoint.all() else np.nan


def smallest(t: np.ndarray, table: Columns) -> float:
    """The smallest |x_i|, read off `formula_sphere`, that of the ramp with the widest cap; 1 where it is unknown.

    That ramp is as steep as sqrt(1 - rim^2) / (1 - t) on the unit sphere, its rim at max(0, |x_i| - 1 + t). Where the
    rim is 0 the formula says only that |x_i| <= 1 - t, so the least of what all thresholds say is taken.
    """
    formula = table["formula_sphere"] if table else np.zeros(0)
    there = np.isfinite(formula)
    if not there.any():
        return 1.0
    rim = np.sqrt(np.maximum(0, 1 - (formula[there] * (1 - t[there])) ** 2))
    return float((rim + 1 - t[there]).min())


def _thresholds(tables: Tables, look: Look) -> Patch:
    t, table = thresholds(tables, look.settings.n)
    nothing = np.zeros(0)
    fine = np.linspace(t[0], t[-1], FINE) if len(t) else nothing
    size = smallest(t, table)
    rim = np.clip(size - 1 + fine, 0, 1)
    formulas = {"ball": 1 / (1 - fine), "sphere": np.sqrt(1 - rim**2) / (1 - fine)}
    least = star(t, table)
    out: Patch = {"one-neuron:star": {"x": [], "y": []}, "one-neuron:pin": {"x": [], "y": []}}
    unfit: dict[str, list] = {name: [] for name in ("x", "y", "formula", "misfit")}
    for curve, (column, _) in CURVES.items():
        y, misfit = table.get(column, nothing), table.get("misfit", nothing)
        tip = {"x": t, "y": y, "formula": table.get(f"formula_{curve}", nothing), "misfit": misfit}
        out[f"one-neuron:{curve}"] = tip
        out[f"one-neuron:{curve}-formula"] = {"x": fine, "y": formulas[curve]}
        for name, values in tip.items():
            unfit[name].extend(values[misfit > 0])
    if np.isfinite(least):
        out["one-neuron:star"] = {"x": np.array([least, least]), "y": np.array([1.0, 1 / (1 - least)])}
    out["one-neuron:unfit"] = unfit
    out["one-neuron:text"] = _labels(t, formulas, least, size, look.theme) if len(t) else texts([], look.theme)
    if look.pinned is not None:
        kept, pinned = thresholds(look.pinned, look.pinned_settings.n)
        out["one-neuron:pin"] = {"x": kept, "y": pinned.get("lip_ball", nothing)}
    return out


def _labels(t: np.ndarray, formulas: dict[str, np.ndarray], least: float, size: float, theme: str) -> dict[str, list]:
    """Names of the curves where these leave room: above the steep one's rise, and below the other's end."""
    sphere = "√((1 + t)/(1 − t))" if abs(size - 1) < ROUNDING else "its widest cap"
    at = t[0] + 0.92 * (t[-1] - t[0])
    names = texts(
        [
            (np.array([at]), formulas["ball"][-1:], "≥ in the ball, 1/(1 − t)", "found", 0.0),
            (t[-1:], formulas["sphere"][:1], f"≥ on the sphere, {sphere}", "found", 0.0),
        ],
        theme,
    )
    return joined(
        names, texts([(np.array([least]), np.array([1.0]), f"t* = {least:.3g}", "ink", 6.0)], theme, "left", 5)
    )


def _points(tables: Tables, look: Look) -> Patch:
    """At the t at which fewer points were measured too: the gradients, and what any function must have."""
    x, table = at_chosen(tables)
    nothing = np.zeros(0)
    floors = tables.get("floors")
    out: Patch = {
        "one-neuron-points:floor": {"x": [], "y": []},
        "one-neuron-points:pin": {"x": [], "y": []},
    }
    labels = []
    for curve, (column, name) in CURVES.items():
        y = table.get(column, nothing)
        out[f"one-neuron-points:{curve}"] = out[f"one-neuron-points:{curve}-dots"] = {"x": x, "y": y}
        labels.append((x, y, f"≥ {name}", "found", -10.0))
    if floors is not None and len(floors["n"]):
        order = np.argsort(floors["n"])
        n, value = floors["n"][order], np.where(floors["value"] > 0, floors["value"], np.nan)[order]
        out["one-neuron-points:floor"] = {"x": n, "y": value}
        labels.append((n, value, "any function: at least", "floor", 10.0))
    out["one-neuron-points:text"] = texts(labels, look.theme)
    if look.pinned is not None:
        kept, pinned = at_chosen(look.pinned)
        out["one-neuron-points:pin"] = {"x": kept, "y": pinned.get("lip_ball", nothing)}
    return out


def at_chosen(tables: Tables) -> tuple[np.ndarray, Columns]:
    """n by rising n, and the rows of the t at which the fewest points were measured, where a gradient was found."""
    t, table = rows(tables)
    if not len(t):
        return np.zeros(0), {}
    chosen = t[np.argmin(table["n"])] if len(np.unique(table["n"])) > 1 else star(t, table)
    found = np.isfinite(table["lip_ball"]) & (table["lip_ball"] > 0)
    here = np.flatnonzero(np.isclose(t, chosen, rtol=0, atol=1e-9) & found)
    here = here[np.argsort(table["n"][here])]
    return table["n"][here].astype(np.float64), {name: values[here] for name, values in table.items()}


def sentences(tables: Tables, look: Look) -> dict[str, str]:
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
            f"{size} stays <b>{values[-1]:.3g}</b> (it varies by {spread:.1%}): with k = n neurons it need not grow."
            if spread < STEADY
            else f"{size} goes from {values[0]:.3g} to <b>{values[-1]:.3g}</b>."
        )
    return out


def _agreement(t: np.ndarray, table: Columns) -> str:
    disjoint = np.isfinite(table["formula_sphere"])
    least = star(t, table)
    if not disjoint.any():
        return "Caps overlap at every t: the formulas hold for single ramps only."
    measured = disjoint & np.isfinite(table["lip_ball"])
    where = f"t* = <b>{least:.3f}</b>" if np.isfinite(least) else f"t = <b>{t[0]:.3g}</b>"
    if not measured.any():
        return f"From {where} on no two caps meet, and both formulas are exact."
    below = " Below, ramps can add up." if np.isfinite(least) else ""
    ratios = [table[f"lip_{part}"][measured] / table[f"formula_{part}"][measured] for part in CURVES]
    return (
        f"From {where} on no two caps meet: measured over formula lies in "
        f"<b>[{np.min(ratios):.3f}, {np.max(ratios):.3f}]</b> at {measured.sum()} thresholds.{below}"
    )
