"""What the step `vanishing` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.gradient import EVERY, GRADIENT, ONCE, SELECTED, TWICE, WHOLE, counts
from explorer.labs.bayes.vanishing import COMPONENTS, PICTURES, RANDOM, VANISHING, stages
from explorer.labs.bayes.vanishing.plane import ALL, LAST, SCATTER, SPREAD
from explorer.labs.bayes.vanishing.plane import TESTED as MOONS_TESTED
from explorer.measure.medians import median
from explorer.measure.regression import mean
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

LARGER, SAME, SMALLER = "larger", "about as large", "smaller"
GRID = counts(100)
TESTED = 297
SIZES_OF = ((32, 400), (8, 400), (64, 400), (32, 50))


def rows(
    mean_norm: float = 0.7,
    median_norm: float = 0.4,
    single: float = 1.5,
    typical: float = 0.1,
    *,
    grid: tuple[int, ...] = GRID,
    sizes: tuple[tuple[int, int], ...] = SIZES_OF,
    wide: float = 1.2,
    cosine: float = 0.5,
    spread: float = 0.1,
    seeds: int = 1,
    picked: int = 33,
) -> Tables:
    """Posteriors whose averages go evenly from one sample's norms to these; `wide`: times so large at the widest."""
    parts = []
    for seed in range(seeds):
        for k, points in sizes:
            for i, n in enumerate(grid):
                share = i / max(1, len(grid) - 1) if len(grid) > 1 else 1.0
                factor = wide ** ((k - 32) / 32) * (400 / points) ** 0.2
                middle = factor * (single + share * (mean_norm - single))
                half = typical + share * (median_norm - typical)
                shared = {"n_samples": n, "direction": WHOLE, "width": k, "seed": seed, "points": points}
                about = {
                    "mean_norm": middle,
                    "median_norm": half,
                    "ratio_single": middle / single / factor,
                    "split_cosine": cosine if n > 1 else np.nan,
                    "low": middle * (1 - spread),
                    "high": middle * (1 + spread),
                    "median_low": half * (1 - spread),
                    "median_high": half * (1 + spread),
                    "median_single": typical,
                }
                parts.append(GRADIENT.filled(**shared, **about, images=EVERY, loss=ONCE, tested=TESTED))
                if picked:
                    more = about | {"mean_norm": 4 * middle}
                    parts.append(GRADIENT.filled(**shared, **more, images=SELECTED, loss=ONCE, tested=picked))
                parts.append(GRADIENT.filled(**shared, mean_norm=middle / 4, images=EVERY, loss=TWICE, tested=TESTED))
    return {"gradient": GRADIENT.joined(parts)}


def finished(
    falling: float = 0.11, sizes: tuple[tuple[int, int], ...] = SIZES_OF, seeds: int = 1, **about: object
) -> Tables:
    """Walks that are done."""
    given = {"accept": 0.9, "step_size": 0.03, "rhat": 1.02, "ess": 100.0, "accuracy": 0.97, "rising": 0.1, "null": 0.0}
    each = {"samples": 100, "chains": 4, "divergences": 0, "tested": TESTED, "falling": falling}
    parts = [
        VANISHING.filled(width=k, points=n, seed=seed, **each | given | about)
        for seed in range(seeds)
        for k, n in sizes
    ]
    return {"vanishing": VANISHING.joined(parts)}


def pictures(selected: int = 2, upto: int = 100) -> Tables:
    """Two images of 2x2 pixels, and as many selected ones, whose gradients halve from stage to stage."""
    parts: list[Columns] = []
    grid = [n for n in stages(100) if n <= upto]
    for kind, count in ((RANDOM, 2), (SELECTED, selected)):
        for rank in range(1, count + 1):
            for i, n in enumerate([0, *grid]):
                value = np.array([0.0, 0.25, 0.5, 1.0]) if not n else np.array([1.0, -2.0, 0.5, 0.0]) / 2**i
                shown = {"kind": kind, "rank": rank, "image": 10 * rank, "label": "7", "n_samples": n}
                pixels = {"row": [0, 0, 1, 1], "column": [0, 1, 0, 1], "value": value}
                parts.append(PICTURES.filled(**shown, **pixels, norm=2 / 2**i if n else np.nan))
    return {"pictures": PICTURES.joined(parts)}


def components(grid: tuple[int, ...] = GRID) -> Tables:
    """Quantiles that close in."""
    return {"components": COMPONENTS.of([(n, -9 / n, -1.0, -0.1, 0.1, 1.0, 9 / n) for n in grid])}


def clouds(
    times: float = 0.5,
    *,
    sizes: tuple[int, ...] = (100, 300),
    widths: tuple[int, ...] = (8, 32, 64),
    noise: float = 0.05,
    seeds: int = 1,
    **about: object,
) -> Tables:
    """Averaged gradients about 1 long at the fewest moons, `times` so long at the most; with the bug, over it."""
    rng = np.random.default_rng(0)
    angle, base = rng.uniform(0, 6.28, MOONS_TESTED), rng.exponential(size=MOONS_TESTED)
    dots, done = [], []
    for seed in range(seeds):
        for kind in (ALL, LAST):
            for k in widths:
                for i, n in enumerate(sizes):
                    factor = (times if kind == ALL else 1 / times if times else 0.0) ** (i / max(1, len(sizes) - 1))
                    length = base * factor * np.exp(noise * rng.normal(size=MOONS_TESTED))
                    learned = n if kind == ALL else n % 21
                    of = {"kind": kind, "width": k, "points": n, "learned": learned, "seed": seed}
                    at = {"along_x": length * np.cos(angle), "along_y": length * np.sin(angle)}
                    dots.append(SCATTER.filled(**of, n_samples=100, point=np.arange(MOONS_TESTED), **at))
                    given = {"samples": 100, "chains": 4, "accept": 0.9, "rhat": 1.02, "ess": 90.0, "divergences": 0}
                    middle, (low, high) = mean(length)
                    found = {"mean_length": middle, "low": low, "high": high, "median_length": np.median(length)}
                    done.append(SPREAD.filled(**of, **(given | about), **found, accuracy=0.98))
    return {"scatter": SCATTER.joined(dots), "spread": SPREAD.joined(done)}


