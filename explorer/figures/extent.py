"""How far a whole run reaches: axes that hold all of it stand still while it is played."""

from collections.abc import Iterable
from itertools import chain

import numpy as np

from explorer.figures.look import Patch

NAME = "extent"  # of a figure's source that is not seen, and over which its axes reach
ACROSS, UP = ("x", "x1", "xs", "left", "right"), ("y", "y1", "ys", "bottom", "top")


def extents(patches: Iterable[Patch]) -> Patch:
    """For each figure's `extent` the corners of everything that these patches draw in it."""
    seen: dict[str, tuple[list[np.ndarray], list[np.ndarray]]] = {}
    for source, columns in chain.from_iterable(patch.items() for patch in patches):
        if "text" not in columns:  # labels stand where there is room
            xs, ys = seen.setdefault(source.partition(":")[0], ([], []))
            xs += _numbers(columns, ACROSS)
            ys += _numbers(columns, UP)
    return {f"{figure}:{NAME}": {"x": _ends(xs), "y": _ends(ys)} for figure, (xs, ys) in seen.items() if xs and ys}


def _numbers(columns: object, names: tuple[str, ...]) -> list[np.ndarray]:
    found = (columns[name] for name in names if name in columns)  # type: ignore[index, operator]
    parts = [np.asarray(part, dtype=float).ravel() for values in found for part in _parts(values)]
    return [part for part in parts if np.isfinite(part).any()]


def _parts(values: object) -> list[object]:
    """A column of numbers is one part, one of arrays as many as it has."""
    listed = list(values)  # type: ignore[call-overload]
    return listed if listed and isinstance(listed[0], np.ndarray | list) else [listed]


def _ends(parts: list[np.ndarray]) -> np.ndarray:
    return np.array([min(np.nanmin(part) for part in parts), max(np.nanmax(part) for part in parts)])
