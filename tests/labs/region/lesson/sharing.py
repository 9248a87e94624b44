"""What the step `sharing` is tried on: shares that go from one value to another with the size of groups."""

import math
from collections.abc import Iterable, Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.region.kinds import FIRST, UNIVERSAL_AT
from explorer.labs.region.sharing import (
    BASE,
    EVERYBODY,
    GROUPS_AT,
    HARDENED,
    NOBODY,
    SHARING,
    SharingSettings,
    gradients,
)
from explorer.labs.region.sharing.captions import FEWER, MORE, SAME
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

SETTINGS = SharingSettings.make()
CUTS = SETTINGS.cuts
PGD: Mapping[int, float] = {1: 0.75, 2: 0.74, 5: 0.72, 10: 0.7, 20: 0.65, 50: 0.62, 100: 0.6, EVERYBODY: 0.52}
TURNED: Mapping[int, float] = {1: 0.07, 2: 0.06, 5: 0.11, 10: 0.13, 20: 0.14, 50: 0.17, 100: 0.21, EVERYBODY: 0.34}


def networks(
    model: str, group: int, pgd: float, turned: float, *, half: float = 0.01, seeds: int = 3, rng: np.random.Generator
) -> Columns:
    """Networks that scatter by `half` about these shares."""
    one, two = (np.clip(mean + half * rng.normal(size=seeds), 0, 1) for mean in (pgd, turned))
    return HARDENED.filled(
        model=model,
        group=group,
        seed=np.arange(seeds),
        steps=0 if group == NOBODY else 480,
        clean=0.97,
        eps=0.1,
        pgd=one,
        pgd_low=np.clip(one - 0.05, 0, 1),
        pgd_high=np.clip(one + 0.05, 0, 1),
        tested=200,
        delta=0.2,
        universal=two,
        universal_low=np.clip(two - 0.05, 0, 1),
        universal_high=np.clip(two + 0.05, 0, 1),
        counted=580,
        gradients=math.nan if group == NOBODY else gradients(group),
    )


def run(
    pgd: Mapping[int, float] | None = None,
    turned: Mapping[int, float] | None = None,
    sizes: Iterable[int] = (*CUTS, EVERYBODY),
    *,
    half: float = 0.01,
    seeds: int = 3,
    rng: np.random.Generator | None = None,
) -> Tables:
    """A run of these sizes, after the networks before them."""
    rng = rng or np.random.default_rng(5)
    one, two = {**PGD, **(pgd or {})}, {**TURNED, **(turned or {})}
    parts = [networks(BASE, NOBODY, 0.4, 0.54, half=half, seeds=seeds, rng=rng)]
    for size in sizes:
        name = UNIVERSAL_AT if size == EVERYBODY else GROUPS_AT
        parts.append(networks(name, size, one[size], two[size], half=half, seeds=seeds, rng=rng))
    hardened = HARDENED.joined(parts)
    rows = {name: column[hardened["group"] != NOBODY] for name, column in hardened.items()}
    seconds = np.where(rows["group"] == EVERYBODY, 0.03, 0.08)
    sharing = SHARING.filled(seconds=seconds, **{name: rows[name] for name in SHARING if name in rows})
    return {"sharing": sharing, "hardened": hardened}


EMPTY: Tables = {"sharing": SHARING.empty(), "hardened": HARDENED.empty()}
LEARNING: Tables = {
    "sharing": SHARING.empty(),
    "hardened": networks(FIRST, NOBODY, 0.2, math.nan, rng=np.random.default_rng(1)),
}
BEGUN: Tables = run(sizes=())
ONE: Tables = run(sizes=(1,))
ENDS: Tables = run(sizes=(1, 100))
LOST: Tables = run(dict.fromkeys(PGD, math.nan), dict.fromkeys(PGD, math.nan))
UNTOLD = (EMPTY, LEARNING, BEGUN, ONE, LOST, run(seeds=2), run(seeds=1), run(sizes=(EVERYBODY,)))
EVEN = dict.fromkeys(PGD, 0.6)

CHECKS: Mapping[str, Cases] = {
    "one-for-all": Cases(
        holds=(run(), ENDS),
        fails=(run(turned={1: 0.4}),),
        open=(*UNTOLD, run(None, EVEN, half=0.05), run(sizes=(1, 50))),
    ),
    "anew-helps": Cases(holds=(run(),), fails=(run({100: 0.45}),), open=(*UNTOLD, ENDS, run(EVEN, half=0.05))),
}
CASES: Mapping[str, Asked] = {
    "shared-under-pgd": Asked(
        {
            FEWER: (run(), ENDS, run({100: 0.65})),
            SAME: (run({100: 0.755}), run({100: 0.745})),
            MORE: (run({1: 0.4}),),
        },
        (*UNTOLD, run(half=0.2), run({100: 0.68}, half=0.04)),
    )
}


def drawn(alone: float, shared: float, half: float) -> Draw:
    """Networks at random about these shares."""
    return lambda rng: run({1: alone, 100: shared}, sizes=(1, 100), half=half, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "shared-under-pgd": (
        Chance("as many of both", drawn(0.6, 0.6, 0.03), (MORE, FEWER)),
        Chance("a little fewer, and networks differ", drawn(0.6, 0.55, 0.03), (MORE, FEWER)),
        Chance("far fewer", drawn(0.8, 0.4, 0.03), right=FEWER),
        Chance("far more", drawn(0.4, 0.8, 0.03), right=MORE),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"sharing": FEWER}
