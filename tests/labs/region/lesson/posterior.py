"""What the step `posterior` is tried on: shares of images that follow, pair by pair, scattered from seed to seed."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.region.posterior import (
    ALL,
    AVERAGE,
    CANCELLED,
    CARRIED,
    EACH,
    ITSELF,
    MAP,
    ONE,
    OTHER,
    WALK,
    WHOLE,
    PosteriorSettings,
)
from explorer.labs.region.posterior.captions import FEWER, MORE, SAME
from explorer.labs.region.tables import UNIVERSAL
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.region.lesson.gallery import rows as universal

SETTINGS = PosteriorSettings.make()
COUNTS = SETTINGS.counts
Pair = tuple[str, str]
SHARES: Mapping[Pair, float] = {
    (MAP, ITSELF): 0.34,
    (MAP, OTHER): 0.23,
    (MAP, WHOLE): 0.22,
    (ONE, ITSELF): 0.73,
    (ONE, MAP): 0.11,
    (ONE, OTHER): 0.12,
    (ONE, WHOLE): 0.12,
    (AVERAGE, ITSELF): 0.35,
    (AVERAGE, MAP): 0.25,
    (AVERAGE, OTHER): 0.31,
    (AVERAGE, WHOLE): 0.35,
}


def carried(
    shares: Mapping[Pair, float] | None = None,
    *,
    half: float = 0.01,
    seeds: int = 3,
    pairs: tuple[Pair, ...] = tuple(SHARES),
    most: int = SETTINGS.samples,
    rng: np.random.Generator | None = None,
) -> Columns:
    """Averages of fewer samples are moved more, up to what moves one of them."""
    rng, parts = rng or np.random.default_rng(7), []
    known = {**SHARES, **(shares or {})}
    for seed in range(seeds):
        for pair in pairs:
            own = known[pair] + half * rng.normal()
            counts = [count for count in COUNTS if count <= most] if pair[0] == AVERAGE else [1]
            if pair in ((AVERAGE, MAP), (AVERAGE, OTHER)):
                counts = counts[-1:]
            for count in counts:
                less = math.log(most / count) / math.log(most) if pair[0] == AVERAGE else 0.0
                to = known[(ONE, ITSELF)] if pair == (AVERAGE, ITSELF) else known[(ONE, WHOLE)]
                share = own + less * (to - own)
                parts.append(
                    CARRIED.filled(
                        found_for=[pair[0]],
                        tried_on=pair[1],
                        samples=count,
                        seed=seed,
                        success=share if math.isnan(share) else float(np.clip(share, 0, 1)),
                        signs=0.01 if pair[1] == ITSELF else math.nan,
                        clean=0.94 if pair[1] == ITSELF else math.nan,
                        networks=1 if pair[0] == AVERAGE else 4,
                        tested=1000,
                    )
                )
    return CARRIED.joined(parts)


def cancelled(
    each: float = 0.46,
    over_all: float = 0.54,
    *,
    seeds: int = 3,
    half: float = 0.01,
    seed: int = 0,
    counts: tuple[int, ...] = COUNTS,
) -> Columns:
    """Lengths of mean gradients, from 1 on."""
    rng, parts = np.random.default_rng(seed), []
    for turn in range(seeds):
        for name, last in ((EACH, each), (ALL, over_all)):
            end = last + half * rng.normal()
            for count in counts:
                share = math.log(count) / math.log(COUNTS[-1])
                ratio = 1 + share * (end - 1)
                parts.append(CANCELLED.filled(gradient=[name], samples=count, seed=turn, ratio=ratio, split_cosine=0.5))
    return CANCELLED.joined(parts)


def walk(rhat: float = 1.05, seeds: int = 3) -> Columns:
    """How the chains went."""
    return WALK.filled(
        seed=np.arange(seeds), samples=100, chains=4, accept=0.87, rhat=rhat, ess=np.full(seeds, 60.0), divergences=0
    )


def run(shares: Mapping[Pair, float] | None = None, **changes: object) -> Tables:
    """A whole run."""
    seeds = int(changes.get("seeds", 3))  # type: ignore[call-overload]
    return {
        "universal": universal((0.34,), radii=(0.2,), seeds=seeds),
        "carried": carried(shares, **changes),  # type: ignore[arg-type]
        "cancelled": cancelled(seeds=seeds),
        "walk": walk(seeds=seeds),
    }


EMPTY: Tables = {table.name: table.empty() for table in (UNIVERSAL, CARRIED, CANCELLED, WALK)}
FIRST: Tables = EMPTY | {"carried": carried(seeds=1, pairs=((MAP, ITSELF),))}
WALKING: Tables = EMPTY | {"carried": carried(seeds=1, pairs=((MAP, ITSELF), (AVERAGE, ITSELF)), most=10)}
HALF: Tables = run(most=10)
LOST: Tables = run(dict.fromkeys(SHARES, math.nan))
UNTOLD = (EMPTY, FIRST, WALKING, HALF, LOST, run(seeds=2), run(seeds=1))

CHECKS: Mapping[str, Cases] = {
    "better-than-one-sample": Cases(
        holds=(run(),),
        fails=(run({(ONE, ITSELF): 0.2}),),
        open=(*UNTOLD, run({(ONE, ITSELF): 0.36}, half=0.1)),
    ),
    "better-than-map": Cases(
        holds=(run({(MAP, ITSELF): 0.5}),),
        fails=(run({(MAP, ITSELF): 0.2}),),
        open=(*UNTOLD, run({(MAP, ITSELF): 0.36}, half=0.1)),
    ),
}
CASES: Mapping[str, Asked] = {
    "made-for-one": Asked(
        {
            MORE: (run({(ONE, WHOLE): 0.6}),),
            SAME: (run({(ONE, WHOLE): 0.35}), run({(ONE, WHOLE): 0.34})),
            FEWER: (run(),),
        },
        (*UNTOLD, run(half=0.3), run({(ONE, WHOLE): 0.29}, half=0.03)),
    )
}


def drawn(one: float, average: float, half: float) -> Draw:
    """Seeds at random about these shares."""
    both = {(ONE, WHOLE): one, (AVERAGE, ITSELF): average}
    return lambda rng: EMPTY | {"carried": carried(both, half=half, pairs=tuple(both), rng=rng)}


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "made-for-one": (
        Chance("as many", drawn(0.35, 0.35, 0.03), (MORE, FEWER)),
        Chance("a little fewer, and seeds differ", drawn(0.3, 0.35, 0.03), (MORE, FEWER)),
        Chance("far more", drawn(0.7, 0.3, 0.03), right=MORE),
        Chance("far fewer", drawn(0.1, 0.5, 0.03), right=FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"posterior": FEWER}
