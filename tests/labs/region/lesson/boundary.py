"""What the step `boundary` is tried on: distances that are multiples of those before, and planes of two regions."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.region.boundary import ALL, BASE, BOUNDARY, DISTANCE, KINDS, NEW_V, OLD_V, PLANE, RANDOM
from explorer.labs.region.boundary.captions import FURTHER, NEARER, SAME
from explorer.labs.region.gallery import PATTERN
from explorer.labs.region.kinds import DYNAMIC, EXTRA, PGD_AT, STATIC
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

BEFORE = 0.2
#: Times as far along the old vectors, and along new ones.
TIMES: Mapping[str, tuple[float, float]] = {
    BASE: (1, 1),
    STATIC: (2, 1.1),
    EXTRA: (1, 1),
    DYNAMIC: (1.5, 1.4),
    PGD_AT: (1.5, 1.5),
}


def distances(
    model: str,
    times: tuple[float, float],
    *,
    half: float = 0.01,
    seeds: int = 3,
    reached: float = 1.0,
    rng: np.random.Generator | None = None,
) -> Columns:
    """Medians of networks that differ by a factor about 1."""
    rng, parts = rng or np.random.default_rng(len(model)), []
    for seed in range(seeds):
        for along, by in zip((OLD_V, NEW_V)[: 1 if model == BASE else 2], times, strict=False):
            for target in (ALL, *range(10)):
                median = BEFORE * by * math.exp(half * rng.normal())
                parts.append(
                    DISTANCE.filled(
                        model=model,
                        seed=seed,
                        target=target,
                        along=along,
                        lower=0.7 * median,
                        median=median,
                        upper=1.3 * median,
                        reached=reached,
                        counted=900 if target == ALL else 90,
                    )
                )
    return DISTANCE.joined(parts)


def planes(models: Sequence[str], *, target: int = 3, side: int = 9, across: str = RANDOM) -> Tables:
    """Class 6 to the left, the target from where it begins on; a class 8 of one cell."""
    cuts, points = [], []
    for model in models:
        old, new = (BEFORE * by for by in TIMES[model])
        v, u = (grid.ravel() for grid in np.meshgrid(*[np.linspace(-0.6, 0.6, side)] * 2, indexing="ij"))
        label = np.where(u >= old, target, 6)
        label[0] = 8
        cuts.append(BOUNDARY.filled(model=model, u=u, v=v, label=label))
        points.append(
            PLANE.filled(
                model=model,
                image=6,
                label=6,
                target=target,
                predicted=6,
                across=across,
                cosine=0.1,
                old=old,
                new=new,
            )
        )
    return {"boundary": BOUNDARY.joined(cuts), "plane": PLANE.joined(points), "pattern": images()}


def images() -> Columns:
    """Ten pictures of four pixels."""
    row, column = (grid.ravel() for grid in np.indices((2, 2)))
    return PATTERN.joined(
        PATTERN.filled(kind="image", number=i, delta=0.0, row=row, column=column, value=np.full(4, i / 10))
        for i in range(10)
    )


def run(
    times: Mapping[str, tuple[float, float]] | None = None,
    models: tuple[str, ...] = (BASE, *KINDS),
    **changes: object,
) -> Tables:
    """A run of these models."""
    own = {**TIMES, **(times or {})}
    rows = [distances(model, own[model], **changes) for model in models]  # type: ignore[arg-type]
    return {**planes(models), "distance": DISTANCE.joined(rows)}


EMPTY: Tables = {table.name: table.empty() for table in (BOUNDARY, PLANE, DISTANCE, PATTERN)}
LEARNING: Tables = {**planes((BASE,), side=5), "distance": DISTANCE.empty()}
BEGUN: Tables = run(models=(BASE,))
HALF: Tables = run(models=(BASE, STATIC))
UNKNOWN = (math.nan, math.nan)
LOST: Tables = run(dict.fromkeys(TIMES, UNKNOWN), reached=math.nan)
FAR: Tables = run({STATIC: (math.nan, 1.1)}, reached=0.4)  # along old vectors most images meet no region
UNTOLD = (EMPTY, LEARNING, BEGUN, LOST, FAR, run(seeds=2), run(seeds=1))

CHECKS: Mapping[str, Cases] = {
    "region-recedes": Cases(
        holds=(run(),),
        fails=(run({STATIC: (0.8, 0.8)}),),
        open=(*UNTOLD, HALF, run({STATIC: (1.01, 1.0)}, half=0.1)),
    ),
    "less-along-new": Cases(
        holds=(run(), HALF),
        fails=(run({STATIC: (1.2, 1.6)}),),
        open=(*UNTOLD, run({STATIC: (1.5, 1.5)}, half=0.1)),
    ),
}
CASES: Mapping[str, Asked] = {
    "how-far-along-new": Asked(
        {
            NEARER: (run(), run({STATIC: (1.5, 1.35)})),
            SAME: (run({STATIC: (1.5, 1.5)}), run({STATIC: (1.5, 1.53)})),
            FURTHER: (run({STATIC: (1.2, 1.6)}),),
        },
        (*UNTOLD, run({STATIC: (2, 1.5)}, half=0.4), run({STATIC: (1.5, 1.38)}, half=0.06)),
    )
}


def drawn(old: float, new: float, half: float) -> Draw:
    """Networks at random about these multiples."""
    return lambda rng: {
        "distance": DISTANCE.joined(
            [distances(BASE, (1, 1), half=half, rng=rng), distances(STATIC, (old, new), half=half, rng=rng)]
        )
    }


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "how-far-along-new": (
        Chance("as far along both", drawn(1.5, 1.5, 0.03), (FURTHER, NEARER)),
        Chance("a little nearer, and networks differ", drawn(1.5, 1.43, 0.03), (FURTHER, NEARER)),
        Chance("far nearer", drawn(2, 1.1, 0.03), right=NEARER),
        Chance("far further", drawn(1.1, 2, 0.03), right=FURTHER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"boundary": NEARER}