def run(mean_norm: float = 0.7, median_norm: float = 0.4, **about: object) -> Tables:
    """A whole run."""
    of_walks = {name: about.pop(name) for name in ("falling", "rhat", "accept", "null") if name in about}
    seeds = int(str(about.get("seeds", 1)))
    found = rows(mean_norm, median_norm, **about)  # type: ignore[arg-type]
    rhat = {"rhat": of_walks["rhat"]} if "rhat" in of_walks else {}
    return (
        found | pictures() | components() | finished(seeds=seeds, **of_walks) | clouds(seeds=seeds, **rhat)  # type: ignore[arg-type]
    )


EMPTY: Tables = {table.name: table.empty() for table in (GRADIENT, PICTURES, COMPONENTS, VANISHING, SCATTER, SPREAD)}
START: Tables = EMPTY | pictures(0, 0)
WALKING: Tables = EMPTY | rows(grid=(1, 2, 5), sizes=SIZES_OF[:1]) | pictures(2, 1) | components((1, 2, 5))
ONE: Tables = rows(sizes=SIZES_OF[:1]) | pictures() | components() | finished(sizes=SIZES_OF[:1])
LOST: Tables = run() | {"gradient": {n: v * np.nan if v.dtype.kind == "f" else v for n, v in run()["gradient"].items()}}

CHECKS: Mapping[str, Cases] = {
    "mean-falls": Cases(
        holds=(run(), run(1.1), run(0.1), run(seeds=3)),
        fails=(run(1.2), run(1.5), run(3.0)),
        open=(EMPTY, START, WALKING, LOST, run(1.1, spread=0.5)),
    ),
    "not-just-noise": Cases(
        holds=(run(), run(0.31), run(cosine=0.21)),
        fails=(run(0.15), run(0.29), run(cosine=0.1)),
        open=(EMPTY, START, WALKING, LOST),
    ),
    "few-are-selected": Cases(
        holds=(run(), run(falling=0.4)),
        fails=(run(falling=0.6), run(falling=1.0)),
        open=(EMPTY, START, WALKING, LOST, run(falling=0.48), run(picked=0)),
    ),
    "grows-with-width": Cases(
        holds=(run(), run(wide=2.0)),
        fails=(run(wide=0.9), run(wide=0.5)),
        open=(EMPTY, START, WALKING, ONE, LOST, run(wide=1.05)),
    ),
}
CASES: Mapping[str, Asked] = {
    "median-beside-single": Asked(
        {
            LARGER: (run(), run(0.7, 0.13), run(seeds=3)),
            SAME: (run(0.7, 0.1), run(0.7, 0.105), run(0.7, 0.095)),
            SMALLER: (run(0.7, 0.05), run(0.7, 0.08), run(0.7, 0.01)),
        },
        (EMPTY, START, WALKING, LOST, run(0.7, 0.15, spread=0.6), run(0.7, 0.1, spread=0.7)),
    )
}


def drawn(times: float, spread: float) -> Draw:
    """Norms of single samples and of their average, lognormal over images about medians that differ by this factor."""

    def draw(rng: np.random.Generator) -> Tables:
        norms = 0.1 * times * np.exp(spread * rng.normal(size=TESTED))
        alone = 0.1 * np.exp(spread * rng.normal(size=(20, TESTED)))
        _, ends = mean(norms)
        middle, bounds = median(norms)
        table = dict(rows(sizes=SIZES_OF[:1], picked=0)["gradient"])
        last = (table["n_samples"] == 100) & (table["loss"] == ONCE)
        found = {"mean_norm": norms.mean(), "low": ends[0], "high": ends[1], "median_single": np.median(alone)}
        found |= {"median_norm": middle, "median_low": bounds[0], "median_high": bounds[1]}
        for column, value in found.items():
            table[column] = np.where(last, value, table[column])
        return {"gradient": table} | finished(sizes=SIZES_OF[:1])

    return draw


def anew(rng: np.random.Generator) -> Tables:
    """Norms of the average dealt out anew to numbers of samples, about those of single samples."""
    tables = drawn(1.0, 1.5)(rng)
    return dealt(tables, "gradient", ("mean_norm",), rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "median-beside-single": (
        Chance("the average has the norms of a sample", drawn(1.0, 1.0), (LARGER, SMALLER), SAME),
        Chance("the same, heavy tails", drawn(1.0, 2.5), (LARGER, SMALLER)),
        Chance("means dealt out anew", anew, (LARGER, SMALLER)),
        Chance("twice as large, heavy tails", drawn(2.0, 1.5), (SMALLER,), LARGER),
        Chance("half as large, heavy tails", drawn(0.5, 1.5), (LARGER,), SMALLER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"vanishing": LARGER}
