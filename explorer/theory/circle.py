"""d = 2: the best Lipschitz constant of any fit of random signs on the circle, and the exact law that it follows.

Any function through two points of opposite labels has a slope of 2 / chord between them, and McShane's extension of
the labels has no larger one: so the best constant is L* = 2 / (the shortest chord between opposite labels). That chord
joins neighbours, for on the way between any two opposite points there is a nearer such pair. With T the shortest gap
between opposite neighbours, as a share of the circle, L* = 1 / sin(pi T).

Of the n gaps an even number J has opposite ends, each set of that size in 2 of the 2^n labellings:
P(J = j) = 2 C(n, j) / 2^n. The gaps of n uniform points are exchangeable, and j of them all exceed t with probability
max(1 - j t, 0)^(n - 1): that is P(T > t | J = j). At J = 0 a constant fits and L* = 0.

Source: the law is stated in an audit of the conjecture (AlecKriebel/Math, problems/30004656_robustness, 2026);
derived here.
"""

import numpy as np
from jaxtyping import Float, Int
from scipy.special import gammaln, kolmogorov

RARE = 1e-18  # numbers of flips less likely than this change no digit


def best_constant(turns: Float[np.ndarray, "c n"], labels: Float[np.ndarray, "c n"]) -> Float[np.ndarray, " c"]:
    """L* of c data sets of n >= 2 points at angles 2 pi `turns`, each row rising within [0, 1]; labels +-1."""
    gaps = np.diff(turns, append=turns[:, :1] + 1)
    flips = labels != np.roll(labels, -1, axis=1)
    shortest = np.where(flips, gaps, np.inf).min(axis=1)
    with np.errstate(divide="ignore"):  # two points in one place with opposite labels: no function fits
        constant = 1 / np.sin(np.pi * np.minimum(shortest, 0.5))
    return np.where(flips.any(axis=1), constant, 0.0)


def flips(n: int) -> tuple[Int[np.ndarray, " j"], Float[np.ndarray, " j"]]:
    """The numbers of label flips round the circle, 0 and the likely ones above it, and their probabilities."""
    j = np.arange(0, n + 1, 2)
    log = (1 - n) * np.log(2) + gammaln(n + 1) - gammaln(j + 1) - gammaln(n - j + 1)
    keep = (log > np.log(RARE)) | (j == 0)
    return j[keep], np.exp(log[keep])


def law(lip: Float[np.ndarray, " c"], n: int) -> Float[np.ndarray, " c"]:
    """P(L* <= lip) for n points: 0 below 0, P(J = 0) on [0, 1), and rising from there."""
    numbers, chances = flips(n)
    t = np.arcsin(1 / np.maximum(lip, 1)) / np.pi
    total = np.where(lip >= 0, chances[0], 0.0)
    for j, chance in zip(numbers[1:], chances[1:], strict=True):
        total += np.where(lip >= 1, chance * np.maximum(1 - j * t, 0) ** (n - 1), 0)
    return total


def kolmogorov_smirnov(lip: Float[np.ndarray, " c"], n: int) -> tuple[float, float]:
    """Largest distance between the distribution of the drawn L* > 0 and their law, and its p-value.

    The p-value is Kolmogorov's limit at a corrected argument (Vrbik 2018), within 1e-3 of the exact one from 100 draws
    on. Both are NaN without draws above 0.
    """
    drawn = np.sort(lip[lip > 0])
    count = len(drawn)
    if not count:
        return np.nan, np.nan
    none = flips(n)[1][0]
    exact = (law(drawn, n) - none) / (1 - none)
    steps = np.arange(count + 1) / count
    distance = float(max((steps[1:] - exact).max(), (exact - steps[:-1]).max()))
    scaled = np.sqrt(count) * distance
    return distance, float(kolmogorov(scaled + 1 / (6 * np.sqrt(count)) + (scaled - 1) / (4 * count)))
