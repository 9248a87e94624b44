"""The plane pictures of the live lab: what a closer look at one network found."""

import numpy as np

from explorer.figures.layout import Closer
from explorer.figures.marks import Dots, Figure, Image, Line
from explorer.frames import Columns
from explorer.labs.live.overview.words import plane_sentence

NOTHING = {"points": np.zeros((0, 2)), "labels": np.zeros(0), "pair": np.zeros(0, np.int64), "path": np.zeros((0, 2))}


def draw_plane(found: Columns) -> tuple[Figure, ...]:
    """f and its gradient from what `inspect` gave (see `labs.live.overview.plane.slice_plane`).

    The colours of f are symmetric about 0 and reach the labels at least, those of the gradient start at 0.
    """
    reach = max(1.0, float(np.percentile(np.abs(found["f"]), 98))) if found else 1.0
    steepest = float(found["slope"].max()) if found else 1.0
    return _plane("f", found, "diverging", (-reach, reach)), _plane("slope", found, "sequential", (0, steepest or 1.0))


def _plane(name: str, found: Columns, scale: str, limits: tuple[float, float]) -> Figure:
    known = NOTHING | dict(found)
    points, walk = known["points"], known["path"]
    half = float(found["half"][0]) if found else 0
    minus, plus = points[known["labels"] <= 0], points[known["labels"] > 0]
    pair = points[known["pair"]]
    marks = [
        Image("image", found.get(name), -half, -half, 2 * half, 2 * half, scale=scale, limits=limits),
        Dots("minus", minus[:, 0], minus[:, 1], "minus", marker="square", edge="paper"),
        Dots("plus", plus[:, 0], plus[:, 1], "plus", size=6, edge="paper"),
        Dots("pair", pair[:, 0], pair[:, 1], size=11, hollow=True),
        Line("path", walk[:, 0], walk[:, 1], width=2.5),
        Dots("end", walk[-1:, 0], walk[-1:, 1], size=8, hollow=True),
    ]
    return Figure(name, marks, square=True)


CLOSER = Closer(("plane",), draw_plane, lambda found: {"plane": plane_sentence(found)})
