"""What the step `support` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.support import DISTANCES, SUPPORT
from explorer.labs.bayes.support.captions import GROW, SHRINK, STAY
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

LEVELS = (0.01, 0.02, 0.04, 0.08, 0.16)


def run(
    share: float = 1.8,
    off: float = 5.0,
    single: float = 0.5,
    spread: float = 0.03,
    seeds: int = 3,
    rng: np.random.Generator | None = None,
    whole: bool = True,
    **about: float,
) -> Tables:
    """A run. From the least noise to the largest the share that averaging leaves is `share` times as large, a sample's
    gradient `single` times; the averaged one is `off` times as large at the largest distance as on the curve.
    """
    rng = rng or np.random.default_rng(1)
    walk = {"accept": 0.94, "rhat": 1.02, "ess": 90.0, "accuracy": 0.98} | about
    found = []
    for seed in range(seeds):
        for i, noise in enumerate(LEVELS):
            for distance in DISTANCES:
                up, out = i / (len(LEVELS) - 1), distance / DISTANCES[-1]
                one = 0.8 * single**up * np.exp(spread * rng.normal()) * off**out
                average = 0.3 * share**up * one * np.exp(spread * rng.normal())
                found.append(
                    SUPPORT.filled(
                        noise=noise,
                        distance=distance,
                        normal=average,
                        tangential=0.4,
                        seed=seed,
                        n_samples=60,
                        normal_one=one,
                        tangential_one=0.42,
                        normal_map=0.9,
                        tangential_map=0.5,
                        reach=noise * 4,
                        chains=4,
                        whole=whole,
                        **walk,
                    )
                )
    return {"support": SUPPORT.joined(found)}


EMPTY: Tables = {"support": SUPPORT.empty()}
WALKING = run(whole=False, accept=np.nan, rhat=np.nan, ess=np.nan, accuracy=np.nan)
#: Only MAP is known, before any sample is drawn.
CLIMBED: Tables = {
    "support": {
        c: np.full(len(v), np.nan) if c in ("normal", "tangential", "normal_one", "tangential_one") else v
        for c, v in WALKING["support"].items()
    }
}
LOST: Tables = {
    "support": {
        c: np.full(len(v), np.nan) if v.dtype.kind == "f" and c not in ("noise", "distance") else v
        for c, v in run()["support"].items()
    }
}
ONE_SEED = run(seeds=1)
UNKNOWN = (EMPTY, WALKING, CLIMBED, LOST)

CHECKS: Mapping[str, Cases] = {
    "share-grows": Cases(
        holds=(run(), run(share=1.4, spread=0.01)),
        fails=(run(share=0.7), run(share=0.5)),
        open=(*UNKNOWN, ONE_SEED, run(spread=1.5)),
    ),
    "grows-off-the-data": Cases(
        holds=(run(), run(off=2, spread=0.01)), fails=(run(off=0.5),), open=(*UNKNOWN, ONE_SEED)
    ),
    "sample-flattens": Cases(
        holds=(run(), run(single=0.7, spread=0.01)), fails=(run(single=1.5),), open=(*UNKNOWN, ONE_SEED)
    ),
}
CASES: Mapping[str, Asked] = {
    "share-with-noise": Asked(
        {
            GROW: (run(), run(share=1.5, spread=0.01)),
            STAY: (run(share=1.0, spread=0.01),),
            SHRINK: (run(share=0.5), run(share=0.7, spread=0.01)),
        },
        (*UNKNOWN, ONE_SEED, run(spread=1.5), run(share=1.0, spread=0.3)),
    )
}


def drawn(share: float, spread: float) -> Draw:
    return lambda rng: run(share, spread=spread, rng=rng)


def anew(rng: np.random.Generator) -> Tables:
    """Both parts of averages and samples dealt out anew to noises, distances and seeds."""
    return dealt(run(spread=0.2, rng=rng), "support", ("normal", "normal_one"), rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "share-with-noise": (
        Chance("no change, spread 0.02", drawn(1.0, 0.02), (GROW, SHRINK), STAY),
        Chance("no change, spread 0.3", drawn(1.0, 0.3), (GROW, SHRINK)),
        Chance("dealt out anew", anew, (GROW, SHRINK)),
        Chance("as measured, spread 0.05", drawn(1.7, 0.05), (STAY, SHRINK), GROW),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"support": GROW}
