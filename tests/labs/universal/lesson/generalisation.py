"""The step `generalisation`: agreement that goes with chosen powers of n and d."""

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.generalisation import GENERALISATION, NETWORKS, SMOOTH
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

NS, DS = (50, 100, 200, 400, 800), (5, 10, 20, 40, 80)
N, D, SEEDS = 200, 20, 8
NAN = np.nan


def found(
    with_d: float,
    *,
    with_n: float = -0.5,
    every: float = -0.1,
    bound: float = 1.0,
    seeds: int = SEEDS,
    waves: np.ndarray | None = None,
    lost: float = 1.0,
) -> Tables:
    """0.1 at n = 200 and d = 20, and these powers of n and d; all smooth functions 0.5, and a power of n.

    `waves` multiply the estimates of each draw at each d; `lost` those of networks at the largest d.
    """
    waves = np.ones((seeds, len(DS))) if waves is None else waves
    rows = []
    for n, d in dict.fromkeys([*((n, D) for n in NS), *((N, d) for d in DS)]):
        for seed in range(seeds):
            estimate = 0.1 * (n / N) ** with_n * (d / D) ** with_d * waves[seed, DS.index(d)]
            estimate *= lost if d == DS[-1] else 1.0
            rows.append((n, d, 1.0, seed, 0.5 * (n / N) ** every, NAN, SMOOTH, NAN))
            rows.append((n, d, 1.0, seed, estimate, bound, NETWORKS, 2.0 * np.sqrt(d)))
    return {"generalisation": GENERALISATION.of(rows)}


def scatter(rng: np.random.Generator, spread: float) -> np.ndarray:
    return np.exp(spread * rng.normal(size=(SEEDS, len(DS))))


ROUGH = scatter(np.random.default_rng(0), 1.0)
UNKNOWN = np.full((SEEDS, len(DS)), NAN)
EMPTY = {"generalisation": GENERALISATION.empty()}

CASES: dict[str, Asked] = {
    "with-more-parameters": Asked(
        {
            "grow": (found(0.5), found(0.25)),
            "stay about the same": (found(0.0), found(0.1), found(-0.15)),
            "fall": (found(-0.5),),
        },
        (found(0.0, waves=ROUGH), found(0.5, seeds=1), found(0.5, lost=NAN), found(0.5, lost=0.0), EMPTY),
    )
}

CHECKS: dict[str, Cases] = {
    "networks-below-the-bound": Cases(
        (found(0.0), found(0.0, bound=0.21)),
        (found(0.0, bound=0.19), found(0.5, bound=0.05)),
        (found(0.0, waves=UNKNOWN), found(0.0, seeds=1), found(0.0, bound=0.2, waves=ROUGH), EMPTY),
    ),
    "networks-fall-faster": Cases(
        (found(0.0), found(0.0, with_n=-0.4)),
        (found(0.0, with_n=-0.1), found(0.0, with_n=0.1), found(0.0, every=-0.5)),
        (found(0.0, seeds=1), found(0.0, with_n=NAN), EMPTY),
    ),
}

SIZES: set[str] = set()


def scattered(power: float, spread: float) -> Draw:
    return lambda rng: found(power, waves=scatter(rng, spread))


def dealt(rng: np.random.Generator) -> Tables:
    """Estimates that grow with d, those of each draw dealt out anew to the dimensions."""
    waves = np.tile((np.array(DS) / D) ** 0.5, (SEEDS, 1))
    return found(0.0, waves=rng.permuted(waves, axis=1))


TREND = "grow", "fall"
CHANCE: dict[str, tuple[Chance, ...]] = {
    "with-more-parameters": (
        Chance("no effect of d, spread 30 %", scattered(0.0, 0.3), TREND),
        Chance("no effect of d, spread a factor 3", scattered(0.0, 1.1), TREND),
        Chance("estimates dealt out anew", dealt, TREND),
        Chance("no effect of d, spread 10 %", scattered(0.0, 0.1), TREND, "stay about the same"),
        Chance("the square root of d", scattered(0.5, 0.3), right="grow"),
    ),
}
RUNS = {"generalisation": "stay about the same"}
