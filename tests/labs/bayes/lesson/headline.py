"""What the step `headline` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.bayes.tables_attack import EMPTY, TESTED, Case, run

FAR, SAME, MORE = "far fewer", "about as many", "more"
ONE: Case = ("one sample", "fgsm", "cross-entropy")
AVERAGE: Case = ("average", "fgsm", "expected")
RANDOM: Case = ("average", "random", "none")
MAP: Case = ("MAP", "fgsm", "cross-entropy")
FREE: Case = ("no decay", "fgsm", "cross-entropy")


def table(
    one: float,
    average: float,
    mode: float = 0.57,
    random: float = 0.96,
    clean: tuple[float, float] = (0.89, 0.98),
    seeds: int = 1,
    **about: object,
) -> Tables:
    """What stays right at eps 0.1 of one sample, the average, MAP, and of the average under random signs."""
    cases = {
        MAP: (0.97, mode, mode / 2),
        FREE: (0.97, 0.38, 0.1),
        ONE: (clean[0], one, one / 2),
        AVERAGE: (clean[1], average, average / 2),
        RANDOM: (clean[1], random, random - 0.05),
    }
    return run(cases, {AVERAGE: ONE}, seeds, **about)


PAPER = table(0.20, 0.65)
PARTLY: Tables = {"attack": {name: values[:6] for name, values in PAPER["attack"].items()}}
LOOK = table(0.20, 0.65, whole=False)
CHECKS: Mapping[str, Cases] = {
    "flips-fewer": Cases(
        holds=(PAPER, table(0.1, 0.5), table(0.2, 0.65, seeds=3)),
        fails=(table(0.5, 0.55), table(0.5, 0.3), table(0.3, 0.5)),
        open=(EMPTY, PARTLY, LOOK),
    ),
    "gradient-is-left": Cases(
        holds=(PAPER,),
        fails=(table(0.2, 0.95), table(0.2, 0.97, random=0.9)),
        open=(EMPTY, PARTLY, LOOK),
    ),
    "map-withstands": Cases(
        holds=(PAPER,),
        fails=(table(0.2, 0.65, mode=0.25), table(0.5, 0.65, mode=0.2)),
        open=(EMPTY, PARTLY, LOOK),
    ),
}
CASES: Mapping[str, Asked] = {
    "average-beside-one": Asked(
        {
            FAR: (PAPER, table(0.05, 0.5), table(0.2, 0.65, seeds=3)),
            SAME: (table(0.5, 0.5, clean=(0.95, 0.95)), table(0.5, 0.54, clean=(0.95, 0.98))),
            MORE: (table(0.6, 0.4, clean=(0.95, 0.95)), table(0.9, 0.1)),
        },
        (EMPTY, PARTLY, LOOK, table(0.4, 0.56, clean=(0.95, 0.95)), table(0.4, 0.7, clean=(0.95, 0.95))),
    )
}


def tested(one: float, average: float) -> Draw:
    """Images that stay right by chance, each model on its own."""

    def draw(rng: np.random.Generator) -> Tables:
        found = (float(rng.binomial(TESTED, share) / TESTED) for share in (one, average))
        return table(*found, clean=(0.95, 0.95))

    return draw


def swapped(rng: np.random.Generator) -> Tables:
    """The two shares of the paper's effect, dealt out anew with an error of the size that images make, then both."""
    share = float(rng.uniform(0.2, 0.8))
    return tested(share, share)(rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "average-beside-one": (
        Chance("half of the images stay right with either", tested(0.5, 0.5), (FAR, MORE), SAME),
        Chance("a fifth of them", tested(0.2, 0.2), (FAR, MORE), SAME),
        Chance("any share, the same for both", swapped, (FAR, MORE)),
        Chance("45 points apart", tested(0.2, 0.65), right=FAR),
        Chance("20 points the other way", tested(0.6, 0.4), right=MORE),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"headline": FAR}
