"""What the step `capacity` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.universal.tables_capacity import SEEDS, WIDTHS, run, wave

MORE, SAME, LESS = "more robust", "about as robust", "less robust"
RISING = (0.55, 0.7, 0.72, 0.75, 0.77, 0.8)
EVEN = (0.55, 0.75, 0.75, 0.75, 0.75, 0.75)
FALLING = (0.55, 0.8, 0.8, 0.77, 0.75, 0.72)
NOTHING_FITS = (0.5, 0.6, 0.7, 0.8, 0.9, 0.95)
ONLY_THE_LARGEST = (0.5, 0.6, 0.7, 0.8, 0.9, 1.0)
ALIKE = (0.6, 0.75, 0.9, 0.91, 0.92, 0.92)

CHECKS: Mapping[str, Cases] = {
    "fitting-is-not-robust-fitting": Cases(
        holds=(run(RISING, noise=wave(0.005)),),
        fails=(run(RISING, robust_fit=ALIKE, noise=wave(0.005)), run(RISING, robust_fit=[0.9] * 6, noise=wave(0.005))),
        open=(
            run(RISING, fit=NOTHING_FITS),
            run(RISING, fit=ONLY_THE_LARGEST),
            run(RISING, noise=wave(0.3)),
            run(RISING, seeds=1),
        ),
    ),
    "larger-is-flatter": Cases(
        holds=(run(RISING, lower=(19, 15, 12, 9, 7, 4)),),
        fails=(run(RISING),),
        open=(run(RISING, lower=(9, 9, 9, 9, 9, 10)), run(RISING, lower=[np.nan] * 6)),
    ),
}

CASES: Mapping[str, Asked] = {
    "robust-with-params": Asked(
        {
            MORE: (run(RISING, noise=wave(0.005)),),
            SAME: (run(EVEN, noise=wave(0.003)), run((0.5, 0.7, 0.75, 0.75, 0.75, 0.755), noise=wave(0.002))),
            LESS: (run(FALLING, noise=wave(0.005)),),
        },
        (
            run(RISING, fit=NOTHING_FITS),
            run(RISING, fit=ONLY_THE_LARGEST),
            run(RISING, noise=wave(0.2)),
            run(EVEN, noise=wave(0.2)),
            run(RISING, seeds=1),
        ),
    )
}


def trained(robust: tuple[float, ...], spread: float) -> Draw:
    """Networks whose shares differ by chance."""
    return lambda rng: run(robust, noise=spread * rng.normal(size=(len(WIDTHS), SEEDS)))


def dealt_out(rng: np.random.Generator) -> Tables:
    """The shares of each seed dealt out anew to its sizes."""
    values = np.array(RISING)[:, None] + 0.01 * rng.normal(size=(len(WIDTHS), SEEDS))
    return run(rng.permuted(values, axis=0))


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "robust-with-params": (
        Chance("all that fit withstand as much, spread 1 point", trained(EVEN, 0.01), (MORE, LESS)),
        Chance("the same, spread 5 points", trained(EVEN, 0.05), (MORE, LESS)),
        Chance("shares dealt out anew to the sizes of a seed", dealt_out, (MORE, LESS)),
        Chance("8 points more", trained(RISING, 0.015), right=MORE),
        Chance("8 points less", trained(FALLING, 0.015), right=LESS),
        Chance("as much, spread half a point", trained(EVEN, 0.005), right=SAME),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"capacity": MORE}
