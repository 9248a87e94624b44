"""Numbers with their 95 % intervals, for one command's runs or for thousands of simulated ones at once. No torch.

Whatever claims rest on takes leading axes: none for the runs of `explorer claims`, one for the trials of a simulation,
which so tries the very rule that decides.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float, Int
from scipy.special import stdtrit

from explorer.labs.claims import NOT_SUPPORTED, SUPPORTED, UNDECIDED
from explorer.measure.regression import LEVEL

YES, UNKNOWN, NO = 1, 0, -1
FEWEST = 5  # points of a line or a plane
Numbers = Float[np.ndarray, "..."] | np.floating  # one, or one for each trial


@dataclass(frozen=True)
class Estimate:
    """A number and the ends of its interval; NaN is what too few values do not tell."""

    value: Numbers
    low: Numbers
    high: Numbers

    def near(self, claimed: float, margin: float) -> Int[np.ndarray, "..."]:
        """YES if all of the interval is within the margin of what is claimed, NO if none of it is, else UNKNOWN."""
        within = (self.low > claimed - margin) & (self.high < claimed + margin)
        outside = (self.low > claimed + margin) | (self.high < claimed - margin)
        return np.where(within, YES, np.where(outside, NO, UNKNOWN))

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"


def words(near: list[Int[np.ndarray, "..."]]) -> np.ndarray:
    """Supported if everything is near what is claimed, not supported if something is not, else undecided."""
    all_of_it = np.stack(near)
    return np.select(
        [(all_of_it == YES).all(0), (all_of_it == NO).any(0)], [SUPPORTED, NOT_SUPPORTED], default=UNDECIDED
    )


def mean(values: Float[np.ndarray, "*trials m"]) -> Estimate:
    """The mean of m values, by Student's t with m - 1 degrees of freedom; m >= 2."""
    m = values.shape[-1]
    middle = values.mean(-1)
    half = stdtrit(m - 1, (1 + LEVEL) / 2) * values.std(-1, ddof=1) / np.sqrt(m)
    return Estimate(middle, middle - half, middle + half)


def exponents(
    width: Float[np.ndarray, "*trials m"], *sizes: Int[np.ndarray, " m"] | Float[np.ndarray, " m"]
) -> list[Estimate]:
    """The exponents of each size in the widths, by least squares on logarithms, where a width that is NaN is left out.

    Intervals are by Student's t, with as many degrees of freedom as there are widths over. Fewer than FEWEST widths say
    nothing.
    """
    if width.shape[-1] < FEWEST:
        unknown = np.full(width.shape[:-1], np.nan)
        return [Estimate(unknown, unknown, unknown)] * len(sizes)
    X = np.stack([np.ones(width.shape[-1]), *(np.log(size) - np.log(size).mean() for size in sizes)], axis=1)
    there = np.isfinite(width)
    z = np.log(np.where(there, width, 1.0))
    gram = np.einsum("...m,mi,mj->...ij", there, X, X)
    known = np.asarray(np.linalg.matrix_rank(gram, hermitian=True) == X.shape[1])
    inverse = np.linalg.pinv(gram, hermitian=True)
    slopes = np.einsum("...ij,mj,...m->...i", inverse, X, z)
    residuals = np.where(there, z - slopes @ X.T, 0.0)
    known = known & (there.sum(-1) >= FEWEST)
    over = np.maximum(there.sum(-1) - X.shape[1], 1)
    noise = np.asarray(stdtrit(over, (1 + LEVEL) / 2) * np.sqrt(np.square(residuals).sum(-1) / over))
    half = noise[..., None] * np.sqrt(np.diagonal(inverse, axis1=-2, axis2=-1))
    slopes, half = (np.where(known[..., None], part, np.nan) for part in (slopes, half))
    return [Estimate(*(slopes[..., i] + sign * half[..., i] for sign in (0, -1, 1))) for i in range(1, X.shape[1])]
