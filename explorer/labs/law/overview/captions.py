"""What the captions of the panel `overview` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down, up
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.numbers import settled
from explorer.labs.law.overview import OverviewSettings, figure
from explorer.labs.law.tables import FLOORS, TRAINED

NEAR, FAR = 2.0, 5.0  # times as high as the floor


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


def height_above_floor(tables: Tables, settings: OverviewSettings) -> Outcome | None:
    """How many times as high as the floor of any function the network lies that comes closest to its own."""
    found, certified = (_over_floor(tables, bound) for bound in ("lower", "upper"))
    if not len(found) or not np.isfinite([*found, *certified]).all():
        return None
    least, most = float(found.min()), float(certified.min())
    numbers = {"networks": len(found), "least": down(least, 2), "most": up(most, 2)}
    if most < NEAR:
        return Outcome("less than twice", numbers) if least >= 1 else None  # below: the search ended too low
    if least >= NEAR and most <= FAR:
        return Outcome("2 to 5 times", numbers)
    return Outcome("more than 5 times", numbers) if least > FAR else None


def _over_floor(tables: Tables, bound: str) -> np.ndarray:
    """A bound of every network that fits over the floor of any function for its points, where the picture has one."""
    floors, trained = FLOORS.among(tables), TRAINED.among(tables)
    known = {
        (n, d, k): value
        for n, d, k, name, value in zip(*(floors[c] for c in ("n", "d", "k", "name", "value")), strict=True)
        if name == "mcshane" and value > 0
    }
    rows = zip(*(trained[c] for c in ("n", "d", "k", "fits", bound)), strict=True)
    return settled(np.array([value / known[n, d, k] for n, d, k, fits, value in rows if fits and (n, d, k) in known]))


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

OUTCOMES: Mapping[str, Decide] = {
    "height-above-floor": height_above_floor,
}
