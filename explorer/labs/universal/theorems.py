"""universal-3 and -4: what is proved, evaluated for trained networks: does it hold, and how loose is it? No torch."""

import math

import numpy as np

from explorer.frames import Columns
from explorer.labs.claims import NOT_SUPPORTED, PROVED, Runs, Verdict, undecided
from explorer.labs.universal.generalisation import GENERALISATION, NETWORKS
from explorer.theory.universal import Theorem, parameters

#: n and d of the runs of the panel `noise`, by name: its table does not have them.
SIZES = {"noise": (300, 6), "noise-more-points": (500, 10)}
DELTA = 0.01  # the chance that the theorem leaves
WEIGHTS = 1e6  # more than any weight that these runs can reach: the bound depends on its logarithm only
LAW = (
    "Proved, with the constants of Theorem 3 of the submission text. It holds here if no network of the runs"
    " of `noise`, at any error below sigma^2, is found to be less steep than the bound for its n, d, params"
    f" and eps = sigma^2 less its error, with delta = {DELTA:g}, c = 1 and weights of at most {WEIGHTS:g}. The"
    " theorem's condition on n asks for more points than these runs have: the formula is compared all the"
    " same."
)
CLASS = (
    "The paper's bound has constants that it does not name; the one here is our own, with all constants, for"
    " networks of k neurons with Lip <= L (docs/universal.md). It holds if no mean over draws of signs of what"
    " networks are found to agree with them exceeds it; and it improves on Massart's, which does not know that"
    " they are smooth, if it is smaller."
)


def law(runs: Runs) -> Verdict:
    """universal-3: what was found of every network below the noise level, over the bound for it."""
    statistic = "smallest found Lip / bound of Theorem 3"
    ratios = np.concatenate(
        [_over_bound(tables["noise"], *SIZES[name]) for name, tables in runs.items()] or [np.zeros(0)]
    )
    if not len(ratios):
        return undecided(statistic, "No network came below the noise level.")
    least, middle = float(ratios.min()), float(np.median(ratios))
    return Verdict(
        PROVED if least >= 1 else NOT_SUPPORTED,
        statistic,
        least,
        (least, float(ratios.max())),
        "smallest to largest",
        len(ratios),
        f"The bound lies a factor {least:.3g} below the least steep network, and {middle:.3g} below the median one.",
    )


def _over_bound(table: Columns, n: int, d: int) -> np.ndarray:
    out = []
    for sigma, k, mse, lower in zip(table["sigma"], table["k"], table["mse"], table["lower"], strict=True):
        eps = float(sigma**2 - mse)
        if 0 < eps < 1 and math.isfinite(lower):
            out.append(float(lower) / bound(n, d, int(k), eps))
    return np.array(out)


def bound(n: int, d: int, k: int, eps: float) -> float:
    """Theorem 3 for a network of two layers."""
    return float(
        Theorem(n=n, d=d, eps=eps, delta=DELTA, weights=WEIGHTS).bound(np.array([float(parameters(d, k, 2))]))[0]
    )


def smooth_class(runs: Runs) -> Verdict:
    """universal-4: the bound on a class of smooth networks over what was found in it, and beside Massart's."""
    statistic = "smallest bound / agreement found"
    ratios, gains = [], []
    for tables in runs.values():
        table = GENERALISATION.among(tables)
        networks = table["name"] == NETWORKS
        for n, d in {*zip(table["n"][networks].tolist(), table["d"][networks].tolist(), strict=True)}:
            rows = networks & (table["n"] == n) & (table["d"] == d)
            agreed = float(table["estimate"][rows].mean())
            if agreed > 0:
                ratios.append(float(table["bound"][rows][0]) / agreed)
                gains.append(float(table["massart"][rows][0] / table["bound"][rows][0]))
    if not ratios:
        return undecided(statistic, "No network was found.")
    least = min(ratios)
    return Verdict(
        PROVED if least >= 1 and min(gains) > 1 else NOT_SUPPORTED,
        statistic,
        least,
        (least, max(ratios)),
        "smallest to largest",
        len(ratios),
        f"Means over draws, {len(ratios)} sizes. Massart's is {min(gains):.3g} to {max(gains):.3g} times as large.",
    )
