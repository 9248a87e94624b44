"""What the captions of the panel `circle` say of a run, checked on its tables."""

from collections.abc import Mapping

import numpy as np
from scipy.special import ndtri

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.law.circle import CircleSettings, figure
from explorer.theory.circle import kolmogorov_smirnov

CHANCE = 0.01  # a p-value below it is not put down to chance
NEAR, FAR = 2.0, 5.0  # times the middle constant
DRAWS = 100  # fewer do not tell one in ten


def known(settings: CircleSettings) -> Mapping[str, object]:
    """What the settings alone say: their values, many draws with a comma between thousands."""
    return {**settings.values(), "draws": f"{settings.draws:,}"}


def follows_the_law(tables: Tables, settings: CircleSettings) -> Finding | None:
    """The drawn best constants do not contradict their exact law."""
    lip, n = figure.constants(tables)
    if not lip.any():
        return None
    distance, p = kolmogorov_smirnov(lip, n)
    numbers = {"sets": f"{len(lip):,}", "distance": f"{distance:.2g}", "chance": f"{p:.2g}"}
    return Finding(p >= CHANCE, numbers)


def unlucky_draws(tables: Tables, settings: CircleSettings) -> Outcome | None:
    """How many times the middle constant one draw in ten needs at least, as far as so many draws tell."""
    lip = np.sort(figure.constants(tables)[0])
    if len(lip) < DRAWS or not lip[0] > 0:
        return None
    (low, middle, high), (least, tenth, most) = _quantile(lip, 0.5), _quantile(lip, 0.9)
    below, above = least / high, most / low
    numbers = {
        "middle": f"{middle:.3g}",
        "tenth": f"{tenth:.3g}",
        "times": f"{tenth / middle:.2g}",
        "of": f"{len(lip):,}",
    }
    for answer, start, end in (
        ("less than twice", 0, NEAR),
        ("2 to 5 times", NEAR, FAR),
        ("more than 5 times", FAR, np.inf),
    ):
        if start <= below and above <= end:
            return Outcome(answer, numbers)
    return None


def _quantile(values: np.ndarray, share: float) -> tuple[float, float, float]:
    """A quantile of sorted draws between those ranks that hold it with a probability of 97.5 %."""
    n = len(values)
    half = float(ndtri(1 - 0.0125)) * np.sqrt(share * (1 - share) * n)
    at = np.clip(np.array([share * n - half, share * n, share * n + half]).round(), 0, n - 1).astype(int)
    low, middle, high = values[at].tolist()
    return low, middle, high


CHECKS: Mapping[str, Check] = {
    "follows-the-law": follows_the_law,
}

OUTCOMES: Mapping[str, Decide] = {
    "unlucky-draws": unlucky_draws,
}
