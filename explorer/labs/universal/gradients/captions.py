"""What the captions of the panel `gradients` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down, listed
from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.gradients import GradientsSettings
from explorer.labs.universal.gradients.figure import lines, rows

NEAR = 0.8, 1.2  # times the formula, which is of orthogonal neurons
TIMES = 4  # as large a dimension
#: Answers by the factor of the mean: between these, at every group size and dimension.
FACTORS = {"stay about the same": (0.8, 1.25), "halve": (0.35, 0.7), "all but vanish": (0.0, 0.05)}


def known(settings: GradientsSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {
        **settings.values(),
        "groups": listed(settings.sizes),
        "first": str(settings.ds[0]),
        "last": str(settings.ds[-1]),
    }


def max_stays(tables: Tables, settings: GradientsSettings) -> Finding | None:
    """The largest gradient found is near its formula, which knows no d, wherever networks fit."""
    table = rows(tables, fits=True)
    if not any(len(part["d"]) > 1 for part in lines(table)) or not np.isfinite(table["law"]).all():
        return None
    ratio = table["max"] / table["law"]
    numbers = {
        "least": f"{ratio.min():.2f}",
        "most": f"{ratio.max():.2f}",
        "networks": len(ratio),
        "largest": down(table["max"].max()),
    }
    return Finding(bool(NEAR[0] <= ratio.min() and ratio.max() <= NEAR[1]), numbers)


def with_four_times_d(tables: Tables, settings: GradientsSettings) -> Outcome | None:
    """What becomes of the mean gradient, if all pairs of networks with d and 4 d say so with their whole intervals."""
    pairs = [
        (i, j, part)
        for part in lines(rows(tables, fits=True))
        for i in range(len(part["d"]))
        for j in np.flatnonzero(part["d"] == TIMES * part["d"][i]).tolist()
    ]
    if not pairs:
        return None
    least = np.array([part["low"][j] / part["high"][i] for i, j, part in pairs])
    most = np.array([part["high"][j] / part["low"][i] if part["low"][i] > 0 else np.nan for i, j, part in pairs])
    i, j, part = pairs[int(np.argmax(most))]
    numbers = {
        "before": f"{part['mean'][i]:.2g}",
        "after": f"{part['mean'][j]:.2g}",
        "few": str(part["d"][i]),
        "many": str(part["d"][j]),
        "m": str(part["m"][0]),
        "max_before": down(part["max"][i]),
        "max_after": down(part["max"][j]),
        "pairs": len(pairs),
    }
    for answer, (low, high) in FACTORS.items():
        if (least >= low).all() and (most <= high).all():
            return Outcome(answer, numbers)
    return None


CHECKS: Mapping[str, Check] = {"max-stays": max_stays}
OUTCOMES: Mapping[str, Decide] = {"mean-with-four-times-d": with_four_times_d}
