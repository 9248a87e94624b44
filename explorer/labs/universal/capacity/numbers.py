"""What the table says of small and large networks; for figures, captions and the claim. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.figures.tables import where
from explorer.frames import Columns
from explorer.measure.regression import Interval, mean, side

FITS = 0.99  # share of its training images that a network classifies right, as they are, if it fits


@dataclass(frozen=True)
class Contrast:
    """One column at two sizes, seed by seed: the fewest parameters with which all networks fit, and the most.

    Attributes:
        small, large: parameters. before, after: the column there, of the seeds that both have.
    """

    small: int
    large: int
    before: np.ndarray
    after: np.ndarray

    @property
    def difference(self) -> tuple[float, Interval]:
        """How much larger the column is with the most parameters: mean and 95 % interval of Student's t, paired."""
        return mean(self.after - self.before)


def finished(table: Columns) -> Columns:
    """The rows of networks that are trained and measured."""
    return where(table, np.isfinite(table["robust_fit"]) & np.isfinite(table["fit"]))


def sizes(table: Columns) -> np.ndarray:
    """How many parameters networks have, rising."""
    return np.unique(table["params"])


def fitting(table: Columns) -> np.ndarray:
    """Sizes of which every network fits, rising."""
    return np.array([p for p in sizes(table).tolist() if (table["fit"][table["params"] == p] >= FITS).all()], np.int64)


def contrast(table: Columns, column: str) -> Contrast | None:
    """The column with the fewest parameters that fit, and with the most; None where these are the same, or none fit."""
    table = finished(table)
    fits = fitting(table)
    if not len(fits) or fits[0] == (large := sizes(table)[-1]):
        return None
    small, most = ({int(s): v for s, v in _of(table, column, p)} for p in (int(fits[0]), int(large)))
    seeds = [s for s in sorted(small.keys() & most.keys()) if math.isfinite(small[s]) and math.isfinite(most[s])]
    if not seeds:
        return None
    return Contrast(int(fits[0]), int(large), np.array([small[s] for s in seeds]), np.array([most[s] for s in seeds]))


def means(table: Columns, column: str) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Sizes, the mean of a column over the networks of each, and the ends of its 95 % interval; NaN where unknown."""
    found = [
        (p, *_flat(*mean(np.array([v for _, v in _of(table, column, p) if math.isfinite(v)]))))
        for p in sizes(table).tolist()
    ]
    columns = np.array(found, np.float64).reshape(-1, 4).T
    return columns[0], columns[1], columns[2], columns[3]


def steeper(table: Columns) -> int:
    """1 if the most parameters are steeper than the fewest, -1 if flatter; 0 where brackets or chance leave it open.

    Flatter: certified with the most less found with the fewest is below 0, seed by seed; the interval of the mean has
    to keep clear of it, for narrow brackets of a few networks always lie apart. So do the means over all seeds, which
    a sentence names: of a run that is on its way they are of more seeds than have both.
    """
    table = finished(table)
    found = sizes(table)
    if len(found) < 2:
        return 0
    small, large = ({name: dict(_of(table, name, p)) for name in ("lower", "upper")} for p in found[[0, -1]].tolist())
    seeds = sorted(small["lower"].keys() & large["lower"].keys())
    more, less = (
        np.array([large[one][seed] - small[other][seed] for seed in seeds])
        for one, other in (("lower", "upper"), ("upper", "lower"))
    )
    _, above = mean(more[np.isfinite(more)])
    _, below = mean(less[np.isfinite(less)])
    lowest, highest = (means(table, name)[1][[0, -1]] for name in ("lower", "upper"))
    up, down = lowest[1] > highest[0], highest[1] < lowest[0]
    return int(up and side(above, 0) > 0) - int(down and side(below, 0) < 0)


def guides(table: Columns) -> dict[str, float]:
    """n, and n times each dimension of the data, by the name it has in a figure; none from no rows."""
    if not len(table["n"]):
        return {}
    n, d, pca, near = (float(table[name][0]) for name in ("n", "d", "d_pca", "d_neighbours"))
    return {
        "n": n,
        f"{near:.0f}n" if math.isfinite(near) else "": n * near,
        f"{pca:.0f}n" if math.isfinite(pca) else "": n * pca,
        f"{d:.0f}n = nd": n * d,
    }


def _flat(middle: float, ends: Interval) -> tuple[float, float, float]:
    return middle, *ends


def _of(table: Columns, column: str, params: int) -> list[tuple[int, float]]:
    here = table["params"] == params
    return list(zip(table["seed"][here].tolist(), table[column][here].tolist(), strict=True))
