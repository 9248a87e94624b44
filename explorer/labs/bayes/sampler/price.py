"""What leapfrog steps of several sizes cost, from draws of one posterior."""

from dataclasses import dataclass, field

import numpy as np
from jaxtyping import Float64
from torch import Tensor

from explorer.frames import Columns
from explorer.labs import Stop
from explorer.labs.bayes.sampler import DRAWS, ENERGY_ERROR, GROUPS_OF_DRAWS, PATHS, SLOPES
from explorer.measure.jackknife import pseudovalues
from explorer.measure.regression import mean
from explorer.train.energy_error import acceptance, misses
from explorer.train.target import Target

SMALL = 0.1  # largest mean error of steps that count for the slope: beyond, the third order is not all there is
FEWEST = 3  # steps of which there is a slope


@dataclass
class Price:
    """Steps tried so far.

    Args:
        position: draws of the posterior, chain by chain, so that those in one group depend on each other.
        momentum: one each.

    Attributes:
        sizes: of the steps. errors: |ΔH| of one step, (DRAWS,) each. accepted: mean acceptance of whole trajectories.
    """

    target: Target
    position: Float64[Tensor, "B P"]
    momentum: Float64[Tensor, "B P"]
    sizes: list[float] = field(default_factory=list)
    errors: list[np.ndarray] = field(default_factory=list)
    accepted: list[float] = field(default_factory=list)

    def try_step(self, size: float, leapfrogs: int, stop: Stop) -> bool:
        """One leapfrog step from every draw, trajectories from some; False when `stop()` became true."""
        one = misses(self.target, self.position, self.momentum, size, 1, stop)
        some = slice(None, None, DRAWS // PATHS)
        path = misses(self.target, self.position[some], self.momentum[some], size, leapfrogs, stop)
        if one is None or path is None:
            return False
        self.sizes.append(size)
        self.errors.append(one.abs().cpu().numpy())
        self.accepted.append(float(acceptance(path).mean()))
        return True

    def small(self) -> np.ndarray:
        """Which steps are in the range where the error goes like a power of the size."""
        middle = np.array([error.mean() for error in self.errors])
        return (middle > 0) & (middle <= SMALL)

    def table(self, family: str, fitted: np.ndarray) -> Columns:
        """A row a size; intervals of the logarithm of the mean, by leaving out groups of draws."""
        means = np.array([error.mean() for error in self.errors])
        known = np.isfinite(means) & (means > 0)
        ends = np.full((len(means), 2), np.nan)
        with np.errstate(all="ignore"):
            values = pseudovalues(self._groups(), np.log)
        for i in np.flatnonzero(known & np.isfinite(values).all(0)):
            ends[i] = np.exp(mean(values[:, i])[1])
        return ENERGY_ERROR.filled(
            family=np.full(len(means), family),
            step_size=np.array(self.sizes),
            error=np.where(known, means, np.nan),
            low=ends[:, 0],
            high=ends[:, 1],
            accept=np.array(self.accepted),
            median=np.array([np.median(error) if np.isfinite(error).all() else np.nan for error in self.errors]),
            fitted=fitted,
        )

    def slopes(self, family: str, fitted: np.ndarray) -> Columns:
        """Of the logarithm of the mean error against that of the size: a row for each group that is left out."""
        if fitted.sum() < FEWEST:
            return SLOPES.empty()
        x = np.log(np.array(self.sizes)[fitted])
        across = (x - x.mean()) / np.square(x - x.mean()).sum()
        values = pseudovalues(self._groups()[:, fitted], lambda middle: across @ np.log(middle))
        return SLOPES.filled(family=np.full(len(values), family), group=np.arange(len(values)), slope=values)

    def _groups(self) -> Float64[np.ndarray, "G S"]:
        """The mean error of every group of draws, by size."""
        return np.stack(self.errors, 1).reshape(GROUPS_OF_DRAWS, -1, len(self.errors)).mean(1)
