"""The card of arrows: the plane of the moons as a floor that is seen from the side, gradients standing on it."""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from explorer.figures.figure import Figure
from explorer.figures.marks import Dots, Line, Lines, Segments
from explorer.figures.tables import where
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.bayes.exact import AVERAGE, MIRROR, ONE

LENGTH, UPRIGHT = 0.55, 3  # of the longest arrow at a point, and how much larger what leaves the floor is drawn
SHEAR, DEPTH = 0.35, 0.75  # how far what lies behind is moved to the right, and up
FLOOR = (-1.6, 2.6, -1.1, 1.5)  # its edges
TOP = 1.2  # of the upright line
ASPECT = 1.5  # the floor is much wider than it is deep, and few arrows are long
SHORT = 0.02  # an arrow below this is a dot
HEAD, OPEN = 0.12, 0.42  # longest head of an arrow, and half its angle
ROOM = 1.0, 0.15  # that words take right of a tip, and half of it up
TIP = [
    ("gradient in the plane", "(@along_x{%.3f}, @along_y{%.3f})"),
    ("off the plane, one coordinate", "@off{%.3f}"),
    ("samples", "@n_samples{%d}"),
]


def shown(table: Columns, most: int) -> tuple[Columns, Columns, Columns]:
    """One sample, its mirror, and the largest average of at most so many; in the warm-up there is none."""
    drawn = where(table, table["n_samples"] > 0)
    found = drawn if len(drawn["point"]) else table
    one, mirror = (where(found, found["kind"] == kind) for kind in (ONE, MIRROR))
    averages = where(found, (found["kind"] == AVERAGE) & (found["n_samples"] <= most))
    return one, mirror, where(averages, averages["n_samples"] == averages["n_samples"].max(initial=0))


def units(table: Columns) -> dict[int, float]:
    """The longest arrow at each point, whoever's it is: arrows are drawn in units of it."""
    length = np.sqrt(table["along_x"] ** 2 + table["along_y"] ** 2 + table["off"] ** 2)
    found = {int(p): float(length[table["point"] == p].max(initial=0)) for p in np.unique(table["point"])}
    return {p: size if size > 0 else 1.0 for p, size in found.items()}


@dataclass(frozen=True)
class Arrows:
    """Arrows as they are drawn: from (x, y) to (x1, y1), with the point of the floor below or above their tips."""

    x: Float[np.ndarray, " m"]
    y: Float[np.ndarray, " m"]
    x1: Float[np.ndarray, " m"]
    y1: Float[np.ndarray, " m"]
    shadow_x: Float[np.ndarray, " m"]
    shadow_y: Float[np.ndarray, " m"]

    @classmethod
    def of(cls, table: Columns, unit: dict[int, float]) -> "Arrows":
        """Of these rows."""
        scale = LENGTH / np.array([unit[int(p)] for p in table["point"]] or np.zeros(0))
        x, y = flat(table["x"], table["y"])
        to_x, to_y = flat(table["x"] + scale * table["along_x"], table["y"] + scale * table["along_y"])
        return cls(x, y, to_x, to_y + UPRIGHT * scale * table["off"], to_x, to_y)

    def shaft(self, name: str, role: str, width: float, alpha: float, hover: Columns | None = None) -> Segments:
        """With heads."""
        m = len(self.x)
        length = np.hypot(self.x1 - self.x, self.y1 - self.y)
        long = length > SHORT
        angle = np.arctan2(self.y1 - self.y, self.x1 - self.x)
        size = np.minimum(HEAD, 0.4 * length)
        parts = [(self.x, self.y, self.x1, self.y1)]
        for turn in (OPEN, -OPEN):
            back = (self.x1 - size * np.cos(angle + turn), self.y1 - size * np.sin(angle + turn))
            parts.append(tuple(v[long] for v in (*back, self.x1, self.y1)))
        x, y, x1, y1 = (np.concatenate(each) for each in zip(*parts, strict=True))
        told = {} if hover is None else {c: np.concatenate([v, v[long], v[long]]) for c, v in hover.items()}
        drawn = (x, y, x1, y1, [role] * len(x), np.full(len(x), width), np.full(len(x), alpha))
        assert len(x) == m + 2 * int(long.sum())
        return Segments(name, *drawn, tip=TIP if hover is not None else (), hover=told)

    def stems(self, name: str, role: str) -> Segments:
        """From the floor up or down to the tips."""
        m = len(self.x)
        ends = (self.shadow_x, self.shadow_y, self.x1, self.y1)
        return Segments(name, *ends, [role] * m, np.full(m, 1.2), np.full(m, 0.55))

    def on_the_floor(self) -> "Arrows":
        """Their shadows."""
        return Arrows(self.x, self.y, self.shadow_x, self.shadow_y, self.shadow_x, self.shadow_y)


