"""Figures of the heat map: Lipschitz constants over n and k, and whether they depend on n/k alone."""

import math
from dataclasses import dataclass

import holoviews as hv
import numpy as np
from jaxtyping import Float, Int

from explorer.figures import parts
from explorer.figures.layout import Slot
from explorer.figures.look import Look, Patch
from explorer.figures.palette import colour, ramp
from explorer.figures.texts import COLUMNS, joined, texts
from explorer.frames import Tables
from explorer.labs.law import cells, guides
from explorer.labs.law.numbers import interval, signed
from explorer.measure.regression import Plane, plane

SLOTS = (
    Slot("heat-map", "Lipschitz constant over n and k", "points n", ("heat-map",)),
    Slot("heat-map-diagonal", "The same against n/k", "Lip of f on the ball, found (≥)", ("heat-map-diagonal",)),
)
PENDING = {"heat-map": "Cells fill in as their networks fit, the wide ones first."}
ROLES = {
    "heat-map:frontier": "ink",
    "heat-map-diagonal:law": "law",
    "heat-map-diagonal:dots": "found",
    "heat-map-diagonal:pin": "pinned",
}
NUMBERS = [
    ("n points, k width", "@n{%d}, @k{%d}"),
    ("found ≥", "@value{%.3g}"),
    ("certified ≤", "@upper{%.3g}"),
    ("product ≤", "@product{%.3g}"),
    ("networks that fit", "@fitting{%d} of @networks{%d}"),
]
TIP = ("k", "n", "value", "upper", "product", "fitting", "networks")


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
        table = tables.get("trained", {})
        if not len(table.get("k", ())):
            return cls(*[np.zeros(0, int)] * 2, *[np.zeros(0)] * 3, *[np.zeros(0, int)] * 2)
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


def declare() -> dict[str, hv.Overlay]:
    """Both figures, empty."""
    p = parts
    return {
        "heat-map": p.figure(
            [
                p.cells("heat-map:cells", hover=NUMBERS),
                p.lines("heat-map:contours", width=1),
                p.line("heat-map:frontier", "ink", dash="dashed", width=1.5),
                p.labels("heat-map:numbers"),
                p.labels("heat-map:text"),
            ],
            name="heat-map",
            x="width k",
            log_x=True,
            log_y=True,
            x_ticks=[2**i for i in range(13)],
        ),
        "heat-map-diagonal": p.figure(
            [
                p.line("heat-map-diagonal:law", "law", dash="dashed", width=1.5),
                p.lines("heat-map-diagonal:rows", width=1.8),
                p.line("heat-map-diagonal:pin", "pinned", dash="dashed", width=1.8),
                p.dots("heat-map-diagonal:dots", "found", size=4, hover=NUMBERS),
                p.labels("heat-map-diagonal:text"),
            ],
            name="heat-map-diagonal",
            x="n/k",
            log_x=True,
            log_y=True,
        ),
    }


def patch(tables: Tables, look: Look) -> Patch:
    """New columns for every source."""
    grid = Grid.of(tables)
    return _cells(grid, look) | _diagonal(grid, look)


def _cells(grid: Grid, look: Look) -> Patch:
    ks, ns, theme = sorted(look.settings.widths), sorted(look.settings.ns), look.theme
    quads = cells.quads(grid.k, grid.n, grid.value, theme, ks=ks, ns=ns)
    lines, ratios = guides.contours(ks, ns, theme)
    line, name = guides.frontier(ks, ns, look.settings.d, theme)
    unfit = ~grid.fits
    hue = colour("law", theme)
    crosses = [(k, n, "×", hue, "center", 0.0, 0.0) for k, n in zip(grid.k[unfit], grid.n[unfit], strict=True)]
    return {
        "heat-map:cells": quads | {name: getattr(grid, name) for name in TIP},
        "heat-map:contours": lines,
        "heat-map:frontier": line,
        "heat-map:numbers": joined(
            cells.numbers(grid.k, grid.n, grid.value, theme),
            {column: [cross[i] for cross in crosses] for i, column in enumerate(COLUMNS)},
        ),
        "heat-map:text": joined(ratios, name),
    }


