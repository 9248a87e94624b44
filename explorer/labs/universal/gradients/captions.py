"""What the captions of the panel `gradients` say of a run, checked on its tables, and what its question asks."""

from collections.abc import Mapping

import numpy as np

from explorer.figures.numbers import down
from explorer.frames import Columns, Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.universal.gradients import GRADIENTS, GradientsSettings
from explorer.labs.universal.gradients.figure import families

KEPT, GONE = 0.7, 1e-3  # of what it was: it stays, it all but vanishes
STAYS = 0.5  # of what it was, at the least: the largest gradient has not gone


def known(settings: GradientsSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "low": settings.ds[0], "high": settings.ds[-1]}


def largest_stays(tables: Tables, settings: GradientsSettings) -> Finding | None:
    """Of every width the largest gradient that is found in most dimensions is at least half that in the fewest."""
    pairs = _ends(tables, settings, "max")
    if pairs is None:
        return None
    numbers = {"first": down(pairs[:, 0].min(), 2), "last": down(pairs[:, 1].min(), 2), "widths": len(pairs)}
    return Finding(bool((pairs[:, 1] >= STAYS * pairs[:, 0]).all()), numbers)


def what_becomes_of_the_mean(tables: Tables, settings: GradientsSettings) -> Outcome | None:
    """The mean gradient in most dimensions over that in the fewest, of the width where it falls least."""
    pairs = _ends(tables, settings, "mean")
    if pairs is None:
        return None
    times = float((pairs[:, 1] / pairs[:, 0]).max())
    answer = "stay about the same" if times >= KEPT else "fall, but not vanish" if times >= GONE else "all but vanish"
    return Outcome(answer, {"first": f"{pairs[:, 0].max():.2g}", "last": f"{pairs[:, 1].max():.2g}"})


def _ends(tables: Tables, settings: GradientsSettings, column: str) -> np.ndarray | None:
    """A column in the first and in the last dimension, a row a width that has both; None without any."""
    curves: list[Columns] = families(GRADIENTS.among(tables))
    pairs = []
    for curve in curves:
        at = {int(d): value for d, value in zip(curve["d"], curve[column], strict=True)}
        pair = [at.get(d, np.nan) for d in (settings.ds[0], settings.ds[-1])]
        if np.isfinite(pair).all() and pair[0] > 0 and settings.ds[0] < settings.ds[-1]:
            pairs.append(pair)
    return np.array(pairs) if pairs else None


CHECKS: Mapping[str, Check] = {"largest-stays": largest_stays}

OUTCOMES: Mapping[str, Decide] = {"what-becomes-of-the-mean": what_becomes_of_the_mean}
