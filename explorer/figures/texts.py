"""Columns for the labels of a figure (`parts.labels`): text beside lines instead of a legend."""

from collections.abc import Iterable, Mapping

import numpy as np

from explorer.figures.palette import colour

COLUMNS = ("x", "y", "text", "color", "align", "dx", "dy")

#: Where the line runs (x, y), what it says, the role of its colour, and how many pixels above the line it stands.
Label = tuple[np.ndarray, np.ndarray, str, str, float]


def texts(items: Iterable[Label], theme: str, align: str = "right", dx: float = 0) -> dict[str, list]:
    """Each item's text at the last finite point of its line; `align` and `dx` (pixels) hold for all."""
    out: dict[str, list] = {column: [] for column in COLUMNS}
    for x, y, text, role, above in items:
        there = np.flatnonzero(np.isfinite(y))
        if not len(there):
            continue
        row = (float(x[there[-1]]), float(y[there[-1]]), text, colour(role, theme), align, dx, -above)
        for column, value in zip(out, row, strict=True):
            out[column].append(value)
    return out


def joined(*parts: Mapping[str, list]) -> dict[str, list]:
    """The columns of several parts, one below the other."""
    return {column: [value for part in parts for value in part[column]] for column in COLUMNS}
