"""What the captions of the panel `cloud` say of a run, checked on its tables, and what its question asks."""

import math
from collections.abc import Mapping

from explorer.figures.numbers import interval, signed
from explorer.frames import Tables
from explorer.labs.bayes.attack_numbers import points, span
from explorer.labs.bayes.cloud import CLOUD, FREE, HMC, MAP, METHODS, VI, CloudSettings
from explorer.labs.bayes.cloud.numbers import known as drawn
from explorer.labs.bayes.cloud.numbers import of, paired, ranked
from explorer.labs.bayes.told import percent
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.measure.regression import side

LITTLE = 0.05  # a difference of shares below which two are about the same
FEWEST = 5  # draws of which anything is said
MORE, ALIKE, FEWER = "clearly more", "about as many", "clearly fewer"


def known(settings: CloudSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said, "methods": len(METHODS)}


def accurate_is_robust(tables: Tables, settings: CloudSettings) -> Finding | None:
    """Among HMC's posteriors accuracy ranks with softmax robustness, and the interval keeps clear of none."""
    found = ranked(drawn(CLOUD.among(tables)), HMC, "softmax_robustness")
    if found.n < FEWEST or not all(map(math.isfinite, found.interval)):
        return None
    numbers = {"n": found.n, "rho": signed(found.rho), "interval": interval(found.interval)}
    if found.rho <= 0:
        return Finding(False, numbers)
    return Finding(True, numbers) if side(found.interval, 0) > 0 else None


def prior_helps(tables: Tables, settings: CloudSettings) -> Finding | None:
    """MAP keeps more right under attack than the network without a prior, of the same width, rate and steps."""
    return _ahead(tables, MAP, FREE, "robust", 1)


def vi_pays(tables: Tables, settings: CloudSettings) -> Finding | None:
    """The average of VI is less accurate than that of HMC under the same prior."""
    return _ahead(tables, VI, HMC, "accuracy", -1)


def average_beside_map(tables: Tables, settings: CloudSettings) -> Outcome | None:
    """What HMC's average keeps right under attack beside MAP with the same hyper-parameters."""
    found = _compared(tables, HMC, MAP, "robust")
    if found is None or not settings.eps_max > 0:
        return None
    _, ends, numbers = found
    if sign := side(ends, 0):
        return Outcome(MORE if sign > 0 else FEWER, numbers)
    return Outcome(ALIKE, numbers) if max(-ends[0], ends[1]) <= LITTLE else None


def _ahead(tables: Tables, method: str, other: str, column: str, way: int) -> Finding | None:
    """Whether it is ahead (1) or behind (-1), clearly; None where the draws do not tell."""
    found = _compared(tables, method, other, column)
    if found is None:
        return None
    middle, ends, numbers = found
    if way * middle <= 0:
        return Finding(False, numbers)
    return Finding(True, numbers) if side(ends, 0) == way else None


def _compared(
    tables: Tables, method: str, other: str, column: str
) -> tuple[float, tuple[float, float], Mapping[str, object]] | None:
    """The difference over draws, its interval, and the numbers; None of too few draws."""
    table = drawn(CLOUD.among(tables))
    middle, ends, count = paired(table, method, other, column)
    if count < FEWEST or not all(map(math.isfinite, (middle, *ends))):
        return None
    numbers = {
        "one": percent(float(of(table, method)[column].mean())),
        "other": percent(float(of(table, other)[column].mean())),
        "points": points(middle),
        "interval": span(ends).removeprefix("95% interval "),
        "count": count,
        "eps": f"{float(table['eps'][0]):g}",
    }
    return middle, ends, numbers


CHECKS: Mapping[str, Check] = {
    "accurate-is-robust": accurate_is_robust,
    "cloud-prior-helps": prior_helps,
    "vi-pays": vi_pays,
}
OUTCOMES: Mapping[str, Decide] = {"cloud-average-beside-map": average_beside_map}