def flat(x: np.ndarray, y: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Where points of the floor are drawn."""
    return x + SHEAR * y, DEPTH * y


def draw_arrows(arrows: Columns, moons: Columns, most: int) -> Figure:
    """The moons, one sample's arrows and its mirror's, and the average with its shadow."""
    one, mirror, average = shown(arrows, most)
    unit = units(arrows)
    single, mirrored, mean = (Arrows.of(rows, unit) for rows in (one, mirror, average))
    left, right, front, back = FLOOR if len(moons["x"]) else (np.nan,) * 4
    across = [flat(np.array([left, right]), np.array([y, y])) for y in np.linspace(front, back, 6)]
    along = [flat(np.array([x, x]), np.array([front, back])) for x in np.linspace(left, right, 8)]
    grid = [line for line in across + along if np.isfinite(line[0]).all()]
    at = flat(np.array([left, left]), np.array([front, front]))
    up = np.array([0, TOP]) + at[1]
    x, y = flat(moons["x"], moons["y"])
    plus = moons["label"] == 1
    texts = [
        Label(at[0], up, "off the data", "law", 4, align="left"),
        Label(*flat(np.array([right]), np.array([front])), "the data's plane", "law", -14),
        *_named(single, mirrored, mean, (x, y)),
    ]
    marks = [
        Lines("floor", [line[0] for line in grid], [line[1] for line in grid], "faint", width=1),
        Line("up", at[0], up, "law", width=1, dash="dotted"),
        Dots("minus", x[~plus], y[~plus], "minus", size=2.6, marker="square"),
        Dots("plus", x[plus], y[plus], "plus", size=2.6),
        mirrored.shaft("mirror", "law", 1.4, 0.45),
        single.shaft("one", "law", 1.8, 0.9, one),
        mean.on_the_floor().shaft("shadow", "ink", 3, 0.3),
        mean.stems("stems", "gradient"),
        mean.shaft("average", "gradient", 2.8, 1.0, average),
        Labels("text", texts),
    ]
    return Figure("arrows", marks, square=True, aspect=ASPECT)


def _named(single: Arrows, mirrored: Arrows, mean: Arrows, dots: tuple[np.ndarray, np.ndarray]) -> list[Label]:
    """Words right of the tips of arrows that stand out, where the fewest dots lie and the fewest other arrows pass."""
    if not len(single.x):
        return []
    found = []
    for arrows, text in ((single, "one sample"), (mirrored, "its mirror")):
        i = roomiest(arrows, (single, mirrored), dots)
        found.append(Label(arrows.x1[[i]], arrows.y1[[i]], text, "law", align="left", dx=7))
    if len(mean.x):
        j = int(np.argmax(mean.x1 + mean.y1))
        found.append(Label(mean.x1[[j]], mean.y1[[j]], "average", "gradient", 4, align="left", dx=6))
    return found


def roomiest(arrows: Arrows, others: tuple[Arrows, ...], dots: tuple[np.ndarray, np.ndarray]) -> int:
    """The arrow with the emptiest room for words right of its tip; of several the one that rises or falls furthest."""
    along = np.linspace(0, 1, 25)[:, None]
    x = np.concatenate([dots[0], *((each.x + along * (each.x1 - each.x)).ravel() for each in others)])
    y = np.concatenate([dots[1], *((each.y + along * (each.y1 - each.y)).ravel() for each in others)])
    wide, high = ROOM
    right, up = x[:, None] - arrows.x1, y[:, None] - arrows.y1
    passing = ((right > 0.03) & (right < wide) & (np.abs(up) < high)).sum(0)
    rise = np.abs(arrows.y1 - arrows.shadow_y)
    passing = np.where(rise < 0.4 * rise.max(), len(x), passing)  # those that lie flat do not show what is meant
    return int(np.lexsort((-rise, passing))[0])
