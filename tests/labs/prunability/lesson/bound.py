"""What the step `bound` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.bound import BOUND, BoundSettings
from explorer.labs.prunability.bound.captions import EQUAL, NARROW, WIDE
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

CELLS = BoundSettings.make().cells()
MOST = max(n for _, n in CELLS)


def run(
    narrow: float = 0.7,
    wide: float = 1.2,
    test_error: float = 0.1,
    *,
    nets: int = 4,
    spread: float = 0.02,
    cells: int | None = None,
    known: bool = True,
    rng: np.random.Generator | None = None,
) -> Tables:
    """Networks whose least bound, from all images, goes evenly from that of the narrowest to that of the widest."""
    rng = rng or np.random.default_rng(0)
    parts = [BOUND.empty()]
    widths = sorted({width for width, _ in CELLS})
    for width, n in CELLS[:cells]:
        for net in range(nets):
            share = widths.index(width) / (len(widths) - 1)
            bound = narrow + share * (wide - narrow) + (n < MOST) * 1.0 + spread * rng.normal()
            bounds = np.array([bound + 0.1, bound, bound + 0.3])
            parts.append(
                BOUND.filled(
                    net=np.full(3, net),
                    width=width,
                    n=n,
                    kept=np.array([10, 100, 74 * width]),
                    weights=74 * width,
                    each=4,
                    length=np.array([200.0, 900.0, 3000.0]),
                    error=np.array([0.5, 0.05, 0.0]),
                    test_error=test_error,
                    bound=bounds if known else np.nan,
                    vacuous=bounds >= 1,
                    fits=True,
                )
            )
    return {"bound": BOUND.joined(parts)}


EMPTY: Tables = {"bound": BOUND.empty()}
LEARNING: Tables = run(cells=1)
LOST: Tables = run(known=False)

CHECKS: Mapping[str, Cases] = {
    "bound-holds": Cases(
        holds=(run(), run(test_error=0.6)), fails=(run(test_error=0.8),), open=(EMPTY, LEARNING, LOST)
    ),
    "says-something": Cases(
        holds=(run(), run(0.9, 2.0), run(2.0, 0.9)), fails=(run(1.1, 2.0),), open=(EMPTY, LEARNING, LOST)
    ),
}
CASES: Mapping[str, Asked] = {
    "which-width": Asked(
        {
            NARROW: (run(), run(0.7, 0.8)),
            WIDE: (run(1.2, 0.7), run(0.8, 0.7)),
            EQUAL: (run(0.7, 0.7, spread=0.002), run(0.7, 0.72, spread=0.002)),
        },
        (EMPTY, LEARNING, LOST, run(nets=2), run(0.7, 0.7, spread=0.2)),
    )
}


def scattered(narrow: float, wide: float, spread: float) -> Draw:
    """Networks whose bounds scatter."""
    return lambda rng: run(narrow, wide, spread=spread, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "which-width": (
        Chance("no width is better, networks differ", scattered(0.8, 0.8, 0.1), (NARROW, WIDE)),
        Chance("no width is better, networks alike", scattered(0.8, 0.8, 0.005), (NARROW, WIDE), EQUAL),
        Chance("wide networks cannot be bounded", scattered(0.7, 1.2, 0.08), right=NARROW),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"bound": NARROW}
