"""Tables of the panel `double-descent` with numbers as they are wanted."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT, DescentSettings

SETTINGS = DescentSettings.make()
WIDTHS = SETTINGS.widths
SEEDS = SETTINGS.seeds

DESCENT = (1.40, 1.15, 1.00, 0.93, 1.00, 1.20, 1.27, 1.35, 1.03, 0.80, 0.68, 0.61)
FALLING = (1.40, 1.15, 1.00, 0.92, 0.86, 0.81, 0.77, 0.73, 0.70, 0.66, 0.63, 0.61)
RISING_AGAIN = (1.40, 1.15, 1.00, 0.93, 0.95, 1.00, 1.05, 1.10, 1.20, 1.30, 1.40, 1.50)
ONLY_A_HILL = (0.70, 0.75, 0.80, 0.85, 1.00, 1.20, 1.27, 1.35, 1.03, 0.80, 0.68, 0.61)
AFTER_A_PLATEAU = (0.90, 0.90, 0.90, 0.90, 1.00, 1.20, 1.27, 1.35, 1.03, 0.80, 0.68, 0.61)
UP_FROM_A_PLATEAU = (0.90,) * 8 + (1.00, 1.10, 1.25, 1.45)
FLAT = (0.9,) * 12
CLEAN = (1.10, 0.70, 0.60, 0.50, 0.25, 0.20, 0.19, 0.18, 0.16, 0.157, 0.155, 0.154)
SHARE = (0.58, 0.55, 0.54, 0.56, 0.62, 0.68, 0.70, 0.72, 0.60, 0.54, 0.50, 0.46)
OPPOSITE = (0.46, 0.5, 0.54, 0.72, 0.70, 0.62, 0.56, 0.50, 0.58, 0.64, 0.7, 0.8)
FITS = (0.47, 0.35, 0.23, 0.2, 0.11, 0.04, 0.007, 0, 0, 0, 0, 0)
NOTHING_FITS = (0.47, 0.35, 0.23, 0.2, 0.11, 0.09, 0.08, 0.07, 0.06, 0.05, 0.04, 0.03)


def run(
    loss: Sequence[float] | np.ndarray,
    *,
    clean: Sequence[float] | np.ndarray | None = CLEAN,
    share: Sequence[float] | np.ndarray = SHARE,
    errors: Sequence[float] = FITS,
    spread: float = 0.02,
    seeds: int = SEEDS,
    draws: np.random.Generator | None = None,
) -> Tables:
    """A width a number, or (width, seed) numbers; none `clean`: no network without label noise.

    Losses and shares differ from seed to seed by factors of about 1 + spread, drawn where there is a generator.
    """

    def each(values: Sequence[float] | np.ndarray, turn: int) -> np.ndarray:
        values = np.asarray(values, np.float64)
        grid = np.repeat(values[:, None], seeds, 1) if values.ndim == 1 else values
        if draws is None:
            off = (-1.0) ** (np.add.outer(np.arange(len(WIDTHS)), np.arange(seeds)) + turn)
            off = off * (1 + np.arange(seeds) / 7)
        else:
            off = draws.normal(size=(len(WIDTHS), seeds))
        return (grid * np.exp(spread * off)).ravel()

    parts = [DOUBLE_DESCENT.empty()]
    levels = [(SETTINGS.noise, loss)] + ([] if clean is None else [(0.0, clean)])
    widths = np.repeat(WIDTHS, seeds)
    weights = np.array([SETTINGS.weights(int(k)) for k in widths])
    for turn, (noise, values) in enumerate(levels):
        losses, P = each(values, turn), np.minimum(each(share, turn), 1)
        parts.append(
            DOUBLE_DESCENT.filled(
                width=widths,
                seed=np.tile(np.arange(seeds), len(WIDTHS)),
                noise=noise,
                train_loss=np.where(np.isfinite(losses), np.maximum(np.repeat(errors, seeds) * 2, 0.01), np.nan),
                test_loss=losses,
                test_error=np.minimum(losses / 5, 1),
                prunability_magnitude=P,
                prunability_random=0.9 + P / 10,
                flatness=100 * P,
                train_error=np.repeat(errors, seeds),
                params=[SETTINGS.params(int(k)) for k in widths],
                weights=weights,
                count=np.round(P * weights),
                fits=np.repeat(errors, seeds) == 0,
                steps=999,
            )
        )
    return {"double_descent": DOUBLE_DESCENT.joined(parts)}
