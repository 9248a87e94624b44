"""What the captions of the panel `isoperimetry` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.isoperimetry import IsoperimetrySettings, figure
from explorer.measure.regression import line, side
from explorer.theory.isoperimetry import ISOPERIMETRIC

#: Answers by the power of d that the spread of f follows; each stands for what is within a quarter of it.
POWERS = {"not at all": 0.0, "like 1/√d": -0.5, "like 1/d": -1.0}
APART = 0.25


def known(settings: IsoperimetrySettings) -> Mapping[str, object]:
    """What the settings alone say: their values, and between which dimensions they look."""
    ds = sorted({settings.d, *settings.ds})
    return {**settings.values(), "first": ds[0], "last": ds[-1], "draws": f"{settings.draws:,}"}


def below_the_bound(tables: Tables, settings: IsoperimetrySettings) -> Finding | None:
    """No tail is above its bound by more than chance, all taken together."""
    table = figure.there(tables)
    told = table["bound"] < 1
    if not told.any():
        return None
    high = figure.passed(table)
    numbers: dict[str, object] = {"tails": int(told.sum()), "passing": int(high.sum())}
    if high.any():
        first = int(np.flatnonzero(high)[0])
        numbers |= {"tail": f"{table['tail'][first]:.2g}", "bound": f"{table['bound'][first]:.2g}"}
        numbers |= {"which": str(table["dist"][first]), "dimension": int(table["d"][first])}
    return Finding(not high.any(), numbers)


def spread_with_d(tables: Tables, settings: IsoperimetrySettings) -> Outcome | None:
    """Which power of d the standard deviation of f follows, under each of the distributions."""
    came: set[str] = set()
    numbers: dict[str, object] = {}
    for dist in ISOPERIMETRIC:
        ds, sd = figure.deviations(tables, dist)
        found = line(np.log(ds), np.log(sd))
        if not np.isfinite(found.slope_interval[0]):
            continue
        near = {
            answer
            for answer, power in POWERS.items()
            if side(found.slope_interval, power - APART) > 0 > side(found.slope_interval, power + APART)
        }
        came.add(near.pop() if near else "")
        numbers = numbers or {
            "power": f"{found.slope:.2f}".replace("-", "−"),
            "dist": dist,
            "least_d": int(ds[0]),
            "most_d": int(ds[-1]),
            "wide": f"{sd[0]:.2g}",
            "narrow": f"{sd[-1]:.2g}",
        }
    (answer,) = came if len(came) == 1 else ("",)
    return Outcome(answer, numbers) if answer else None


CHECKS: Mapping[str, Check] = {"below-the-bound": below_the_bound}
OUTCOMES: Mapping[str, Decide] = {"spread-with-d": spread_with_d}
