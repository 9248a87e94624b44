"""What the step `prior` is tried on."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.prior import AVERAGE, DRAWN, MAP, ONE, PRIOR
from explorer.labs.bayes.prior.captions import FALLS, PEAKS, RISES, SAME
from explorer.measure.shares import wilson
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

SCALES = (0.0625, 0.125, 0.25, 0.5, 1.0, 2.0)
IMAGES = 297
MEASURED = (0.30, 0.47, 0.59, 0.54, 0.43, 0.31)


def run(
    robust: Sequence[float] = MEASURED,
    flatter: float = 0.6,
    factor: float = 4.0,
    seeds: int = 1,
    rng: np.random.Generator | None = None,
    whole: bool = True,
    rhat: float = 1.02,
) -> Tables:
    """A run. `flatter`: of the average's certificate to what is found of one sample. `rng`: draws images right."""
    found = []
    for seed in range(seeds):
        for i, (scale, share) in enumerate(zip(SCALES, robust, strict=False)):
            steep = 50 * scale**2
            shown = float(rng.binomial(IMAGES, share)) / IMAGES if rng else share
            bounds = {
                ONE: (steep, 1.1 * steep),
                AVERAGE: (0.5 * flatter * steep, flatter * steep),
                MAP: (0.2 * steep, 0.21 * steep),
            }
            common = {"scale": scale, "seed": seed, "eps": 0.1, "tested": IMAGES, "chains": 4, "whole": whole}
            for model, (lower, upper) in bounds.items():
                low, high = wilson(shown, IMAGES)
                walk = {"accept": 0.9, "rhat": rhat, "ess": 90.0}
                found.append(
                    PRIOR.filled(
                        model=model,
                        lower=lower,
                        upper=upper,
                        accuracy=0.95,
                        robust=shown,
                        networks=4 if model == MAP else 24,
                        low=low,
                        high=high,
                        joint=model == AVERAGE,
                        **common,
                        **walk,
                    )
                )
            drawn = 40 * factor**i
            found.append(
                PRIOR.filled(
                    model=DRAWN, lower=drawn, upper=1.1 * drawn, networks=2, joint=False, **common | {"whole": True}
                )
            )
    return {"prior": PRIOR.joined(found)}


EMPTY: Tables = {"prior": PRIOR.empty()}
LOOKED = run(whole=False)
DRAWS: Tables = {"prior": {c: v[LOOKED["prior"]["model"] == DRAWN] for c, v in LOOKED["prior"].items()}}
LOST: Tables = {
    "prior": {
        c: np.full(len(v), np.nan) if v.dtype.kind == "f" and c != "scale" else v for c, v in run()["prior"].items()
    }
}
FLAT = (0.5,) * 6

CHECKS: Mapping[str, Cases] = {
    "average-flatter": Cases(
        holds=(run(), run(flatter=0.99), run(seeds=3)), fails=(run(flatter=1.05),), open=(EMPTY, LOOKED, DRAWS, LOST)
    ),
    "triangle": Cases(
        holds=(run(), run(flatter=1.1), run(seeds=3)), fails=(run(flatter=1.2),), open=(EMPTY, LOOKED, DRAWS, LOST)
    ),
    "draws-multiply": Cases(
        holds=(run(), DRAWS, run(factor=3.3), run(factor=4.7)), fails=(run(factor=2), run(factor=5)), open=(EMPTY, LOST)
    ),
    "wide-prior-costs": Cases(
        holds=(run(), run((0.6, 0.5, 0.4, 0.4, 0.4, 0.4))),
        fails=(run(FLAT), run((0.1, 0.2, 0.3, 0.4, 0.5, 0.6))),
        open=(EMPTY, LOOKED, DRAWS, LOST, run(MEASURED[:4])),
    ),
}
CASES: Mapping[str, Asked] = {
    "robust-with-prior": Asked(
        {
            PEAKS: (run(), run((0.2, 0.3, 0.5, 0.6, 0.5, 0.3)), run(seeds=2)),
            FALLS: (run((0.6, 0.5, 0.4, 0.4, 0.3, 0.2)),),
            RISES: (run((0.1, 0.2, 0.3, 0.4, 0.5, 0.6)),),
            SAME: (run(FLAT), run((0.5, 0.52, 0.55, 0.52, 0.5, 0.5))),
        },
        (
            EMPTY,
            LOOKED,
            DRAWS,
            LOST,
            run(MEASURED[:4]),
            run((0.5, 0.3, 0.3, 0.3, 0.3, 0.5)),
            run((0.5, 0.52, 0.55, 0.5, 0.4, 0.3)),
        ),
    )
}


def drawn(robust: Sequence[float]) -> Draw:
    return lambda rng: run(robust, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "robust-with-prior": (
        Chance("all alike", drawn(FLAT), (PEAKS, FALLS, RISES), SAME),
        Chance("all alike and low", drawn((0.05,) * 6), (PEAKS, FALLS, RISES), SAME),
        Chance("as measured", drawn(MEASURED), (FALLS, RISES, SAME), PEAKS),
        Chance("falls from a plateau", drawn((0.6, 0.6, 0.5, 0.4, 0.3, 0.2)), (PEAKS, RISES, SAME)),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"prior": PEAKS}