def _diagonal(grid: Grid, look: Look) -> Patch:
    fits, ns = grid.fits, np.unique(grid.n[grid.fits]).tolist()
    rows = [grid.row(n) for n in ns]
    ratio = grid.n[fits] / grid.k[fits]
    law = np.geomspace(1, ratio.max(), 20) if len(ratio) and ratio.max() > 1 else np.zeros(0)
    named = dict.fromkeys([0, len(ns) - 1]) if ns else {}
    hues = ramp(len(ns), look.theme)
    ends = texts([(*rows[i], f"n = {ns[i]}", "ink", 10 if i else -10) for i in named], look.theme)
    ends["color"] = [hues[i] for i in named]
    pin = Grid.of(look.pinned) if look.pinned is not None else Grid.of({})
    pinned = pin.row(int(pin.n[pin.fits].max())) if pin.fits.any() else (np.zeros(0), np.zeros(0))
    return {
        "heat-map-diagonal:rows": {"xs": [x for x, _ in rows], "ys": [y for _, y in rows], "color": hues},
        "heat-map-diagonal:law": {"x": law, "y": np.sqrt(law)},
        "heat-map-diagonal:dots": {
            "x": ratio,
            "y": grid.value[fits],
            **{name: getattr(grid, name)[fits] for name in TIP},
        },
        "heat-map-diagonal:pin": {"x": pinned[0], "y": pinned[1]},
        "heat-map-diagonal:text": joined(ends, texts([(law, np.sqrt(law), "√(n/k), a shape", "law", 12)], look.theme)),
    }


def sentences(tables: Tables, look: Look) -> dict[str, str]:
    """The range of the constants, the cells that did not fit, and the exponents of n and k."""
    grid = Grid.of(tables)
    if not len(grid.n):
        return {}
    return {"heat-map": _range(grid, look), "heat-map-diagonal": _exponents(grid)}


def _range(grid: Grid, look: Look) -> str:
    unfit, few = ~grid.fits, grid.k * (look.settings.d + 2) < grid.n
    said = "No cell fits."
    if grid.fits.any():
        low, high = np.nanmin(grid.value), np.nanmax(grid.value)
        said = (
            f"The steepest gradients found: <b>{low:.3g} to {high:.3g}</b>, means over the networks of a cell that fit."
        )
    if not unfit.any():
        return said
    return (
        f"{said} {int(unfit.sum())} of {len(grid.n)} cells (×) did not fit in {look.settings.max_steps:,} steps: "
        f"{int((unfit & few).sum())} with fewer parameters than points, {int((unfit & ~few).sum())} with enough."
    )


def exponents(grid: Grid) -> Plane:
    """log constant = c + first log(n/k) + second log k, over the cells with k <= n that fit."""
    there = grid.fits & (grid.k <= grid.n) & (np.nan_to_num(grid.value) > 0)
    n, k = np.log(grid.n[there]), np.log(grid.k[there])
    return plane(n - k, k, np.log(grid.value[there]))


def _exponents(grid: Grid) -> str:
    found = exponents(grid)
    if not math.isfinite(found.first_interval[0]):
        return f"{found.n} cells with k ≤ n fit: too few for exponents."
    low, high = found.second_interval
    verdict = "so n/k alone may decide" if low <= 0 <= high else "so n/k alone does not decide"
    power = f"<b>(n/k)<sup>{signed(found.first)}</sup> k<sup>{signed(found.second)}</sup></b>"
    return (
        f"Where k ≤ n, what is found goes like {power}, 95 % intervals {interval(found.first_interval)} and "
        f"{interval(found.second_interval)} over {found.n} cells taken as independent: {verdict}. "
        "The conjectured shape has exponents ½ and 0."
    )
