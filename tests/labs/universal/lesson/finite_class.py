"""What the step of the panel `finite-class` is tried on."""

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.finite_class import FINITE_CLASS
from explorer.theory.finite_class import massart, smooth
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

n, N, D = 500, 10_000, 50  # of the preset
DS = (25, 50, 100, 200, 400)
SEEDS = 8
STEEP = 8 * D**0.5


def runs(
    power: float,
    size: float = 0.85,
    steep: float = 0.85,
    spread: float = 0.0,
    seeds: int = SEEDS,
    rng: np.random.Generator | None = None,
) -> Tables:
    """Best correlations that follow this power of d: `size` times the smooth bound at D, `steep` times Massart's."""
    rng = rng or np.random.default_rng(0)
    rows = []
    for seed in range(seeds):
        for d in DS:
            luck = np.exp(spread * rng.normal())
            value = size * float(smooth(n, D, N, 1.0)) * (d / D) ** power * luck
            rows.append((n, d, N, 1.0, seed, value, float(smooth(n, d, N, 1.0)), float(massart(n, N))))
        top = steep * float(massart(n, N)) * np.exp(spread * rng.normal())
        rows.append((n, D, N, STEEP, seed, top, float(smooth(n, D, N, STEEP)), float(massart(n, N))))
    return {"finite_class": FINITE_CLASS.of(rows)}


EMPTY: Tables = {"finite_class": FINITE_CLASS.empty()}
CHECKS = {
    "near-the-smooth-bound": Cases(
        holds=(runs(-0.5, 0.61), runs(-0.5, 1.05, spread=0.01)),
        fails=(runs(-0.5, 0.59), runs(-0.5, 1.2)),
        open=(EMPTY, runs(-0.5, np.nan), runs(-0.5, seeds=1), runs(-0.5, 0.6, spread=0.1), runs(-0.5, 1.1, spread=0.1)),
    ),
    "size-alone-beyond-root-d": Cases(
        holds=(runs(-0.5, steep=0.9, spread=0.02),),
        fails=(runs(-0.5, steep=1.2, spread=0.02),),
        open=(EMPTY, runs(-0.5, seeds=1), runs(-0.5, steep=1.0, spread=0.1)),
    ),
}
HALF, QUARTER, SAME = "half as much", "a quarter as much", "just as much"
CASES = {
    "with-four-times-d": Asked(
        {
            HALF: (runs(-0.5, spread=0.1), runs(-0.4, spread=0.02), runs(-0.6, spread=0.02)),
            QUARTER: (runs(-1.0, spread=0.1), runs(-0.9, spread=0.02)),
            SAME: (runs(0.0, spread=0.1), runs(0.1, spread=0.02)),
        },
        (
            EMPTY,
            runs(-0.75, spread=0.1),  # between two answers
            runs(-0.5, spread=3.0),
            runs(0.6, spread=0.02),
            runs(-0.5, seeds=1),
            runs(-0.5, size=-1.0),
        ),
    )
}


def drawn(power: float, spread: float) -> Draw:
    return lambda rng: runs(power, spread=spread, rng=rng)


def anew(rng: np.random.Generator) -> Tables:
    """Correlations dealt out anew over seeds and dimensions."""
    tables = runs(-0.5, spread=0.1, rng=rng)
    own = tables["finite_class"]["L"] == 1.0
    table = {"finite_class": {name: values[own] for name, values in tables["finite_class"].items()}}
    return dealt(table, "finite_class", ("value",), rng)


CHANCE = {
    "with-four-times-d": (
        Chance("no effect of d, spread 15 %", drawn(0, 0.15), (HALF, QUARTER), SAME),
        Chance("no effect of d, spread 100 %", drawn(0, 1.0), (HALF, QUARTER)),
        Chance("correlations dealt out anew", anew, (HALF, QUARTER)),
        Chance("d^-1/2, spread 15 %", drawn(-0.5, 0.15), (QUARTER,), HALF),
        Chance("1/d, spread 15 %", drawn(-1.0, 0.15), (HALF,), QUARTER),
        Chance("between the two", drawn(-0.75, 0.15), (HALF, QUARTER)),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"finite-class": HALF}
