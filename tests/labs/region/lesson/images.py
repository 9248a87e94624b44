"""What the step `images` is tried on: shares that rise with the number of images used."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.region.images import MADE, ImagesSettings
from explorer.labs.region.images.captions import BETWEEN, LESS, NEARLY
from explorer.labs.region.tables import UNIVERSAL
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

SETTINGS = ImagesSettings.make()
COUNTS = SETTINGS.counts
UNSEEN: Mapping[int, float] = {1: 0.15, 3: 0.33, 10: 0.45, 30: 0.46, 100: 0.47, 300: 0.48, 1000: 0.48}
OWN: Mapping[int, float] = {1: 0.9, 3: 0.6, 10: 0.5, 30: 0.48, 100: 0.48, 300: 0.48, 1000: 0.48}


def rows(
    unseen: Mapping[int, float] | None = None,
    own: Mapping[int, float] | None = None,
    *,
    spread: float = 0.01,
    seeds: int = 5,
    counts: tuple[int, ...] = COUNTS,
    rng: np.random.Generator | None = None,
) -> Columns:
    """Ten classes of each network and number of images; shares scatter by `spread`, each number by itself."""
    rng = rng or np.random.default_rng(0)
    parts = []
    for m in counts:
        for seed in range(seeds):
            there = np.clip(
                {**UNSEEN, **(unseen or {})}[m] + spread * rng.normal() + 0.1 * np.linspace(-1, 1, 10), 0, 1
            )
            here = np.clip({**OWN, **(own or {})}[m] + spread * rng.normal() + 0.1 * np.linspace(-1, 1, 10), 0, 1)
            here[: 1 if m == 1 else 0] = math.nan  # the class of the only image
            parts.append(
                UNIVERSAL.filled(
                    model="base",
                    target=np.arange(10),
                    delta=0.2,
                    method="mini-batch",
                    images=m,
                    seed=seed,
                    success_train=here,
                    success_test=there,
                    random_success=0.01,
                    cosine=0.5,
                    predicted_alone=np.arange(10),
                    low=np.clip(there - 0.05, 0, 1),
                    high=np.clip(there + 0.05, 0, 1),
                    tested=500,
                    cosine_other=-0.05,
                    low_frequency=0.2,
                    clean=0.97,
                )
            )
    return UNIVERSAL.joined(parts)


def pictures(counts: tuple[int, ...] = COUNTS) -> Columns:
    """v_t of 2x2 pixels: from the i-th number of images the corner i % 4 is brighter, the rest darker."""
    target, row, column = (grid.ravel() for grid in np.indices((10, 2, 2)))
    parts = []
    for i, m in enumerate(counts):
        value = np.where(2 * row + column == i % 4, 0.2, -0.2)
        parts.append(MADE.filled(images=m, target=target, row=row, column=column, value=value))
    return MADE.joined(parts)


def run(
    unseen: Mapping[int, float] | None = None,
    own: Mapping[int, float] | None = None,
    counts: tuple[int, ...] = COUNTS,
    **changes: object,
) -> Tables:
    """A run, whole unless `counts` says otherwise."""
    return {"universal": rows(unseen, own, counts=counts, **changes), "made": pictures(counts)}  # type: ignore[arg-type]


EMPTY: Tables = {"universal": UNIVERSAL.empty(), "made": MADE.empty()}
FIRST: Tables = run(counts=(1,), seeds=1)
HALF: Tables = run(counts=(1, 3, 10, 30, 100))
LOST: Tables = {
    "universal": rows()
    | {n: np.full(350, np.nan) for n in ("success_train", "success_test", "random_success", "cosine")},
    "made": pictures(),
}
NONE: Tables = run(dict.fromkeys(UNSEEN, -1.0), dict.fromkeys(OWN, -1.0))  # no image follows
UNTOLD = (EMPTY, FIRST, HALF, LOST, run(seeds=2), run(seeds=1))

CHECKS: Mapping[str, Cases] = {
    "hundred-are-enough": Cases(
        holds=(run(), run({100: 0.45})),
        fails=(run({100: 0.2}), run({100: 0.33})),
        open=(*UNTOLD, NONE, run({100: 0.8 * 0.48}), run({100: 0.42}, spread=0.1)),
    ),
    "gap-closes": Cases(
        holds=(run(), run(own={1: 0.3})),
        fails=(run(own={1: 0.15, 1000: 0.7}),),
        open=(*UNTOLD, NONE, run(own={1: 0.16, 1000: 0.48}, spread=0.1)),
    ),
}
CASES: Mapping[str, Asked] = {
    "from-few": Asked(
        {
            LESS: (run({10: 0.1}), run({10: 0.2})),
            BETWEEN: (run({10: 0.31}),),
            NEARLY: (run(), run({10: 0.48})),
        },
        (*UNTOLD, NONE, run({10: 0.24}), run({10: 0.8 * 0.48}), run({10: 0.45}, spread=0.2)),
    )
}


def scattered(share: float, spread: float) -> Draw:
    """What ten images do, of what most do: networks scatter."""
    return lambda rng: run({10: share * 0.48}, spread=spread, rng=rng, counts=(10, 1000))


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "from-few": (
        Chance("four fifths, networks differ", scattered(0.8, 0.02), (BETWEEN, NEARLY)),
        Chance("a half, networks differ", scattered(0.5, 0.02), (LESS, BETWEEN)),
        Chance("as many, networks hardly differ", scattered(1.0, 0.01), right=NEARLY),
        Chance("two thirds, networks hardly differ", scattered(0.65, 0.005), right=BETWEEN),
        Chance("a quarter, networks hardly differ", scattered(0.25, 0.01), right=LESS),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"images": NEARLY}
