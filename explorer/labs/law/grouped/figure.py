"""Panel `grouped`: the gradient of the construction against n/k, at the data and where it is worst; where it fits."""

from dataclasses import dataclass

import holoviews as hv
import numpy as np

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.numbers import down
from explorer.figures.palette import ramp
from explorer.figures.texts import joined, texts
from explorer.frames import Columns, Tables
from explorer.labs.law.numbers import interval, signed
from explorer.labs.law.settings import Points
from explorer.measure.regression import Line, line

SLOTS = (
    Slot("grouped", "Grouped construction", "largest gradient", ("grouped",)),
    Slot("grouped-transition", "Where it fits", "share of points not fitted", ("grouped-transition",)),
)
PENDING = {
    "grouped": "Drawn as soon as the points are there.",
    "grouped-transition": "Drawn as soon as a network is built.",
}
#: What is measured: its column, the formula beside it, the label at its end, what the sentence calls it.
CURVES = {
    "ball": ("lip_ball", "formula_ball", "≥ ball 4n/k"),
    "sphere": ("lip_sphere", "formula_sphere", "≥ sphere 2n/k"),
    "data": ("lip_data", None, "= data 2√(n/k)"),
}
ROLES = {
    **{f"grouped:{curve}": "found" for curve in CURVES},
    **{f"grouped:{curve}-dots": "found" for curve in CURVES},
    **{f"grouped:{curve}-formula": "law" for curve in CURVES},
    "grouped:conjecture": "law",
    "grouped:unfit": "ink",
    "grouped:pin": "pinned",
    "grouped:room": "paper",
    "grouped-transition:dots": "ink",
    "grouped-transition:pin": "pinned",
}
NUMBERS = [
    ("width k, n/k", "@k{%d}, @x{%.3g}"),
    ("gradient", "@y{%.3g}"),
    ("not fitted", "@misfit{%.2g}"),
]
CELLS = [("d, width k", "@d{%d}, @k{%d}"), ("not fitted", "@y{%.2g}"), ("largest residual", "@error{%.2g}")]
ROOM = 0.68  # of the curves' own width, on a log axis: for the labels at their ends


@dataclass(frozen=True)
class Measured:
    """The rows of one n and d, by rising n/k."""

    x: np.ndarray
    table: Columns

    def fitting(self, column: str) -> tuple[np.ndarray, np.ndarray]:
        """x and a column where the network fits every point and the column is known."""
        there = (self.table["misfit"] == 0) & np.isfinite(self.table[column])
        return self.x[there], self.table[column][there]

    def power(self, column: str) -> Line:
        """log column = C + s log(n/k), where the network fits and has a gradient there."""
        x, y = self.fitting(column)
        return line(np.log(x), np.log(np.where(y > 0, y, np.nan)))


