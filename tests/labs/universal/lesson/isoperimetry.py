"""What the step of the panel `isoperimetry` is tried on."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.isoperimetry import HISTOGRAM, ISOPERIMETRY, MOMENTS
from explorer.theory.isoperimetry import ISOPERIMETRIC, constant, tail_bound
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

DS = (10, 30, 100, 300, 1000)
T = np.arange(1, 40) / 10


def moments(sd: Sequence[float], ds: Sequence[int] = DS, dist: Sequence[str] = ISOPERIMETRIC) -> Tables:
    """These standard deviations, dimension by dimension and the same for each distribution."""
    rows = [
        (name, d, 20_000, 0.0, s**2, 0.98 * s**2, 1.02 * s**2) for name in dist for d, s in zip(ds, sd, strict=True)
    ]
    return {"isoperimetry_moments": MOMENTS.of(rows)}


def tails(times: float, draws: int = 200_000, d: int = 100, dist: Sequence[str] = ISOPERIMETRIC) -> Tables:
    """Tails that are so many times their bounds."""
    parts = []
    for name in dist:
        c = constant(name, d) if name in ISOPERIMETRIC else 1.0
        bound = tail_bound(T * np.sqrt(c / d), d, c)
        tail = np.rint(np.minimum(times * bound, 1) * draws) / draws
        parts.append(
            ISOPERIMETRY.filled(
                dist=np.full(len(T), name),
                d=d,
                t=T * np.sqrt(c / d),
                tail=tail,
                bound=bound,
                draws=draws,
                low=0.9 * tail,
                high=1.1 * tail,
            )
        )
    return {"isoperimetry": ISOPERIMETRY.joined(parts)}


def power(at: float, wave: float = 0.0) -> Tables:
    """Deviations that follow this power of d, with a wave around it."""
    return moments(0.5 * np.array(DS) ** at * np.exp(wave * (-1.0) ** np.arange(len(DS))))


def scattered(at: float, spread: float) -> Draw:
    return lambda rng: moments(0.5 * np.array(DS) ** at * np.exp(spread * rng.normal(size=len(DS))))


EMPTY: Tables = {"isoperimetry": ISOPERIMETRY.empty(), "isoperimetry_histogram": HISTOGRAM.empty()}
CHECKS = {
    "below-the-bound": Cases(
        holds=(tails(0.5), tails(1.0), tails(0.0), tails(1.5, draws=20)),
        fails=(tails(1.2), tails(2.0, draws=2000), tails(1.2, dist=("clusters",))),
        open=(EMPTY,),
    )
}
ROOT, INVERSE, NONE = "like 1/√d", "like 1/d", "not at all"
CASES = {
    "spread-with-d": Asked(
        {
            ROOT: (power(-0.5), power(-0.6, 0.02), power(-0.35, 0.02)),
            INVERSE: (power(-1.0), power(-0.9, 0.02)),
            NONE: (power(0.0), power(0.1, 0.02)),
        },
        (
            power(-0.75),  # between two answers
            power(-0.5, 0.8),
            power(0.5),
            power(-2.0),
            moments([0.5, 0.2], (10, 100)),
            moments([0.0] * 5),
            moments([np.nan] * 5),
            {
                "isoperimetry_moments": MOMENTS.joined(
                    [
                        moments(np.array(DS) ** at, dist=(name,))["isoperimetry_moments"]
                        for at, name in ((-0.5, "gaussian"), (0, "cube"))
                    ]
                )
            },
        ),
    )
}


def anew(rng: np.random.Generator) -> Tables:
    """Deviations dealt out anew over the dimensions."""
    return dealt(
        moments(0.5 * np.array(DS) ** -0.5, dist=("gaussian",)), "isoperimetry_moments", ("var", "low", "high"), rng
    )


CHANCE = {
    "spread-with-d": (
        Chance("no effect of d, spread 5 %", scattered(0, 0.05), (ROOT, INVERSE), NONE),
        Chance("no effect of d, spread 50 %", scattered(0, 0.5), (ROOT, INVERSE)),
        Chance("deviations dealt out anew", anew, (ROOT, INVERSE)),
        Chance("d^-1/2, spread 10 %", scattered(-0.5, 0.1), (INVERSE,), ROOT),
        Chance("1/d, spread 10 %", scattered(-1.0, 0.1), (ROOT,), INVERSE),
        Chance("between the two", scattered(-0.75, 0.1), (ROOT, INVERSE)),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"isoperimetry": ROOT}
