"""What the step `instrument` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_table import ATTACK
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.bayes.tables_attack import EMPTY, EPS, TESTED, Case, rows

MORE, SAME, LESS = "clearly more robust", "about as robust", "clearly less robust"
AVERAGE: Case = ("average", "fgsm", "expected")
MAP: Case = ("MAP", "fgsm", "cross-entropy")
FREE: Case = ("no decay", "fgsm", "cross-entropy")


def read(case: Case, right: float, once: float, twice: float, half: float, seed: int, **about: object) -> Columns:
    """A model: what is right at eps 0.1, and both readings there; of them half a fall further at 0.2."""
    table = rows(case, (0.98, right, right / 4), seed=seed, than="MAP", more=(0.0, 0.1, 0.1), **about)
    honest, double = np.array([1, once, once / 2]), np.array([1, twice, twice - 0.05])
    return table | {
        "softmax_robustness": honest,
        "softmax_low": honest - half,
        "softmax_high": np.minimum(honest + half, 1),
        "double_softmax": double,
        "double_low": double - half / 6,
        "double_high": np.minimum(double + half / 6, 1),
        "than": np.array(["MAP" if case == AVERAGE else ""] * len(EPS)),
    }


def table(
    average: tuple[float, float] = (0.68, 0.95),
    alone: float = 0.59,
    half: float = 0.02,
    seeds: int = 1,
    **about: object,
) -> Tables:
    """Readings of the average, once and twice, and of MAP once, known to `half` either way."""
    parts = []
    for seed in range(seeds):
        for case, right, once, twice in (
            (MAP, 0.57, alone, 0.935),
            (FREE, 0.38, alone - 0.2, 0.909),
            (AVERAGE, 0.71, *average),
        ):
            parts.append(read(case, right, once, twice, half, seed, **about))
    return {"attack": ATTACK.joined(parts)}


MEASURED = table()
LOOK = table(whole=False)
ALONE: Tables = {"attack": {name: values[:3] for name, values in MEASURED["attack"].items()}}
CHECKS: Mapping[str, Cases] = {
    "floor-holds": Cases(
        holds=(MEASURED, ALONE, table(seeds=3)),
        fails=(table((0.68, 0.88)), table((0.68, 0.5))),
        open=(EMPTY, LOOK),
    ),
    "twice-hides": Cases(
        holds=(MEASURED, table((0.1, 0.91))),
        fails=(table((0.9, 0.95)), table((0.68, 0.89))),
        open=(EMPTY, LOOK, ALONE),
    ),
    "lead-is-the-instrument": Cases(
        holds=(MEASURED, table((0.5, 0.95))),
        fails=(table((0.85, 0.95)), table((0.7, 0.72), 0.4), table((0.64, 0.95), half=0.3, alone=0.1)),
        open=(EMPTY, LOOK, ALONE, table((0.68, 0.9), 0.95)),
    ),
}
CASES: Mapping[str, Asked] = {
    "average-beside-map-once": Asked(
        {
            MORE: (MEASURED, table((0.8, 0.97)), table(seeds=3)),
            SAME: (table((0.6, 0.94)), table((0.57, 0.93))),
            LESS: (table((0.4, 0.9)), table((0.3, 0.9), 0.6)),
        },
        (EMPTY, LOOK, ALONE, table((0.66, 0.95), half=0.05), table((0.6, 0.94), half=0.09)),
    )
}


def tested(average: float, alone: float, spread: float) -> Draw:
    """Means over images of readings that scatter, each model on its own."""

    def draw(rng: np.random.Generator) -> Tables:
        error = spread / TESTED**0.5
        found = [value + error * rng.normal() for value in (average, alone)]
        return table((found[0], 0.95), found[1], half=1.96 * error)

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "average-beside-map-once": (
        Chance("both read 0.6", tested(0.6, 0.6, 0.3), (MORE, LESS), SAME),
        Chance("both read 0.3, and images scatter more", tested(0.3, 0.3, 0.45), (MORE, LESS)),
        Chance("0.15 more", tested(0.7, 0.55, 0.3), right=MORE),
        Chance("0.15 less", tested(0.5, 0.65, 0.3), right=LESS),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"instrument": MORE}
