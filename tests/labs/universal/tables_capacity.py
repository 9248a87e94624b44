"""Tables of the panel `capacity` with numbers as they are wanted."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.capacity import CAPACITY, CapacitySettings

SETTINGS = CapacitySettings.make()
WIDTHS = SETTINGS.widths
SEEDS = 5


def run(
    robust: Sequence[float] | np.ndarray,
    *,
    fit: Sequence[float] | np.ndarray = (0.9, 0.98, 0.992, 0.998, 1.0, 1.0),
    robust_fit: Sequence[float] | np.ndarray = (0.6, 0.75, 0.82, 0.9, 0.95, 0.99),
    lower: Sequence[float] = (4, 7, 9, 12, 15, 19),
    above: float = 1.2,
    seeds: int = SEEDS,
    noise: np.ndarray | None = None,
) -> Tables:
    """A width a number, or (width, seed) numbers; `noise` is added to what is right under attack, of both kinds."""

    def each(values: Sequence[float] | np.ndarray) -> np.ndarray:
        values = np.asarray(values, np.float64)
        return (np.repeat(values, seeds) if values.ndim == 1 else values.ravel()).astype(np.float64)

    off = np.zeros(len(WIDTHS) * seeds) if noise is None else noise.ravel()
    params = np.repeat([SETTINGS.params(k) for k in WIDTHS], seeds)
    return {
        "capacity": CAPACITY.filled(
            data="digits",
            params=params,
            width=np.repeat(WIDTHS, seeds),
            seed=np.tile(np.arange(seeds), len(WIDTHS)),
            clean=np.minimum(each(robust) + 0.2, 1),
            robust=each(robust) + off,
            eps=0.1,
            lower=each(lower),
            upper=above * each(lower),
            fit=each(fit),
            robust_fit=each(robust_fit) + off,
            n=500,
            tested=297,
            d=64,
            d_pca=29.0,
            d_neighbours=8.6,
        )
    }


def wave(size: float, seeds: int = SEEDS) -> np.ndarray:
    """Numbers that differ from seed to seed by this, and otherwise with one width than with the next."""
    sign = (-1.0) ** np.add.outer(np.arange(len(WIDTHS)), np.arange(seeds))
    return size * sign * (1 + np.arange(seeds) / 7)
