"""Lines over a picture of n and k: where n/k is constant, and where a network has as many parameters as points."""

from collections.abc import Callable, Sequence
from functools import partial
from operator import mul

import numpy as np

from explorer.figures.marks import Line, Lines
from explorer.figures.texts import Label, Labels
from explorer.labs.law.cells import edges

RATIOS = (16, 4, 1)  # n/k on the contours, from left to right
#: How far lines go on above the cells, where their names stand, as a share of the picture's height: two rows of names.
ABOVE, HIGHER = 0.12, 0.2


def guides(ks: Sequence[int], ns: Sequence[int], d: int) -> tuple[Lines, Line, Labels]:
    """Lines n/k = 16, 4, 1, and k (d + 2) = n, left of which a network has fewer parameters than points; their names.

    The first of the names says what the others are of. They stand at the upper ends, on the side where there is room.
    """
    lines = [(ratio, *_inside(partial(mul, ratio), ks, ns, ABOVE)) for ratio in RATIOS]
    lines = [(ratio, x, y) for ratio, x, y in lines if len(x)]
    x, y = _inside(partial(mul, d + 2), ks, ns, HIGHER)
    first, last = edges(ks)[[0, -1]] if ks else (1.0, 1.0)
    late = last**0.86 * first**0.14  # right of it a name does not fit on the right of its line
    names = [_name(a, b, f"{r}" if i else f"n/k = {r}", "law", late) for i, (r, a, b) in enumerate(lines)]
    names.append(_name(x, y, "k(d+2) = n", "ink", np.sqrt(first * last)))
    return (
        Lines("contours", [a for _, a, _ in lines], [b for *_, b in lines], "law", width=1),
        Line("frontier", x, y, dash="dashed", width=1.5),
        Labels("text", names),
    )


def _name(x: np.ndarray, y: np.ndarray, text: str, role: str, late: float) -> Label:
    """A name at the upper end of its line: right of it, or left where the end lies right of `late`."""
    align, dx = ("right", -4) if x[-1:].max(initial=0) > late else ("left", 4)
    return Label(x, y, text, role, align=align, dx=dx)


def _inside(
    line: Callable[[np.ndarray], np.ndarray], ks: Sequence[int], ns: Sequence[int], above: float
) -> tuple[np.ndarray, np.ndarray]:
    """The points of a line n(k) over the cells, and above them by this share of the picture's height."""
    if not ks:
        return np.zeros(0), np.zeros(0)
    columns, rows = edges(ks), edges(ns)
    top = rows[-1] * (rows[-1] / rows[0]) ** above
    k = np.geomspace(columns[0], columns[-1], 200)
    n = line(k)
    there = (n >= rows[0]) & (n <= top)
    return k[there], n[there]
