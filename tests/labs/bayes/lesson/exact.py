"""What the step `exact` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.exact import ARROWS, AVERAGE, EXACT, MIRROR, MOONS, ONE
from explorer.labs.bayes.exact.captions import BOTH, NEITHER, ONLY
from explorer.labs.bayes.gradient import EVERY, GRADIENT, NORMAL, ONCE, TANGENTIAL, counts
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

GRID = counts(100)


def rows(
    off: float,
    along: float,
    spread: float = 0.01,
    seeds: int = 3,
    grid: tuple[int, ...] = GRID,
    rng: np.random.Generator | None = None,
) -> Tables:
    """Both parts with these slopes, those of the seeds normal about them."""
    rng = rng or np.random.default_rng(0)
    found = []
    names = ("n_samples", "direction", "width", "seed", "mean_norm", "median_norm", "ratio_single", "split_cosine")
    for seed in range(seeds):
        for direction, middle in ((NORMAL, off), (TANGENTIAL, along)):
            tilt = middle + spread * rng.normal()
            for n in grid:
                size = 0.4 * n**tilt
                known = 0.4 * n**-0.5 if direction == NORMAL else np.nan
                found.append((n, direction, 16, seed, size, size / 4, n**tilt, 0.5 if n > 1 else np.nan, known))
    columns = dict(zip((*names, "predicted"), map(np.array, zip(*found, strict=True)), strict=True))
    return {"gradient": GRADIENT.filled(**columns, points=300, images=EVERY, loss=ONCE, tested=200)}


def arrows(grid: tuple[int, ...] = GRID) -> Tables:
    """One sample, its mirror and the averages, at two points."""
    found = []
    for point, x in ((3, -0.5), (7, 1.5)):
        found += [(1, kind, point, x, 0.2, 0.3, -0.4, off) for kind, off in ((ONE, 0.5), (MIRROR, -0.5))]
        found += [(n, AVERAGE, point, x, 0.2, 0.3, -0.4, 0.5 / n) for n in grid]
    return {"arrows": ARROWS.of(found), "moons": MOONS.of([(-0.5, 0.2, 0), (1.5, 0.2, 1), (0.3, 0.1, 1)])}


def finished(seeds: int = 3, output: float = 0.0, gradient: float = 0.0, **about: object) -> Tables:
    """What is known of walks that are done."""
    known = {"accept": 0.93, "step_size": 0.05, "rhat": 1.01, "ess": 500.0, "accuracy": 0.99, "z": 0.8, "beyond": 0.003}
    each = {"samples": 100, "chains": 8, "divergences": 0, "mirror_output": output, "mirror_gradient": gradient}
    return {"exact": EXACT.filled(seed=np.arange(seeds), **each | known | about)}


def run(off: float = -0.45, along: float = 0.0, spread: float = 0.01, seeds: int = 3, **about: object) -> Tables:
    """A whole run."""
    return rows(off, along, spread, seeds) | arrows() | finished(seeds, **about)


EMPTY: Tables = {table.name: table.empty() for table in (GRADIENT, ARROWS, MOONS, EXACT)}
WALKING: Tables = EMPTY | rows(-0.45, 0.0, grid=(1,), seeds=1) | arrows((1,))
LOST: Tables = {"gradient": run()["gradient"] | {"mean_norm": np.full(6 * len(GRID), np.nan)}}

CHECKS: Mapping[str, Cases] = {
    "normal-cancels": Cases(
        holds=(run(), run(-0.59), run(-0.36), run(seeds=2, spread=0.001)),
        fails=(run(-0.65), run(-0.3), run(0.0), run(0.4)),
        open=(EMPTY, WALKING, LOST, run(seeds=1), run(spread=0.3)),
    ),
    "tangential-stays": Cases(
        holds=(run(), run(along=0.08), run(along=-0.08)),
        fails=(run(along=0.15), run(along=-0.15), run(along=-0.5)),
        open=(EMPTY, WALKING, LOST, run(seeds=1), rows(-0.45, -0.03, 1.0)),
    ),
    "mirrors-reverse": Cases(
        holds=(run(), run(output=9e-7), run(gradient=9e-7)),
        fails=(run(output=2e-6), run(gradient=1.0)),
        open=(EMPTY, WALKING, run(output=np.nan), run(gradient=np.nan)),
    ),
}
CASES: Mapping[str, Asked] = {
    "what-fades": Asked(
        {
            ONLY: (run(), run(-0.3), run(-0.7, 0.1)),
            BOTH: (run(-0.5, -0.5), run(-0.3, -0.3)),
            NEITHER: (run(0.0, 0.0), run(-0.1, 0.1), run(0.2, 0.0)),
        },
        (
            EMPTY,
            WALKING,
            LOST,
            run(seeds=1),
            run(spread=0.5),
            run(-0.23, 0.0, spread=0.1),
            run(0.0, -0.5),
            run(-0.5, 0.3),
            run(0.5, 0.0),
        ),
    )
}


def drawn(off: float, along: float, spread: float) -> Draw:
    return lambda rng: rows(off, along, spread, rng=rng)


def anew(rng: np.random.Generator) -> Tables:
    """Norms dealt out anew to numbers of samples, directions and seeds."""
    return dealt(rows(-0.45, 0.0, 0.05, rng=rng), "gradient", ("mean_norm", "median_norm"), rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "what-fades": (
        Chance("neither falls, spread 0.05", drawn(0.0, 0.0, 0.05), (ONLY, BOTH), NEITHER),
        Chance("neither falls, spread 0.3", drawn(0.0, 0.0, 0.3), (ONLY, BOTH)),
        Chance("neither falls, spread 2", drawn(0.0, 0.0, 2.0), (ONLY, BOTH)),
        Chance("norms dealt out anew", anew, (ONLY, BOTH)),
        Chance("as measured, spread 0.05", drawn(-0.41, 0.0, 0.05), (BOTH,), ONLY),
        Chance("both by chance, spread 0.05", drawn(-0.45, -0.45, 0.05), (ONLY,), BOTH),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"exact": ONLY}
