"""The card of clouds: the averaged gradient at unseen points of moons, one cloud a width and number of points.

A dot stands in the direction of its gradient, at the root of its length from the middle: most are so short beside the
longest that nothing could be told apart otherwise. All clouds share one scale; rings are powers of ten.
"""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.figure import Figure
from explorer.figures.marks import Lines, Rectangles
from explorer.figures.palette import spaced
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.bayes.vanishing import VanishingSettings
from explorer.labs.bayes.vanishing.plane import ALL, LAST

APART, LOWER = 2.25, 2.6  # from one cloud to the next, and to the line of clouds below, in radii
LINE = 3  # clouds beside each other
HEAD, FOOT, TALL = 2.6, 1.75, 3.75  # from the middles to the edges above and below, and from kind to kind
TITLE = 1.5  # how high over the middles a kind is named
NAMED = 0.8  # of a radius: beyond it a ring's number would meet the width
DOT = 0.022  # half a side
RINGS = 2  # the largest powers of ten that there are
TURN = np.linspace(0, 2 * np.pi, 61)
TITLES = {ALL: "all N points learned", LAST: "the bug: last mini-batch only"}
TIP = [
    ("∂E L/∂x", "(@along_x{%.3g}, @along_y{%.3g})"),
    ("k, N", "@width{%d}, @points{%d}"),
    ("learned, samples", "@learned{%d}, @n_samples{%d}"),
]


@dataclass(frozen=True)
class Grid:
    """Where clouds stand: those of a kind in lines of three, one a width; the next kind below."""

    kinds: tuple[str, ...]
    widths: tuple[int, ...]

    @property
    def lines(self) -> int:
        """Of a kind."""
        return -(-len(self.widths) // LINE)

    def top(self, kind: str) -> float:
        """The height of its first line of clouds."""
        return -self.kinds.index(kind) * (TALL + (self.lines - 1) * LOWER)

    def bottom(self, kind: str) -> float:
        """The height of its last line."""
        return self.top(kind) - (self.lines - 1) * LOWER

    def middle(self, kind: str, width: int) -> tuple[float, float]:
        i = self.widths.index(width)
        return i % LINE * APART, self.top(kind) - i // LINE * LOWER

    @property
    def middles(self) -> list[tuple[float, float]]:
        return [self.middle(kind, k) for kind in self.kinds for k in self.widths]

    @property
    def edges(self) -> list[tuple[np.ndarray, np.ndarray]]:
        """Lines above and below all, in nobody's sight: between them there is room for words."""
        x = np.array([-1, (min(len(self.widths), LINE) - 1) * APART + 1])
        heights = (HEAD, self.bottom(self.kinds[-1]) - FOOT)
        return [(x, np.array([y, y])) for y in heights] if self.widths else []


def draw_scatter(table: Columns, settings: VanishingSettings) -> Figure:
    """A cloud a width; where the settings ask for it those of the last mini-batch below."""
    dots = shown(table, settings.kinds_shown)
    there, sizes = np.unique(dots["width"]).tolist(), np.unique(dots["points"]).tolist()
    asked = {*there} <= {*settings.widths}  # then there is room from the beginning for those to come
    widths = settings.widths if asked and there else tuple(there)
    grid = Grid(settings.kinds_shown, widths)
    shades = dict(zip(sizes, spaced(len(sizes)).tolist(), strict=True))
    length = np.hypot(dots["along_x"], dots["along_y"])
    most = float(length.max(initial=0)) or 1.0
    away = np.sqrt(length * most)  # what a length is divided by, so that its root is left
    at = np.array([grid.middle(*each) for each in zip(dots["kind"].tolist(), dots["width"].tolist(), strict=True)])
    at = at.reshape(-1, 2)
    with np.errstate(invalid="ignore", divide="ignore"):
        x, y = (np.where(away > 0, dots[f"along_{axis}"] / away, 0.0) + at[:, i] for i, axis in enumerate("xy"))
    shade = np.array([shades[n] for n in dots["points"].tolist()])
    radii = rings(most)
    lines, hidden = grid.edges, len(grid.edges)
    for mx, my in grid.middles:
        lines += [(mx + r * np.cos(TURN), my + r * np.sin(TURN)) for r in (1.0, *(r for r, _ in radii))]
        lines += [(np.array([mx - 1, mx + 1]), np.array([my, my])), (np.array([mx, mx]), np.array([my - 1, my + 1]))]
    numbers = [Label(mx, my + r, text, "law", 1, align="left", dx=3)
               for mx, my in grid.middles[:1] for r, text in radii if r < NAMED]  # fmt: skip
    roles = ["paper"] * hidden + ["faint"] * (len(lines) - hidden)
    marks = [
        Lines("rings", [line[0] for line in lines], [line[1] for line in lines], roles, width=1.2),
        Rectangles("dots", x - DOT, x + DOT, y - DOT, y + DOT, shade, scale="widths", tip=TIP, hover=dots),
        Labels("text", [*numbers, *_named(dots, grid, shades)]),
    ]
    return Figure("scatter", marks, square=True)


def shown(table: Columns, kinds: tuple[str, ...]) -> Columns:
    """Known rows of the first seed and of these kinds; what has fewer points comes first."""
    known = np.isfinite(table["along_x"]) & np.isfinite(table["along_y"])
    rows = where(table, known & np.isin(table["kind"], kinds))
    if not len(rows["seed"]):
        return rows
    rows = where(rows, rows["seed"] == rows["seed"].min())
    order = np.argsort(rows["points"], kind="stable")
    return {name: values[order] for name, values in rows.items()}


def rings(most: float) -> list[tuple[float, str]]:
    """Radii at which powers of ten stand, with what they are."""
    top = math.floor(math.log10(most))
    return [(math.sqrt(10.0**p / most), f"{10.0**p:g}") for p in range(top, top - RINGS, -1)]


def _named(dots: Columns, grid: Grid, shades: dict[int, float]) -> list[Label]:
    found: list[Label] = []
    for kind in grid.kinds if grid.widths else ():
        for k in grid.widths:
            x, y = grid.middle(kind, k)
            found.append(Label(x, y + 1.14, f"k = {k}", align="center"))
        found.append(Label(-1, grid.top(kind) + TITLE, TITLES[kind], "law", align="left"))
        own = where(dots, dots["kind"] == kind)
        sizes = np.unique(own["points"]).tolist()
        step = APART if len(sizes) <= LINE else APART * LINE / len(sizes)
        for i, n in enumerate(sizes):
            learned = int(own["learned"][own["points"] == n][0])
            said = f"N = {n}" if kind == ALL else f"{learned} of {n}"
            found.append(Label(-1 + step * i, grid.bottom(kind) - 1.35, said, align="left", shade=shades[n]))
    return found
