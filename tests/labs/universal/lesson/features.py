"""The step `features`: tables with a peak at a chosen size, of a chosen height, and chosen slopes beyond it."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.universal.features import FEATURES, NTK, RANDOM
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

N, D = 100, 10
SIZES_OF = {RANDOM: (20, 40, 80, 90, 100, 110, 200, 400, 800, 1600), NTK: (200, 400, 1000, 4000, 16_000)}
SAME, SOME, MUCH = "about the same", "1.5 to 3 times as large", "more than 3 times as large"


def models(
    kind: str,
    times: float = 10.0,
    power: float = -0.1,
    *,
    top: int = 100,
    lip_top: int | None = None,
    seed: int = 0,
    scatter: Mapping[int, float] | None = None,
    without: Sequence[int] = (),
) -> Columns:
    """One seed: 1 everywhere but at `top`, and at n, where it is `times`; the steepness goes like a power from 4n on.

    `scatter` multiplies what is at some sizes; sizes `without` have not come.
    """
    params = np.array([size for size in SIZES_OF[kind] if size not in without])

    def column(peak: int) -> np.ndarray:
        high = np.where((params == peak) | (params == N), times, 1.0) * np.where(params == peak, 1.01, 1.0)
        return high * np.array([(scatter or {}).get(size, 1.0) for size in params.tolist()])

    slope = np.maximum(params / (4 * N), 1.0) ** power
    norm, lip = column(top), column(lip_top or top) * slope
    return FEATURES.filled(kind=kind, params=params, n=N, seed=seed, lip=lip, norm=norm, test_mse=norm)


def table(*parts: Columns) -> Tables:
    return {"features": FEATURES.joined(parts)}


def seeds(
    times: float = 10.0,
    random: float = -0.2,
    ntk: float = -0.1,
    *,
    spread: float = 0.0,
    count: int = 5,
    seed: int = 0,
    top: int = 100,
    lip_top: int | None = None,
    without: Sequence[int] = (),
) -> Tables:
    """Five seeds of both kinds, each number scattered."""
    rng = np.random.default_rng(seed)
    parts = []
    for turn in range(count):
        for kind, power in ((RANDOM, random), (NTK, ntk)):
            scatter = dict(
                zip(SIZES_OF[kind], np.exp(spread * rng.normal(size=len(SIZES_OF[kind]))).tolist(), strict=True)
            )
            parts.append(
                models(
                    kind,
                    times if kind == RANDOM else 1.0,
                    power,
                    top=top,
                    lip_top=lip_top,
                    seed=turn,
                    scatter=scatter,
                    without=without,
                )
            )
    return table(*parts)


def draw(times: float, spread: float) -> Draw:
    return lambda rng: seeds(times, spread=spread, seed=int(rng.integers(2**31)))


def shuffled(rng: np.random.Generator) -> Tables:
    """The norms of each seed dealt out anew to its sizes: that there is a peak at n would be chance."""
    parts = []
    for turn in range(5):
        one = models(RANDOM, seed=turn)
        parts.append({**one, "norm": rng.permutation(one["norm"])})
    return table(*parts)


NOTHING: Tables = table()
ONLY_RANDOM = table(*(models(RANDOM, seed=turn) for turn in range(5)))

CASES: dict[str, Asked] = {
    "norm-at-n": Asked(
        {
            SAME: (seeds(1.0, spread=0.05), seeds(1.3), seeds(0.8)),
            SOME: (seeds(2.0, spread=0.05), seeds(1.6), seeds(2.9)),
            MUCH: (seeds(10.0, spread=0.2), seeds(3.2), seeds(1e6)),
        },
        (
            NOTHING,
            seeds(count=1),  # no interval
            seeds(without=(100,)),
            seeds(without=(400,)),
            seeds(2.0, spread=1.5, seed=1),  # anything
            seeds(0.3),  # smaller at n
        ),
    ),
}

CHECKS: dict[str, Cases] = {
    "peaks-at-n": Cases(
        (seeds(), seeds(top=90), seeds(spread=0.1)),
        (
            seeds(top=200),
            seeds(top=40),
            seeds(lip_top=200),  # the norm at n, the steepness elsewhere
        ),
        (
            NOTHING,
            seeds(count=4),  # a seed has not come
            seeds(without=(100,)),
            seeds(without=(20, 40, 80)),  # nothing below n
        ),
    ),
    "more-still-helps": Cases(
        (seeds(), seeds(spread=0.01)),
        (
            seeds(random=0.0),
            seeds(ntk=0.0),
            seeds(random=0.2),
            seeds(ntk=0.2),
        ),
        (NOTHING, ONLY_RANDOM, seeds(count=1), seeds(random=-0.01, ntk=0.0, spread=1.0)),
    ),
}

SIZES: set[str] = {"seeds"}

CHANCE: dict[str, tuple[Chance, ...]] = {
    "norm-at-n": (
        Chance("no peak, spread 10 %", draw(1.0, 0.1), (SOME, MUCH), SAME),
        Chance("no peak, spread 50 %", draw(1.0, 0.5), (SOME, MUCH)),
        Chance("no peak, spread a factor e", draw(1.0, 1.0), (SOME, MUCH)),
        Chance("norms dealt out anew", shuffled, (SOME, MUCH)),
        Chance("three times is not more", draw(3.0, 0.3), (MUCH, SAME)),
        Chance("half as much again is the edge", draw(1.5, 0.2), (SOME, MUCH, SAME)),
        Chance("twice, spread 10 %", draw(2.0, 0.1), (MUCH, SAME), SOME),
        Chance("ten times, spread 40 %", draw(10.0, 0.4), (SAME, SOME), MUCH),
    ),
}
RUNS = {"features": MUCH}
