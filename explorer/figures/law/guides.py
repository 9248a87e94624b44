"""Lines over a picture of n and k: where n/k is constant, and where a network has as many parameters as points."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import mul

import numpy as np

from explorer.figures.law.cells import edges
from explorer.figures.palette import colour
from explorer.figures.texts import Label, joined, texts

RATIOS = (16, 4, 1)  # n/k on the contours, from left to right
#: How far lines go on above the cells, where their names stand, as a share of the picture's height: two rows of names.
ABOVE, HIGHER = 0.12, 0.2


def contours(ks: Sequence[int], ns: Sequence[int], theme: str) -> tuple[dict[str, list], dict[str, list]]:
    """Columns of `parts.lines` for n/k = 16, 4, 1, and those of their labels: the first says what the others are of."""
    xs: list[np.ndarray] = []
    ys: list[np.ndarray] = []
    labels: list[Label] = []
    for ratio in RATIOS:
        x, y = _inside(partial(mul, ratio), ks, ns, ABOVE)
        if len(x):
            labels.append((x[-1:], y[-1:], f"{ratio}" if xs else f"n/k = {ratio}", "law", 0))
            xs.append(x)
            ys.append(y)
    hues = [colour("law", theme)] * len(xs)
    columns = edges(ks)
    late = columns[-1] ** 0.86 * columns[0] ** 0.14  # right of it a name does not fit on the right of its line
    names = [_name(label, late, theme) for label in labels]
    return {"xs": xs, "ys": ys, "color": hues}, joined(*names)


def frontier(ks: Sequence[int], ns: Sequence[int], d: int, theme: str) -> tuple[dict[str, np.ndarray], dict[str, list]]:
    """Columns of the line k (d + 2) = n, left of which a network has fewer parameters than points, and of its label."""
    x, y = _inside(partial(mul, d + 2), ks, ns, HIGHER)
    columns = edges(ks)
    middle = np.sqrt(columns[0] * columns[-1])
    name = _name((x[-1:], y[-1:], "k(d+2) = n", "ink", 0), middle, theme) if len(x) else texts([], theme)
    return {"x": x, "y": y}, name


def _name(label: Label, late: float, theme: str) -> dict[str, list]:
    """A name at the upper end of its line: right of it, or left where the end lies right of `late`."""
    return texts([label], theme, *(("right", -4) if label[0][-1] > late else ("left", 4)))


def _inside(
    line: Callable[[np.ndarray], np.ndarray], ks: Sequence[int], ns: Sequence[int], above: float
) -> tuple[np.ndarray, np.ndarray]:
    """The points of a line n(k) over the cells, and above them by this share of the picture's height."""
    columns, rows = edges(ks), edges(ns)
    top = rows[-1] * (rows[-1] / rows[0]) ** above
    k = np.geomspace(columns[0], columns[-1], 200)
    n = line(k)
    there = (n >= rows[0]) & (n <= top)
    return k[there], n[there]
