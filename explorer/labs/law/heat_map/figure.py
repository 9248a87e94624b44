"""Figures of the heat map: Lipschitz constants over n and k, and whether they depend on n/k alone."""

import math
from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int

from explorer.figures.figure import POWERS, Axis, Figure
from explorer.figures.layout import Slot
from explorer.figures.look import Look
from explorer.figures.marks import Dots, Line, Lines, Pin
from explorer.figures.numbers import interval, signed
from explorer.figures.palette import spaced
from explorer.figures.sentence import Sentence
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Tables
from explorer.labs.law import cells, guides
from explorer.labs.law.tables import TRAINED
from explorer.measure.regression import PlaneFit, plane

SLOTS = (
    Slot(
        "heat-map",
        "Lipschitz constant over n and k",
        "points n",
        pending="Cells fill in as their networks fit, the wide ones first.",
    ),
    Slot("heat-map-diagonal", "The same against n/k", "Lip of f on the ball, found (≥)"),
)
TIP = [
    ("n points, k width", "@n{%d}, @k{%d}"),
    ("found ≥", "@value{%.3g}"),
    ("certified ≤", "@upper{%.3g}"),
    ("product ≤", "@product{%.3g}"),
    ("networks that fit", "@fitting{%d} of @networks{%d}"),
]


@dataclass(frozen=True)
class Grid:
    """Means over the networks of a cell that fit, one row a cell, by n and then k; NaN where none fits."""

    n: Int[np.ndarray, " m"]
    k: Int[np.ndarray, " m"]
    value: Float[np.ndarray, " m"]
    upper: Float[np.ndarray, " m"]
    product: Float[np.ndarray, " m"]
    fitting: Int[np.ndarray, " m"]
    networks: Int[np.ndarray, " m"]

    @classmethod
    def of(cls, tables: Tables) -> "Grid":
        """The grid of the table `trained`, empty where there is none."""
        table = TRAINED.among(tables)
        pairs, cell = np.unique(np.stack([table["n"], table["k"]]), axis=1, return_inverse=True)
        cell = cell.reshape(-1)
        count = len(pairs[0])

        def mean(column: str) -> np.ndarray:
            known = table["fits"] & np.isfinite(table[column])
            with np.errstate(invalid="ignore"):
                total = np.bincount(cell[known], table[column][known], count)
                return total / np.bincount(cell[known], minlength=count)

        fitting = np.bincount(cell[table["fits"]], minlength=count)
        numbers = mean("lower"), mean("upper"), mean("product")
        return cls(pairs[0], pairs[1], *numbers, fitting, np.bincount(cell, minlength=count))

    @property
    def fits(self) -> np.ndarray:
        """Cells with a constant."""
        return np.isfinite(self.value)

    def row(self, n: int) -> tuple[np.ndarray, np.ndarray]:
        """n/k rising, and the constants."""
        here = np.flatnonzero((self.n == n) & self.fits)[::-1]
        return n / self.k[here], self.value[here]


def draw(tables: Tables, look: Look) -> tuple[Figure, ...]:
    """The cells, and what is in them against n/k."""
    grid = Grid.of(tables)
    return _cells(grid, look), _diagonal(grid)


def _cells(grid: Grid, look: Look) -> Figure:
    ks, ns, table = sorted(look.settings.widths), sorted(look.settings.ns), vars(grid)
    contours, frontier, names = guides.guides(ks, ns, look.settings.d)
    marks = [
        cells.cells(table, ks=ks, ns=ns, tip=TIP),
        contours,
        frontier,
        cells.numbers(table, unknown="×"),
        names,
    ]
    return Figure("heat-map", marks, Axis("width k", log=True, ticks=POWERS), Axis(log=True))


def _diagonal(grid: Grid) -> Figure:
    known = where(vars(grid), grid.fits)
    ratio, ns = known["n"] / known["k"], np.unique(known["n"]).tolist()
    rows, shade = [grid.row(n) for n in ns], spaced(len(ns))
    law = np.geomspace(1, ratio.max(), 20) if ratio.max(initial=0) > 1 else np.zeros(0)
    ends = [
        Label(*rows[i], f"n = {ns[i]}", above=10 if i else -10, shade=shade[i])
        for i in dict.fromkeys([0, len(ns) - 1][: len(ns)])
    ]
    marks = [
        Line("law", law, np.sqrt(law), "law", dash="dashed", width=1.5),
        Lines("rows", [x for x, _ in rows], [y for _, y in rows], shade=shade, width=1.8),
        Pin("pin", *(rows[-1] if rows else ())),
        Dots("dots", ratio, known["value"], "found", size=4, tip=TIP, hover=known),
        Labels("text", [*ends, Label(law, np.sqrt(law), "√(n/k), a shape", "law", 12)]),
    ]
    return Figure("heat-map-diagonal", marks, Axis("n/k", log=True), Axis(log=True))


def sentences(tables: Tables, look: Look) -> dict[str, Sentence]:
    """The range of the constants, the cells that did not fit, and the exponents of n and k."""
    grid = Grid.of(tables)
    if not len(grid.n):
        return {}
    return {"heat-map": _range(grid, look), "heat-map-diagonal": _exponents(grid)}


def _range(grid: Grid, look: Look) -> Sentence:
    unfit, few = ~grid.fits, grid.k * (look.settings.d + 2) < grid.n
    said, details = "No cell fits.", ""
    if grid.fits.any():
        low, high = np.nanmin(grid.value), np.nanmax(grid.value)
        said = f"The steepest gradients found go from {low:.3g} to {high:.3g}."
        details = "Means over the networks of a cell that fit, found by search."
    if unfit.any():
        details += (
            f" {int(unfit.sum())} of {len(grid.n)} cells (×) did not fit in {look.settings.max_steps:,} steps: "
            f"{int((unfit & few).sum())} with fewer parameters than points, {int((unfit & ~few).sum())} with enough."
        )
    return Sentence(said, details.strip())


def exponents(grid: Grid) -> PlaneFit:
    """log constant = c + first log(n/k) + second log k, over the cells with k <= n that fit."""
    there = grid.fits & (grid.k <= grid.n) & (np.nan_to_num(grid.value) > 0)
    n, k = np.log(grid.n[there]), np.log(grid.k[there])
    return plane(n - k, k, np.log(grid.value[there]))


def _exponents(grid: Grid) -> Sentence:
    found = exponents(grid)
    if not math.isfinite(found.first_interval[0]):
        return Sentence(f"{found.n} cells with k ≤ n fit: too few for exponents.")
    low, high = found.second_interval
    verdict = "so n/k alone may decide" if low <= 0 <= high else "so n/k alone does not decide"
    power = f"(n/k)<sup>{signed(found.first)}</sup> k<sup>{signed(found.second)}</sup>"
    return Sentence(
        f"What is found goes like {power}, {verdict}.",
        f"Where k ≤ n; 95 % intervals {interval(found.first_interval)} and "
        f"{interval(found.second_interval)} over {found.n} cells taken as independent. "
        "The conjectured shape has exponents ½ and 0.",
    )
