"""What the captions of the panel `overview` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down
from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.law.numbers import settled
from explorer.labs.law.overview import OverviewSettings, figure


def floors_hold(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """In every cell that training fills, what it found lies above the floor of any function."""
    found, floor = _in_both(tables, "trained", "floors")
    if not len(found):
        return None
    ratio = settled(found / floor)
    numbers = {"cells": len(ratio), "below": int((ratio < 1).sum()), "least": down(ratio.min(), 2)}
    return Finding(bool((ratio >= 1).all()), numbers)


def built_beside_trained(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """In how many cells what can be built is flatter than what training finds."""
    built, found = _in_both(tables, "constructions", "trained")
    return Finding(True, {"cells": len(built), "flatter": int((built < found).sum())}) if len(built) else None


def _in_both(tables: Tables, one: str, other: str) -> tuple[np.ndarray, np.ndarray]:
    """The values of two layers of the picture in the cells that both fill."""
    layers = figure.layers(tables)
    first, second = (dict(zip(zip(a.n, a.k, strict=True), a.value, strict=True)) for a in (layers[one], layers[other]))
    pairs = [
        (first[cell], second[cell]) for cell in first if np.isfinite([first[cell], second.get(cell, np.nan)]).all()
    ]
    values = np.array([pair for pair in pairs if min(pair) > 0]).reshape(-1, 2)
    return values[:, 0], values[:, 1]


CHECKS: Mapping[str, Check] = {
    "floors-hold": floors_hold,
    "built-beside-trained": built_beside_trained,
}
