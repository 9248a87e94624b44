"""What the step of the panel `gradients` is tried on."""

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.gradients import GRADIENTS
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

DS = (200, 300, 400, 600, 800, 1200)  # of the preset
SIZES_M = (1, 2, 4)
SAME, HALF, GONE = "stay about the same", "halve", "all but vanish"


def runs(
    factor: float,
    largest: float = 1.0,
    spread: float = 0.0,
    misfit: float = 0.0,
    ds: tuple[int, ...] = DS,
    width: float = 0.01,
    rng: np.random.Generator | None = None,
) -> Tables:
    """Means that take this factor when d is four times as large; largest gradients over the formula."""
    rng = rng or np.random.default_rng(0)
    rows = []
    for m in SIZES_M:
        for d in ds:
            mean = 0.1 * factor ** np.log2((d / ds[0]) ** 0.5) * np.exp(spread * rng.normal())
            low, high = mean * (1 - width), mean * (1 + width)
            rows.append((d, 100, 100 // m, mean, 4 * m * largest, m, low, high, mean / 4, 4.0 * m, misfit))
    return {"gradients": GRADIENTS.of(rows)}


EMPTY: Tables = {"gradients": GRADIENTS.empty()}
UNFIT = runs(1e-8, misfit=0.1)
CHECKS = {
    "max-stays": Cases(
        holds=(runs(1e-8), runs(1e-8, 0.81), runs(1.0, 1.19), runs(1e-8, ds=(200, 300))),
        fails=(runs(1e-8, 0.79), runs(1e-8, 1.21)),
        open=(EMPTY, UNFIT, runs(1e-8, ds=(200,)), runs(1e-8, np.nan)),
    ),
}
CASES = {
    "mean-with-four-times-d": Asked(
        {
            SAME: (runs(1.0), runs(0.83), runs(1.2), runs(1.0, ds=(200, 800))),
            HALF: (runs(0.5), runs(0.37), runs(0.68)),
            GONE: (runs(1e-8), runs(0.045), runs(1e-60)),
        },
        (
            EMPTY,
            UNFIT,
            runs(0.06),
            runs(0.32),
            runs(0.75),
            runs(1.3),
            runs(1.0, width=0.3),
            runs(1e-8, width=1.0),  # its interval reaches 0
            runs(1e-8, ds=(200, 300, 400, 600)),  # no pair of d and 4 d
            runs(1.0, spread=1.0),
        ),
    )
}


def drawn(factor: float, spread: float) -> Draw:
    return lambda rng: runs(factor, spread=spread, rng=rng)


def anew(rng: np.random.Generator) -> Tables:
    """Means dealt out anew over sizes and dimensions, with their intervals."""
    return dealt(runs(1e-8, spread=0.5, rng=rng), "gradients", ("mean", "low", "high"), rng)


CHANCE = {
    "mean-with-four-times-d": (
        Chance("no effect of d, spread 5 %", drawn(1.0, 0.05), (HALF, GONE), SAME),
        Chance("no effect of d, spread 50 %", drawn(1.0, 0.5), (HALF, GONE)),
        Chance("no effect of d, over many decades", drawn(1.0, 10.0), (HALF, GONE)),
        Chance("means dealt out anew", anew, (HALF, GONE)),
        Chance("half as much, spread 5 %", drawn(0.5, 0.05), (SAME, GONE), HALF),
        Chance("exponentially small, spread 100 %", drawn(1e-8, 1.0), (SAME, HALF), GONE),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"gradients": GONE}
