"""Panel: draws of a 1-Lipschitz function, their tails, and the bound that isoperimetry puts on them."""

import math
from collections.abc import Iterator

import numpy as np
import torch
from jaxtyping import Float
from scipy.special import ndtri

from explorer.frames import Columns, Frame
from explorer.labs import Stop
from explorer.labs.universal.isoperimetry import FEWEST, HISTOGRAM, ISOPERIMETRY, MOMENTS, SHARE, IsoperimetrySettings
from explorer.measure.concentration import ANYWHERE, DISTRIBUTIONS, NEURONS, function, normals
from explorer.measure.regression import LEVEL
from explorer.measure.tails import clopper_pearson
from explorer.seeding import seeded
from explorer.theory.isoperimetry import ISOPERIMETRIC, constant, tail_bound

PARTS = (64, 16, 4, 1)  # a frame after one draw in so many
NUMBERS = 1 << 19  # between two questions whether to stop
WIDE = np.arange(1, 51) / 10  # t sqrt(d / c) of the tails
BINS, REACH = 50, 4.5  # of a histogram, up to so many standard deviations at most
ROUNDING = 2e-6  # of the mean: a smaller deviation in float32 is none


def stream(settings: IsoperimetrySettings, device: torch.device, stop: Stop) -> Iterator[Frame | None]:
    """Frames of more and more draws: all at d, one in `SHARE` at each other dimension, made in the order of ds.

    When `stop()` turns true the generator ends without a last frame.
    """
    others = [d for d in settings.ds if d != settings.d]
    goals = {settings.d: settings.draws} | dict.fromkeys(others, max(settings.draws // SHARE, FEWEST))
    names = [*ISOPERIMETRIC, *([settings.control] if settings.control != "none" else [])]
    samples: dict[int, Sample] = {}
    total = sum(goals.values())
    for part in PARTS:
        tables: list[tuple[Columns, Columns, Columns]] = []
        for d, goal in goals.items():
            if d not in samples:
                samples[d] = Sample(settings.function, names, d, settings.seed, device)
            for _ in samples[d].grow(max(goal // part, FEWEST)):
                if stop():
                    return
                yield None
            for name, values in samples[d].values().items():
                if stop():
                    return
                tables.append(summary(name, d, values))
        columns = (schema.joined(each) for schema, each in zip(SCHEMAS, zip(*tables, strict=True), strict=True))
        named = {schema.name: table for schema, table in zip(SCHEMAS, columns, strict=True)}
        done = sum(sample.count for sample in samples.values())
        yield Frame(done, total, named, {}, f"{samples[settings.d].count:,} of {settings.draws:,} draws at d")


SCHEMAS = (ISOPERIMETRY, MOMENTS, HISTOGRAM)


class Sample:
    """The values of one function under several distributions in one dimension; all are made of the same numbers."""

    def __init__(self, name: str, distributions: list[str], d: int, seed: int, device: torch.device) -> None:
        self.d, self.device = d, device
        self.count = 0
        # distinct streams for distinct (d, seed): d is below 2^12
        self._generator = seeded((seed << 12) + d)
        if name in ANYWHERE:
            self._functions = dict.fromkeys(distributions, function(name, distributions[0], d, seed, device))
        else:
            self._functions = {each: function(name, each, d, seed, device) for each in distributions}
        self._values: dict[str, list[np.ndarray]] = {each: [] for each in distributions}

    def grow(self, count: int) -> Iterator[None]:
        """Draw until there are so many; a step after every batch, before which a caller may leave."""
        most = max(1, NUMBERS // max(self.d, NEURONS))
        while self.count < count:
            yield
            size = min(most, count - self.count)
            z = normals(size, self.d, self._generator).to(self.device)
            for name, f in self._functions.items():
                self._values[name].append(f(DISTRIBUTIONS[name](z)).cpu().numpy().astype(np.float64))
            self.count += size

    def values(self) -> dict[str, Float[np.ndarray, " m"]]:
        """All values so far, by distribution."""
        return {name: np.concatenate(parts) for name, parts in self._values.items()}


def summary(name: str, d: int, values: Float[np.ndarray, " m"]) -> tuple[Columns, Columns, Columns]:
    """Tails, moments and histogram of the values of f around their mean.

    The mean of the draws stands for Ef: it is off by 1 / sqrt(m) of a standard deviation, and moves both tails by as
    much in opposite directions. A distribution that is not isoperimetric gets the bound of c = 1, as if it were.
    """
    m, mean = len(values), float(values.mean())
    away = values - mean
    if np.sqrt(np.square(away).mean()) <= ROUNDING * abs(mean):
        away = np.zeros(m)  # such as |x| on the sphere
    var = float(np.square(away).sum() / max(m - 1, 1))
    half = float(ndtri((1 + LEVEL) / 2)) * math.sqrt(max(float((away**4).mean()) - var**2, 0) / m)
    moments = MOMENTS.filled(
        dist=np.array([name]), d=d, draws=m, mean=mean, var=var, low=max(var - half, 0), high=var + half
    )
    c = constant(name, d) if name in ISOPERIMETRIC else 1.0
    t = WIDE * math.sqrt(c / d)
    count = m - np.searchsorted(np.sort(np.abs(away)), t, side="left")
    low, high = clopper_pearson(count, np.full(len(t), m))
    tails = ISOPERIMETRY.filled(
        dist=np.full(len(t), name), d=d, t=t, tail=count / m, low=low, high=high, bound=tail_bound(t, d, c), draws=m
    )
    if not var > 0:
        return tails, moments, HISTOGRAM.empty()
    reach = min(REACH * math.sqrt(var), 1.02 * float(np.abs(away).max()))
    found, edges = np.histogram(away, BINS, (-reach, reach))
    width = edges[1] - edges[0]
    middle = (edges[1:] + edges[:-1]) / 2
    shape = HISTOGRAM.filled(dist=np.full(BINS, name), d=d, t=middle, density=found / (m * width), draws=m)
    return tails, moments, shape