def declare() -> dict[str, hv.Overlay]:
    """Both figures, all sources empty."""
    p = parts
    formulas = [p.line(f"grouped:{curve}-formula", "law", dash="dotted", width=1.5) for curve in CURVES]
    found = [p.line(f"grouped:{curve}", "found") for curve in CURVES]
    dots = [p.dots(f"grouped:{curve}-dots", "found", hover=NUMBERS) for curve in CURVES]
    rest = [
        p.line("grouped:room", "paper", alpha=0),
        p.line("grouped:conjecture", "law", dash="dashed", width=1.5),
        p.line("grouped:pin", "pinned", dash="dashed", width=1.8),
    ]
    unfit = p.dots("grouped:unfit", "ink", size=10, hollow=True, hover=NUMBERS)
    ticks = [2**i for i in range(13)]
    return {
        "grouped": p.figure(
            [*rest, *formulas, *found, *dots, unfit, p.labels("grouped:text")],
            name="grouped",
            x="points a neuron n/k",
            log_x=True,
            log_y=True,
            x_ticks=ticks,
            y_ticks=ticks,
        ),
        "grouped-transition": p.figure(
            [
                p.lines("grouped-transition:lines", width=2),
                p.dots("grouped-transition:dots", "ink", size=4, hover=CELLS),
                p.line("grouped-transition:pin", "pinned", dash="dashed", width=1.8),
                p.labels("grouped-transition:text"),
            ],
            name="grouped-transition",
            x="k d / (n log n)",
            log_x=True,
            x_ticks=ticks,
            y_bounds=(-0.03, 1.12),
        ),
    }


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source."""
    return _gradients(tables, look) | _transition(tables, look)


def chosen(tables: Tables, settings: Points) -> Measured:
    """The rows of the largest dimension, which is that of the settings, or one in which the overview can fit."""
    table = tables.get("constructions", {})
    here = (table["name"] == "grouped") & (table["n"] == settings.n) if table else np.zeros(0, bool)
    return measured(tables, settings.n, int(table["d"][here].max()) if here.any() else settings.d)


def measured(tables: Tables, n: int, d: int) -> Measured:
    """The rows of the table `constructions` that are of this construction, n and d.

    Those of the overview's picture, which may have idle neurons, know no formulas.
    """
    table = tables.get("constructions")
    if table is None:
        return Measured(np.zeros(0), {})
    own = (table["name"] == "grouped") & np.isfinite(table["formula_ball"])
    here = np.flatnonzero(own & (table["n"] == n) & (table["d"] == d))
    here = here[np.argsort(-table["k"][here])]
    rows = {name: values[here] for name, values in table.items()}
    return Measured(rows["n"] / rows["k"], rows)


def families(tables: Tables, n: int) -> dict[int, Measured]:
    """The rows of each dimension, the largest first, where the fit is known."""
    table = tables.get("constructions")
    ds = [] if table is None else np.unique(table["d"][(table["name"] == "grouped") & (table["n"] == n)])[::-1].tolist()
    found = {d: measured(tables, n, d) for d in ds}
    return {d: rows for d, rows in found.items() if np.isfinite(rows.table["misfit"]).any()}


def density(rows: Measured) -> np.ndarray:
    """k d / (n log n)."""
    return rows.table["d"] / (rows.x * np.log(np.maximum(rows.table["n"], 2)))


def _gradients(tables: Tables, look: Look) -> Patch:
    rows = chosen(tables, look.settings)
    x, nothing = rows.x, np.zeros(0)
    formulas = {curve: rows.table.get(formula, nothing) for curve, (_, formula, _) in CURVES.items() if formula}
    formulas["data"] = 2 * np.sqrt(x)
    out: Patch = {"grouped:conjecture": {"x": x, "y": np.sqrt(x)}, "grouped:room": _room(x)}
    labels = [(x, np.sqrt(x), "√(n/k)", "law", 0.0)]
    unfit: dict[str, list] = {name: [] for name in ("x", "y", "k", "misfit")}
    for curve, (column, _, label) in CURVES.items():
        y = rows.table.get(column, nothing)
        tip = {"x": x, "y": y, "k": rows.table.get("k", nothing), "misfit": rows.table.get("misfit", nothing)}
        out[f"grouped:{curve}"] = {"x": x, "y": y}
        out[f"grouped:{curve}-formula"] = {"x": x, "y": formulas[curve]}
        out[f"grouped:{curve}-dots"] = tip
        for name, values in tip.items():
            unfit[name].extend(values[tip["misfit"] > 0])
        labels.append((x, formulas[curve], label, "found", 0.0))
    out["grouped:unfit"] = unfit
    out["grouped:text"] = texts(labels, look.theme, "left", 8)
    out["grouped:pin"] = {"x": [], "y": []}
    if look.pinned is not None:
        kept = chosen(look.pinned, look.pinned_settings)
        out["grouped:pin"] = {"x": kept.x, "y": kept.table.get("lip_ball", nothing)}
    return out


def _room(x: np.ndarray) -> dict[str, list | np.ndarray]:
    """An unseen line that keeps the right of the figure free for labels."""
    if not len(x):
        return {"x": [], "y": []}
    end = x[-1] * max(x[-1] / x[0], 4) ** ROOM
    return {"x": np.array([x[-1], end]), "y": np.array([1.0, 1.0]) * np.sqrt(x[-1])}


def _transition(tables: Tables, look: Look) -> Patch:
    found = families(tables, look.settings.n)
    curves = {d: (density(rows), rows.table["misfit"]) for d, rows in found.items()}
    columns: dict[str, list] = {"x": [], "y": [], "d": [], "k": [], "error": []}
    for d, rows in found.items():
        each = {"x": curves[d][0], "y": curves[d][1], **{name: rows.table[name] for name in ("d", "k")}}
        for name, values in (each | {"error": rows.table["fit_error"]}).items():
            columns[name].extend(values)
    hues = ramp(len(curves), look.theme)
    names = [f"d = {d}" if d == min(curves) else str(d) for d in curves]
    named = zip(names, curves.values(), hues, strict=True)
    out: Patch = {
        "grouped-transition:lines": {
            "xs": [x for x, _ in curves.values()],
            "ys": [y for _, y in curves.values()],
            "color": hues,
        },
        "grouped-transition:dots": columns,
        "grouped-transition:text": joined(*(_name(name, *curve, hue, look.theme) for name, curve, hue in named)),
        "grouped-transition:pin": {"x": [], "y": []},
    }
    if look.pinned is not None:
        kept = families(look.pinned, look.pinned_settings.n)
        gap = np.array([np.nan])  # between the lines of two dimensions
        out["grouped-transition:pin"] = {
            "x": np.concatenate([gap, *(np.append(density(rows), gap) for rows in kept.values())]),
            "y": np.concatenate([gap, *(np.append(rows.table["misfit"], gap) for rows in kept.values())]),
        }
    return out


def _name(name: str, x: np.ndarray, y: np.ndarray, hue: str, theme: str) -> dict[str, list]:
    """The dimension beside the first measured point of its curve: left of a fall, above a flat end."""
    there = np.flatnonzero(np.isfinite(y))[-1:]
    falls = ((y[there] > 0.1) & (y[there] < 0.9)).any()
    place = ("right", -7) if falls else ("left", 0)
    text = texts([(x[there], y[there], name, "ink", 0.0 if falls else 11.0)], theme, *place)
    return text | {"color": [hue] * len(text["x"])}


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """The slopes, and where the fit ends."""
    rows = chosen(tables, look.settings)
    out = {}
    if len(rows.x):
        out["grouped"] = _slopes(rows)
    if found := families(tables, look.settings.n):
        out["grouped-transition"] = _ends(found)
    return out


def _slopes(rows: Measured) -> str:
    fits = {curve: rows.power(column) for curve, (column, *_) in CURVES.items()}
    x, worst = rows.fitting("lip_ball")
    if not len(x):
        if (rows.table["misfit"] > 0).all():
            return "No network fits all points here: take more dimensions or smaller groups."
        return "Dotted: what the formulas say. The networks are being built and measured."
    if not all(np.isfinite(fit.slope_interval[0]) for fit in fits.values()):
        return f"At n/k = {x[-1]:.3g} some point of the ball has a gradient of <b>{down(worst[-1])}</b> or more."
    said = {curve: f"<b>{signed(fit.slope)}</b> {interval(fit.slope_interval)}" for curve, fit in fits.items()}
    apart = fits["data"].slope_interval[1] < fits["ball"].slope_interval[0]
    verdict = "The data see one exponent, the worst case another" if apart else "Exponents, not told apart here"
    return (
        f"{verdict}: slope {said['data']} at the data, "
        f"{said['sphere']} on the sphere (neurons of one sign on), {said['ball']} in the ball "
        f"(95 % intervals, {len(x)} widths, one data set of n = {rows.table['n'][0]}, d = {rows.table['d'][0]})."
    )


def _ends(found: dict[int, Measured]) -> str:
    x = np.concatenate([density(rows) for rows in found.values()])
    misfit = np.concatenate([rows.table["misfit"] for rows in found.values()])
    x, misfit = x[np.isfinite(misfit)], misfit[np.isfinite(misfit)]
    fits, fails = x[misfit == 0], x[misfit > 0]
    if not len(fails):
        return f"Every network fits every point, down to k d = <b>{fits.min():.3g}</b> n log n."
    if not len(fits):
        return f"No network fits, not even at k d = <b>{fails.max():.3g}</b> n log n."
    sparsest = int(x.argmin())
    below = f"; the sparsest, at {x[sparsest]:.3g}, misses {misfit[sparsest]:.0%} of them."
    if (fits > fails.max()).any():
        return f"Every point is fitted from k d = <b>{fits[fits > fails.max()].min():.3g}</b> n log n on{below}"
    return f"The densest network that misses points has k d = <b>{fails.max():.3g}</b> n log n{below}"
