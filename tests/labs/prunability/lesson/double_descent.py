"""What the step `double-descent` is tried on."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.frames import Tables
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.prunability.tables_descent import (
    AFTER_A_PLATEAU,
    CLEAN,
    DESCENT,
    FALLING,
    FLAT,
    NOTHING_FITS,
    ONLY_A_HILL,
    OPPOSITE,
    RISING_AGAIN,
    SEEDS,
    UP_FROM_A_PLATEAU,
    WIDTHS,
    run,
)

AGAIN, RISES, FALLS = "rise to a peak, then fall", "fall, then rise", "fall all the way"
PART = {"double_descent": {name: values[:30] for name, values in run(DESCENT)["double_descent"].items()}}

CHECKS: Mapping[str, Cases] = {
    "noise-makes-the-peak": Cases(
        holds=(run(DESCENT),),
        fails=(run(DESCENT, clean=np.array(DESCENT) / 3), run(FALLING, clean=DESCENT)),
        open=(
            run(DESCENT, clean=None),
            run(DESCENT, seeds=1),
            run(DESCENT, spread=0.4),
            run([np.nan] * 12),
            PART,
        ),
    ),
    "share-goes-with-the-loss": Cases(
        holds=(run(DESCENT),),
        fails=(run(DESCENT, share=OPPOSITE),),
        open=(
            run(DESCENT, seeds=1),
            run(DESCENT, share=[0.5] * 12, spread=0.2, draws=np.random.default_rng(5)),
            run([np.nan] * 12),
            PART,
        ),
    ),
    "share-falls-count-grows": Cases(
        holds=(run(DESCENT),),
        fails=(
            run(DESCENT, share=np.linspace(0.3, 0.9, 12)),
            run(DESCENT, share=[0.9 / k for k in WIDTHS]),
        ),
        open=(
            run(DESCENT, errors=NOTHING_FITS),
            run(DESCENT, seeds=1),
            run(DESCENT, share=[0.5] * 12, spread=0.1, draws=np.random.default_rng(1)),
            PART,
        ),
    ),
}

CASES: Mapping[str, Asked] = {
    "loss-with-width": Asked(
        {
            AGAIN: (
                run(DESCENT),
                run(ONLY_A_HILL),
                run(AFTER_A_PLATEAU),
                run(DESCENT, clean=CLEAN, errors=NOTHING_FITS),
            ),
            RISES: (run(RISING_AGAIN),),
            FALLS: (run(FALLING),),
        },
        (
            run(DESCENT, seeds=1),
            run(DESCENT, clean=None),
            run(DESCENT, spread=0.5),
            run(FALLING, spread=0.5),
            run(DESCENT, spread=0.3),
            run(UP_FROM_A_PLATEAU),
            run(FLAT),
            run([np.nan] * 12),
            PART,
        ),
    )
}


def trained(loss: Sequence[float], spread: float) -> Draw:
    """Networks whose losses differ by chance."""
    return lambda rng: run(loss, spread=spread, draws=rng)


def dealt_out(rng: np.random.Generator) -> Tables:
    """The losses of each seed dealt out anew to its widths."""
    values = np.array(DESCENT)[:, None] * np.exp(0.05 * rng.normal(size=(len(WIDTHS), SEEDS)))
    return run(rng.permuted(values, axis=0), spread=0.0)


def with_seeds(loss: Sequence[float], spread: float) -> Draw:
    """Images of one seed are harder than those of another, at all widths alike."""

    def draw(rng: np.random.Generator) -> Tables:
        values = np.array(loss)[:, None] * np.exp(spread * rng.normal(size=(1, SEEDS)))
        return run(values, spread=0.05, draws=rng)

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "loss-with-width": (
        Chance("falls all the way, spread 5 %", trained(FALLING, 0.05), (AGAIN, RISES)),
        Chance("falls all the way, spread 20 %", trained(FALLING, 0.2), (AGAIN, RISES)),
        Chance("the same at all widths, spread 10 %", trained(FLAT, 0.1), (AGAIN, RISES, FALLS)),
        Chance("losses dealt out anew to the widths of a seed", dealt_out, (AGAIN, RISES, FALLS)),
        Chance("falls, seeds differ", with_seeds(FALLING, 0.2), (AGAIN, RISES)),
        Chance("a hill after a plateau, spread 5 %", trained(AFTER_A_PLATEAU, 0.05), right=AGAIN),
        Chance("up from a plateau, spread 5 %", trained(UP_FROM_A_PLATEAU, 0.05), (AGAIN, RISES, FALLS)),
        Chance("a peak of 45 %, spread 7 %", trained(DESCENT, 0.07), right=AGAIN),
        Chance("a peak of 45 %, seeds differ", with_seeds(DESCENT, 0.2), right=AGAIN),
        Chance("rises again, spread 7 %", trained(RISING_AGAIN, 0.07), right=RISES),
        Chance("falls all the way, spread 5 %, and it is said", trained(FALLING, 0.05), right=FALLS),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"double-descent": AGAIN}
