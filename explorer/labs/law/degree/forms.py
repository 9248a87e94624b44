"""From the tables `tensor` and `floors` to what the figures of the panel `degree` draw."""

import numpy as np

from explorer.frames import Columns
from explorer.labs.law.degree import DegreeSettings

#: The columns of a curve: n/d^p, the ratio's mean, least and largest over the seeds, and what the tip tells.
NOTHING = {name: np.zeros(0) for name in ("x", "y", "low", "high", "n", "d")}


def means(table: Columns) -> dict[int, dict[str, np.ndarray]]:
    """A curve for each d, rising: ratios over the seeds against n/d^p, without those that are unknown."""
    good = np.isfinite(table["ratio"]) & (table["ratio"] > 0)
    out = {}
    for d in np.unique(table["d"][good]).tolist():
        rows = good & (table["d"] == d)
        n, of = np.unique(table["n"][rows], return_inverse=True)
        groups = [table["ratio"][rows][of == i] for i in range(len(n))]
        stats = [np.array([measure(group) for group in groups]) for measure in (np.mean, np.min, np.max)]
        x = n / float(d) ** int(table["p"][0])
        out[d] = dict(zip(NOTHING, (x, *stats, n, np.full(len(n), d)), strict=True))
    return out


def ky_fan(table: Columns) -> tuple[np.ndarray, np.ndarray]:
    """k and the floor of |T| with k neurons."""
    rows = (table["name"] == "ky-fan") & np.isfinite(table["value"])
    return table["k"][rows], table["value"][rows]


def fitted(table: Columns, settings: DegreeSettings) -> tuple[np.ndarray, np.ndarray]:
    """Seeds and |T| of the forms found at the chosen n and d."""
    rows = (table["n"] == settings.n) & (table["d"] == settings.d) & (table["op_norm"] > 0)
    return table["seed"][rows], table["op_norm"][rows]


def floor_curve(table: Columns, settings: DegreeSettings) -> tuple[np.ndarray, np.ndarray]:
    """The floor at any k in the unit of the ratio, at the chosen d; p = 1 fits on it."""
    if settings.p == 1:
        return np.zeros(0), np.zeros(0)
    d, p = settings.d, settings.p
    rows = (table["name"] == "frobenius") & (table["d"] == d) & np.isfinite(table["value"])
    n = table["n"][rows]
    return n / d**p, table["value"][rows] / np.sqrt(n / d ** (p - 1))


def any_floor(table: Columns, settings: DegreeSettings) -> float:
    """The floor of |T| at the chosen n and d, however many neurons; NaN where nothing fits."""
    rows = (table["name"] == "frobenius") & (table["n"] == settings.n) & (table["d"] == settings.d)
    return float(table["value"][rows][0]) if rows.any() else np.nan
