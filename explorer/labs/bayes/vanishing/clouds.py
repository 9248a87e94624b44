"""The card of clouds: the averaged gradient at unseen points of moons, one cloud a width and number of points.

A dot stands in the direction of its gradient, at the root of its length from the middle: most are so short beside the
longest that nothing could be told apart otherwise. All clouds share one scale; rings are powers of ten.
"""

import math

import numpy as np

from explorer.figures.figure import Figure
from explorer.figures.marks import Lines, Rectangles
from explorer.figures.palette import spaced
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.bayes.plane import ALL, LAST

APART, BELOW = 2.25, 3.0  # from one cloud to the next, and from row to row, in radii
DOT = 0.022  # half a side
RINGS = 2  # the largest powers of ten that there are
TURN = np.linspace(0, 2 * np.pi, 61)
TITLES = {ALL: "all N points are learned", LAST: "bug of published code: the last mini-batch alone"}
TIP = [
    ("∂E L/∂x", "(@along_x{%.3g}, @along_y{%.3g})"),
    ("k, N", "@width{%d}, @points{%d}"),
    ("learned, samples", "@learned{%d}, @n_samples{%d}"),
]


def draw_scatter(table: Columns, both: bool) -> Figure:
    """A row of clouds, one a width; with `both` those of the last mini-batch below."""
    dots = shown(table, both)
    widths, sizes = np.unique(dots["width"]).tolist(), np.unique(dots["points"]).tolist()
    kinds = [kind for kind in (ALL, LAST) if (dots["kind"] == kind).any()]
    shades = dict(zip(sizes, spaced(len(sizes)).tolist(), strict=True))
    length = np.hypot(dots["along_x"], dots["along_y"])
    most = float(length.max(initial=0)) or 1.0
    away = np.sqrt(length * most)  # what a length is divided by, so that its root is left
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (np.where(away > 0, dots[name] / away, 0.0) for name in ("along_x", "along_y"))
    across = np.array([widths.index(k) * APART for k in dots["width"].tolist()])
    down = np.array([-kinds.index(kind) * BELOW for kind in dots["kind"].tolist()])
    shade = np.array([shades[n] for n in dots["points"].tolist()])
    middle = [(i * APART, -j * BELOW) for j in range(len(kinds)) for i in range(len(widths))]
    radii = rings(most) if middle else []
    circles = [(mx + r * np.cos(TURN), my + r * np.sin(TURN)) for mx, my in middle for r, _ in [(1.0, ""), *radii]]
    cross = [(np.array([mx - 1, mx + 1]), np.array([my, my])) for mx, my in middle]
    cross += [(np.array([mx, mx]), np.array([my - 1, my + 1])) for mx, my in middle]
    lines = circles + cross
    x, y = np.asarray(x + across, np.float64), np.asarray(y + down, np.float64)
    marks = [
        Lines("rings", [line[0] for line in lines], [line[1] for line in lines], "faint", width=1.2),
        Rectangles("dots", x - DOT, x + DOT, y - DOT, y + DOT, shade, scale="widths", tip=TIP, hover=dots),
        Labels("text", [*_rings(middle, radii), *_named(dots, kinds, widths, shades)]),
    ]
    return Figure("scatter", marks, square=True)


def shown(table: Columns, both: bool) -> Columns:
    """Known rows of the first seed: of all points, or of either kind; what has fewer points comes first."""
    known = np.isfinite(table["along_x"]) & np.isfinite(table["along_y"])
    kind = (table["kind"] == ALL) | ((table["kind"] == LAST) & both)
    rows = where(table, known & kind)
    if not len(rows["seed"]):
        return rows
    rows = where(rows, rows["seed"] == rows["seed"].min())
    order = np.argsort(rows["points"], kind="stable")
    return {name: values[order] for name, values in rows.items()}


def rings(most: float) -> list[tuple[float, str]]:
    """Radii at which powers of ten stand, with what they are."""
    top = math.floor(math.log10(most))
    return [(math.sqrt(10.0**p / most), f"{10.0**p:g}") for p in range(top, top - RINGS, -1)]


def _rings(middle: list[tuple[float, float]], radii: list[tuple[float, str]]) -> list[Label]:
    """What they are, in the first cloud alone."""
    return [Label(middle[0][0], middle[0][1] + r, text, "law", 1, align="left", dx=3) for r, text in radii if middle]


def _named(dots: Columns, kinds: list[str], widths: list[int], shades: dict[int, float]) -> list[Label]:
    found: list[Label] = []
    for j, kind in enumerate(kinds):
        top = -j * BELOW + 1.12
        found += [Label(i * APART, top, f"k = {k}", align="center") for i, k in enumerate(widths)]
        if len(kinds) > 1:
            found.append(Label(-1, top + 0.3, TITLES[kind], "law", align="left"))
        own = where(dots, dots["kind"] == kind)
        for i, n in enumerate(np.unique(own["points"]).tolist()):
            learned = int(own["learned"][own["points"] == n][0])
            said = f"N = {n}" if kind == ALL else f"of {n}: {learned}"
            found.append(Label(-1 + 1.2 * i, -j * BELOW - 1.25, said, align="left", shade=shades[n]))
    return found
