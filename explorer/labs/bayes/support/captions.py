"""What the captions of the panel `support` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

from explorer.figures.numbers import interval
from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.bayes.support import SUPPORT, SupportSettings
from explorer.labs.bayes.support.numbers import ON, at_distance, change, far, of_noise, over
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import Interval, side

SMALL = math.log(1.25)  # a change of a logarithm that counts as none, if its interval reaches no further
GROW, STAY, SHRINK = "grow", "stay the same", "shrink"


def known(settings: SupportSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "least": f"{settings.noises[0]:g}", "most": f"{settings.noises[-1]:g}"}


def share_grows(tables: Tables, settings: SupportSettings) -> Finding | None:
    """On the half circles averaging leaves a larger share of a sample's normal gradient where noise is larger."""
    rows = at_distance(_whole(tables), ON)
    return _risen(rows, "noise", "normal", "normal_one", 1)


def grows_off_the_data(tables: Tables, settings: SupportSettings) -> Finding | None:
    """Under the least noise the averaged gradient is larger off the data than on them."""
    done = _whole(tables)
    rows = of_noise(done, settings.noises[0])
    return _risen(rows, "distance", "normal", "", 1)


def sample_flattens(tables: Tables, settings: SupportSettings) -> Finding | None:
    """Far off the circles a sample's normal gradient falls with the noise: there have been data."""
    done = _whole(tables)
    return _risen(at_distance(done, far(done)), "noise", "normal_one", "", -1)


def share_with_noise(tables: Tables, settings: SupportSettings) -> Outcome | None:
    """Whether that share grows with the noise, stays within a quarter, or shrinks."""
    rows = at_distance(_whole(tables), ON)
    middle, ends, seeds = change(rows, "noise", "normal", "normal_one")
    if not math.isfinite(middle) or not all(map(math.isfinite, ends)):
        return None
    numbers = _numbers(rows, "noise", "normal", "normal_one", middle, ends, seeds)
    if side(ends, 0) and max(map(abs, ends)) > SMALL:
        return Outcome(GROW if middle > 0 else SHRINK, numbers)
    return Outcome(STAY, numbers) if max(map(abs, ends)) <= SMALL else None


def _risen(rows: Columns, x: str, column: str, part: str, way: int) -> Finding | None:
    """Whether it rises (1) or falls (-1) with x, clearly; None where the seeds do not tell."""
    middle, ends, seeds = change(rows, x, column, part)
    if not math.isfinite(middle):
        return None
    numbers = _numbers(rows, x, column, part, middle, ends, seeds)
    if way * middle <= 0:
        return Finding(False, numbers)
    return Finding(True, numbers) if side(ends, 0) == way else None


def _numbers(
    rows: Columns, x: str, column: str, part: str, middle: float, ends: Interval, seeds: int
) -> Mapping[str, object]:
    found = over(rows, x, column, part)
    shown = [percent(value) if part else f"{value:.2g}" for value in (found.value[0], found.value[-1])]
    factors = math.exp(min(ends[0], 300)), math.exp(min(ends[1], 300))
    return {
        "first": shown[0],
        "last": shown[1],
        "begin": f"{found.x[0]:g}",
        "end": f"{found.x[-1]:g}",
        "factor": f"{math.exp(middle):.2f}",
        "interval": interval(factors),
        "seeds": seeds,
    }


def _whole(tables: Tables) -> Columns:
    table = SUPPORT.among(tables)
    return where(table, table["whole"])


CHECKS: Mapping[str, Check] = {
    "share-grows": share_grows,
    "grows-off-the-data": grows_off_the_data,
    "sample-flattens": sample_flattens,
}
OUTCOMES: Mapping[str, Decide] = {"share-with-noise": share_with_noise}
