"""Lines over a picture of n and k: where n/k is constant, and where a network has as many parameters as points."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import mul

import numpy as np

from explorer.figures.law.cells import edges
from explorer.figures.palette import colour
from explorer.figures.texts import joined, texts

RATIOS = (1, 4, 16)  # n/k on the contours
ABOVE = 0.12  # how far lines go on above the cells, where their names stand, as a share of the picture's height


def contours(ks: Sequence[int], ns: Sequence[int], theme: str) -> tuple[dict[str, list], dict[str, list]]:
    """Columns of `parts.lines` for n/k = 1, 4, 16, and those of their labels."""
    xs, ys, labels = [], [], []
    for ratio in RATIOS:
        x, y = _inside(partial(mul, ratio), ks, ns)
        if len(x):
            xs.append(x)
            ys.append(y)
            labels.append((x[-1:], y[-1:], f"n/k = {ratio}", "law", 0))
    hues = [colour("law", theme)] * len(xs)
    columns = edges(ks)
    late = columns[-1] ** 0.86 * columns[0] ** 0.14  # right of it a name does not fit on the right of its line
    names = [texts([label], theme, *(("right", -4) if label[0][0] > late else ("left", 4))) for label in labels]
    return {"xs": xs, "ys": ys, "color": hues}, joined(*names)


def frontier(ks: Sequence[int], ns: Sequence[int], d: int, theme: str) -> tuple[dict[str, np.ndarray], dict[str, list]]:
    """Columns of the line k (d + 2) = n, left of which a network has fewer parameters than points, and of its label."""
    x, y = _inside(partial(mul, d + 2), ks, ns)
    label = [(x[-1:], y[-1:], "k(d+2) = n", "ink", 0)] if len(x) else []
    return {"x": x, "y": y}, texts(label, theme, "right", -4)


def _inside(
    line: Callable[[np.ndarray], np.ndarray], ks: Sequence[int], ns: Sequence[int]
) -> tuple[np.ndarray, np.ndarray]:
    """The points of a line n(k) over the cells and a little above them."""
    columns, rows = edges(ks), edges(ns)
    top = rows[-1] * (rows[-1] / rows[0]) ** ABOVE
    k = np.geomspace(columns[0], columns[-1], 200)
    n = line(k)
    there = (n >= rows[0]) & (n <= top)
    return k[there], n[there]
