"""The plane pictures of the live lab: what a closer look at one network found."""

import numpy as np

from explorer.figures.figure import Figure
from explorer.figures.layout import Closer
from explorer.figures.marks import Dots, Image, Line, Mark, Segments
from explorer.figures.texts import Label, Labels
from explorer.frames import Columns
from explorer.labs.live.overview.plane_words import plane_sentence

NOTHING = {
    "points": np.zeros((0, 2)),
    "labels": np.zeros(0),
    "pair": np.zeros(0, np.int64),
    "most": np.zeros(0, np.int64),
    "path": np.zeros((0, 2)),
    "segments": np.zeros((0, 4)),
    **dict.fromkeys(("strength", "sign", "left"), np.zeros(0)),
}
#: What hovering tells of a neuron.
TIP = [
    ("neuron", "@neuron{%d}"),
    ("weight, of the largest", "@strength{%.2g}"),
    ("share of it left", "@left{%.2g}"),
]
THIN, THICK = 0.5, 2.8  # px of a line: with next to no weight, and the thickest
FAINT = 0.25  # alpha of f behind the lines
GONE = 0.5  # alpha of a line of which nothing is left; of the others at least that


def draw_plane(found: Columns) -> tuple[Figure, ...]:
    """f, its gradient and the neurons from what `inspect` gave (see `labs.live.overview.plane.slice_plane`).

    The colours of f are symmetric about 0 and reach the labels at least, those of the gradient start at 0. A tap or a
    drag in any of them moves the attack there.
    """
    known = NOTHING | dict(found)
    reach, steepest = _reach(known.get("f")), _steepest(known.get("slope"))
    half = float(found["half"][0]) if found else 0.0

    def picture(name: str, of: str, scale: str, limits: tuple[float, float], alpha: float = 1) -> Image:
        return Image(name, known.get(of), -half, -half, 2 * half, 2 * half, scale=scale, limits=limits, alpha=alpha)

    over = _over(known)
    few = Labels("text", [Label(0, 0.9 * half, _too_many(known), align="center")])
    lines = [picture("behind", "f", "diverging", (-reach, reach), FAINT), _neurons(known)]
    drawn = {
        "f": [picture("image", "f", "diverging", (-reach, reach)), *over],
        "slope": [picture("image", "slope", "sequential", (0, steepest)), *over],
        "neurons": [*lines, *over, few],
    }
    return tuple(Figure(name, marks, square=True, place="at") for name, marks in drawn.items())


def _over(known: Columns) -> list[Mark]:
    """What lies over every picture: the points, the pair, the attack."""
    points, walk = known["points"], known["path"]
    minus, plus = points[known["labels"] <= 0], points[known["labels"] > 0]
    pair = points[known["pair"]]
    return [
        Dots("minus", minus[:, 0], minus[:, 1], "minus", marker="square", edge="paper"),
        Dots("plus", plus[:, 0], plus[:, 1], "plus", size=6, edge="paper"),
        Dots("pair", pair[:, 0], pair[:, 1], size=11, hollow=True),
        Line("path", walk[:, 0], walk[:, 1], width=2.5, walked=True),
        Dots("start", walk[:1, 0], walk[:1, 1], size=7, edge="paper"),
        Dots("end", walk[-1:, 0], walk[-1:, 1], size=8, hollow=True),
    ]


def _neurons(known: Columns) -> Segments:
    """A line a neuron that crosses the square: what is gone is grey and thin, what is left fades with its share."""
    segments, strength = known["segments"], known["strength"]
    shown = np.flatnonzero(np.isfinite(segments).all(axis=1))
    shown = shown[np.argsort(strength[shown], kind="stable")]  # the thickest above the others
    left, sign, strength = known["left"][shown], known["sign"][shown], strength[shown]
    x, y, x1, y1 = segments[shown].T
    gone = left == 0
    return Segments(
        "neurons",
        x,
        y,
        x1,
        y1,
        role=np.select([gone, sign > 0], ["law", "plus"], "minus").tolist(),
        width=np.where(gone, THIN, THIN + (THICK - THIN) * strength),
        alpha=GONE + (1 - GONE) * left,
        tip=TIP,
        hover={"neuron": shown + 1, "strength": strength, "left": left},
    )


def _too_many(known: Columns) -> str:
    return "".join(f"drawn up to k = {most}" for most in known["most"] if len(known["left"]) > most)


def _reach(f: np.ndarray | None) -> float:
    values = np.abs(f[np.isfinite(f)]) if f is not None else np.zeros(0)
    return max(1.0, float(np.percentile(values, 98))) if len(values) else 1.0


def _steepest(slope: np.ndarray | None) -> float:
    values = slope[np.isfinite(slope)] if slope is not None else np.zeros(0)
    return float(values.max(initial=0)) or 1.0


CLOSER = Closer(("plane",), draw_plane, lambda found: {"plane": plane_sentence(found)})
