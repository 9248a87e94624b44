"""New columns for the two plane pictures of the live lab."""

import numpy as np

from explorer.figures.layout import Closer
from explorer.figures.look import Patch
from explorer.frames import Columns
from explorer.labs.live.overview.words import plane_sentence


def patch_plane(found: Columns) -> Patch:
    """New columns for the two plane pictures from what `inspect` gave (see `labs.live.overview.plane.slice_plane`)."""
    half = float(found["half"][0])
    square = {"x": [-half], "y": [-half], "dw": [2 * half], "dh": [2 * half]}
    points, plus = found["points"], found["labels"] > 0
    walk = found["path"]
    changes: Patch = {}
    for name in ("f", "slope"):
        changes |= {
            f"{name}:image": {"image": [found[name]], **square},
            f"{name}:minus": _at(points[~plus]),
            f"{name}:plus": _at(points[plus]),
            f"{name}:pair": _at(points[found["pair"]]),
            f"{name}:path": _at(walk),
            f"{name}:end": _at(walk[-1:]),
        }
    return changes


def _at(xy: np.ndarray) -> dict[str, list | np.ndarray]:
    return {"x": xy[:, 0], "y": xy[:, 1]}


def scales(found: Columns) -> dict[str, tuple[float, float]]:
    """Colour limits of the plane pictures: f symmetric about 0 and at least the labels, the gradient from 0."""
    reach = max(1.0, float(np.percentile(np.abs(found["f"]), 98)))
    return {"f:image": (-reach, reach), "slope:image": (0.0, float(found["slope"].max()) or 1.0)}


CLOSER = Closer(("plane",), patch_plane, scales, lambda found: {"plane": plane_sentence(found)})
