"""Panel `grouped`: the gradient of the construction against n/k, at the data and where it is worst; where it fits."""

from dataclasses import dataclass

import numpy as np

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin
from explorer.figures.numbers import down, interval, signed
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns, Tables
from explorer.labs.law.settings import Points
from explorer.labs.law.tables import CONSTRUCTIONS
from explorer.measure.regression import LineFit, line

SLOTS = (
    Slot("grouped", "Grouped construction", "largest gradient", pending="Drawn as soon as the points are there."),
    Slot(
        "grouped-transition",
        "Where it fits",
        "share of points not fitted",
        pending="Drawn as soon as a network is built.",
    ),
)
#: What is measured: its column, the formula beside it, the label at its end, what the sentence calls it.
CURVES = {
    "ball": ("lip_ball", "formula_ball", "≥ ball 4n/k"),
    "sphere": ("lip_sphere", "formula_sphere", "≥ sphere 2n/k"),
    "data": ("lip_data", None, "= data 2√(n/k)"),
}
TIP = [
    ("width k, n/k", "@k{%d}, @x{%.3g}"),
    ("gradient", "@y{%.3g}"),
    ("not fitted", "@misfit{%.2g}"),
]
CELLS = [("d, width k", "@d{%d}, @k{%d}"), ("not fitted", "@y{%.2g}"), ("largest residual", "@error{%.2g}")]
GAP = np.array([np.nan])  # between the lines of two dimensions
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

    def power(self, column: str) -> LineFit:
        """log column = C + s log(n/k), where the network fits and has a gradient there."""
        x, y = self.fitting(column)
        return line(np.log(x), np.log(np.where(y > 0, y, np.nan)))


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The gradients by group size, and the fit by density."""
    return _gradients(chosen(tables, look.settings)), _transition(families(tables, look.settings.n))


def chosen(tables: Tables, settings: Points) -> Measured:
    """The rows of the largest dimension, which is that of the settings, or one in which the overview can fit."""
    table = CONSTRUCTIONS.among(tables)
    here = (table["name"] == "grouped") & (table["n"] == settings.n)
    return measured(tables, settings.n, int(table["d"][here].max()) if here.any() else settings.d)


def measured(tables: Tables, n: int, d: int) -> Measured:
    """The rows of the table `constructions` that are of this construction, n and d.

    Those of the overview's picture, which may have idle neurons, know no formulas.
    """
    table = CONSTRUCTIONS.among(tables)
    own = (table["name"] == "grouped") & np.isfinite(table["formula_ball"])
    here = np.flatnonzero(own & (table["n"] == n) & (table["d"] == d))
    here = here[np.argsort(-table["k"][here])]
    rows = where(table, here)
    return Measured(rows["n"] / rows["k"], rows)


def families(tables: Tables, n: int) -> dict[int, Measured]:
    """The rows of each dimension, the largest first, where the fit is known."""
    table = CONSTRUCTIONS.among(tables)
    ds = np.unique(table["d"][(table["name"] == "grouped") & (table["n"] == n)])[::-1]
    found = {d: measured(tables, n, d) for d in ds.tolist()}
    return {d: rows for d, rows in found.items() if np.isfinite(rows.table["misfit"]).any()}


def density(rows: Measured) -> np.ndarray:
    """k d / (n log n)."""
    return rows.table["d"] / (rows.x * np.log(np.maximum(rows.table["n"], 2)))


def _gradients(rows: Measured) -> Figure:
    x, table = rows.x, rows.table
    formulas = {curve: table[formula] for curve, (_, formula, _) in CURVES.items() if formula}
    formulas["data"] = 2 * np.sqrt(x)
    unfit = np.tile(table["misfit"] > 0, len(CURVES))
    y = np.concatenate([table[column] for column, *_ in CURVES.values()])[unfit]
    hover = {name: np.tile(table[name], len(CURVES))[unfit] for name in ("k", "misfit")}
    names = [
        Label(x, np.sqrt(x), "√(n/k)", "law", align="left", dx=8),
        *(Label(x, formulas[curve], text, "found", align="left", dx=8) for curve, (*_, text) in CURVES.items()),
    ]
    marks = [
        Line("room", *_room(x), "paper", alpha=0),
        Line("conjecture", x, np.sqrt(x), "law", dash="dashed", width=1.5),
        Pin("pin", x, table["lip_ball"]),
        *(Line(f"{curve}-formula", x, formulas[curve], "law", dash="dotted", width=1.5) for curve in CURVES),
        *(Line(curve, x, table[column], "found") for curve, (column, *_) in CURVES.items()),
        *(Dots(f"{c}-dots", x, table[column], "found", tip=TIP, hover=table) for c, (column, *_) in CURVES.items()),
        Dots("unfit", np.tile(x, len(CURVES))[unfit], y, size=10, hollow=True, tip=TIP, hover=hover),
        Labels("text", names),
    ]
    return Figure("grouped", marks, Axis("points a neuron n/k", log=True, ticks=POWERS), Axis(log=True, ticks=POWERS))


def _room(x: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """An unseen line that keeps the right of the figure free for labels."""
    if not len(x):
        return x, x
    return np.array([x[-1], x[-1] * max(x[-1] / x[0], 4) ** ROOM]), np.full(2, np.sqrt(x[-1]))


def _transition(found: dict[int, Measured]) -> Figure:
    xs, ys = [density(rows) for rows in found.values()], [rows.table["misfit"] for rows in found.values()]
    hover = {name: _joined([rows.table[name] for rows in found.values()]) for name in ("d", "k")}
    hover["error"] = _joined([rows.table["fit_error"] for rows in found.values()])
    shade = spaced(len(found))
    ds = [f"d = {d}" if d == min(found) else str(d) for d in found]
    marks = [
        Lines("lines", xs, ys, shade=shade, width=2),
        Dots("dots", _joined(xs), _joined(ys), size=4, tip=CELLS, hover=hover),
        Pin("pin", _joined([part for x in xs for part in (GAP, x)]), _joined([part for y in ys for part in (GAP, y)])),
        Labels("text", [_name(*each) for each in zip(ds, xs, ys, shade.tolist(), strict=True)]),
    ]
    x = Axis("k d / (n log n)", log=True, ticks=POWERS)
    return Figure("grouped-transition", marks, x, Axis(ends=(-0.03, 1.12)))


def _joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate([np.zeros(0), *parts])


def _name(name: str, x: np.ndarray, y: np.ndarray, shade: float) -> Label:
    """The dimension beside the first measured point of its curve: left of a fall, above a flat end."""
    falls = any(0.1 < value < 0.9 for value in y[np.isfinite(y)][-1:])
    align, dx, above = ("right", -7, 0) if falls else ("left", 0, 11)
    return Label(x, y, name, above=above, align=align, dx=dx, shade=shade)


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """The slopes, and where the fit ends."""
    rows = chosen(tables, look.settings)
    out = {}
    if len(rows.x):
        out["grouped"] = _slopes(rows)
    if found := families(tables, look.settings.n):
        out["grouped-transition"] = _ends(found)
    return out


def _slopes(rows: Measured) -> Sentence:
    fits = {curve: rows.power(column) for curve, (column, *_) in CURVES.items()}
    x, worst = rows.fitting("lip_ball")
    if not len(x):
        if (rows.table["misfit"] > 0).all():
            return Sentence("No network fits all points here: take more dimensions or smaller groups.")
        return Sentence("The networks are being built and measured.", "Dotted: what the formulas say.")
    if not all(np.isfinite(fit.slope_interval[0]) for fit in fits.values()):
        return Sentence(f"At n/k = {x[-1]:.3g} some point of the ball has a gradient of {down(worst[-1])} or more.")
    said = {curve: f"{signed(fit.slope)} {interval(fit.slope_interval)}" for curve, fit in fits.items()}
    data, ball = fits["data"], fits["ball"]
    both = f"{signed(data.slope)} at the data and {signed(ball.slope)} at worst"
    apart = data.slope_interval[1] < ball.slope_interval[0]
    return Sentence(
        f"The gradient grows like n/k to the power {both}{'' if apart else ', not told apart here'}.",
        f"Slopes on logarithmic axes: {said['data']} at the data, "
        f"{said['sphere']} on the sphere (neurons of one sign on), {said['ball']} in the ball "
        f"(95 % intervals, {len(x)} widths, one data set of n = {rows.table['n'][0]}, d = {rows.table['d'][0]}).",
    )


def _ends(found: dict[int, Measured]) -> Sentence:
    x = np.concatenate([density(rows) for rows in found.values()])
    misfit = np.concatenate([rows.table["misfit"] for rows in found.values()])
    x, misfit = x[np.isfinite(misfit)], misfit[np.isfinite(misfit)]
    fits, fails = x[misfit == 0], x[misfit > 0]
    if not len(fails):
        return Sentence(f"Every network fits every point, down to k d = {fits.min():.3g} n log n.")
    if not len(fits):
        return Sentence(f"No network fits, not even at k d = {fails.max():.3g} n log n.")
    sparsest = int(x.argmin())
    below = f"The sparsest, at k d = {x[sparsest]:.3g} n log n, misses {misfit[sparsest]:.0%} of the points."
    if (fits > fails.max()).any():
        return Sentence(f"Every point is fitted from k d = {fits[fits > fails.max()].min():.3g} n log n on.", below)
    return Sentence(f"The densest network that misses points has k d = {fails.max():.3g} n log n.", below)
