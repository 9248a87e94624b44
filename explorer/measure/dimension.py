"""In how many dimensions points really lie: by principal components, and by their two nearest neighbours. No torch."""

import numpy as np
from jaxtyping import Float

SHARE = 0.95  # of the variance that the principal components which count hold together
USED = 0.9  # share of the ratios, the smallest, through which the line of Facco et al. goes


def principal(X: Float[np.ndarray, "n d"], share: float = SHARE) -> int:
    """The fewest principal components that hold this share of the variance; 0 for points that are all equal."""
    centred = X - X.mean(0)
    gram = centred @ centred.T if len(X) < X.shape[1] else centred.T @ centred
    variance = np.linalg.eigvalsh(gram)[::-1].clip(0)
    total = variance.sum()
    return int(np.searchsorted(np.cumsum(variance), share * total * (1 - 1e-12)) + 1) if total > 0 else 0


def two_nearest(X: Float[np.ndarray, "n d"]) -> float:
    """The estimate from two nearest neighbours (Facco, d'Errico, Rodriguez, Laio 2017); NaN where there are too few.

    Where points are spread evenly over a piece of a manifold of dimension D, the ratio mu of the distances to the
    second and to the first neighbour has P(mu > m) = m^-D. The estimate is the slope of -log of that share against
    log mu, a line through 0, over the smallest nine tenths of the ratios. It errs either way: downwards where D is
    large for so few points, since those at the rim have their neighbours on one side. Equal points count once.
    """
    X = np.unique(np.asarray(X, np.float64), axis=0)
    if len(X) < 3:
        return np.nan
    sizes = np.einsum("ij,ij->i", X, X)
    squares = np.maximum(sizes[:, None] + sizes - 2 * X @ X.T, 0)
    np.fill_diagonal(squares, np.inf)
    first, second = np.sqrt(np.partition(squares, 1, axis=1)[:, :2].T)
    ratio = np.sort(np.log(second[first > 0] / first[first > 0]))
    n = len(ratio)
    below = np.arange(1, n + 1) / n
    kept = slice(0, max(1, int(USED * n)))
    x, y = ratio[kept], -np.log1p(-below[kept]) if USED * n < n - 1 else np.full(0, np.nan)
    return float(x @ y / (x @ x)) if len(y) and (x > 0).any() else np.nan
