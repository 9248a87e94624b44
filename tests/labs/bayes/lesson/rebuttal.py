"""What the step `rebuttal` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.bayes.tables_attack import EMPTY, TESTED, Case, run

MORE, SAME, FEWER = "clearly more images", "about as many images", "clearly fewer images"
LOSSES = {"fgsm": ("cross-entropy", "expected"), "pgd": ("cross-entropy",) * 2, "margin": ("margin",) * 2}


def table(
    weak: tuple[float, float],
    strong: tuple[float, float],
    free: float = 0.27,
    seeds: int = 1,
    **about: object,
) -> Tables:
    """What stays right at eps 0.1 of the average and MAP, under FGSM and PGD, and of networks without a prior."""
    cases: dict[Case, tuple[float, ...]] = {}
    than: dict[Case, Case] = {}
    for kind, (average, mode) in (("fgsm", weak), ("pgd", strong), ("margin", strong)):
        own, common = LOSSES[kind]
        attack = "fgsm" if kind == "fgsm" else "pgd"
        first: Case = ("MAP", attack, own)
        cases[first] = (0.976, mode, mode / 4)
        for model, loss, share in (
            ("no decay", own, free),
            ("ensemble", common, free + 0.1),
            ("average", common, average),
        ):
            cases[(model, attack, loss)] = (0.978, share, share / 4)
            than[(model, attack, loss)] = first
    return run(cases, than, seeds, **about)


DOSSIER = table((0.65, 0.57), (0.50, 0.53))
PARTLY: Tables = {"attack": {name: values[:9] for name, values in DOSSIER["attack"].items()}}
LOOK = table((0.65, 0.57), (0.50, 0.53), whole=False)
CHECKS: Mapping[str, Cases] = {
    "ahead-under-fgsm": Cases(
        holds=(DOSSIER, table((0.65, 0.5), (0.5, 0.5), seeds=3)),
        fails=(table((0.6, 0.57), (0.5, 0.53)), table((0.5, 0.6), (0.5, 0.53))),
        open=(EMPTY, PARTLY, LOOK),
    ),
    "lead-shrinks": Cases(
        holds=(DOSSIER, table((0.7, 0.57), (0.55, 0.53)), table((0.65, 0.57), (0.3, 0.53))),
        fails=(
            table((0.65, 0.57), (0.61, 0.53)),  # all of it is left
            table((0.65, 0.57), (0.57, 0.53)),  # half of it, but both intervals hold that much
            table((0.85, 0.57), (0.73, 0.53), half=0.01),  # apart, but more than half
        ),
        open=(EMPTY, PARTLY, LOOK, table((0.57, 0.57), (0.3, 0.53))),
    ),
    "prior-protects": Cases(
        holds=(DOSSIER,),
        fails=(table((0.65, 0.57), (0.5, 0.53), free=0.52), table((0.65, 0.57), (0.5, 0.53), free=0.7)),
        open=(EMPTY, {"attack": {name: values[:3] for name, values in DOSSIER["attack"].items()}}, LOOK),
    ),
}
CASES: Mapping[str, Asked] = {
    "average-beside-map": Asked(
        {
            MORE: (table((0.65, 0.57), (0.65, 0.53)), table((0.65, 0.57), (0.9, 0.5))),
            SAME: (DOSSIER, table((0.65, 0.57), (0.5, 0.5)), table((0.65, 0.57), (0.55, 0.5))),
            FEWER: (table((0.65, 0.57), (0.33, 0.54)), table((0.65, 0.57), (0.4, 0.5))),
        },
        (EMPTY, PARTLY, LOOK, table((0.65, 0.57), (0.6, 0.53), half=0.09), table((0.65, 0.57), (0.5, 0.5), half=0.15)),
    )
}


def tested(average: float, mode: float, spread: float) -> Draw:
    """Shares of images that stay right by chance, each model on its own, and how far networks scatter besides."""

    def draw(rng: np.random.Generator) -> Tables:
        found = (rng.binomial(TESTED, share) / TESTED for share in (average, mode))
        strong = np.clip([share + spread * rng.normal() for share in found], 0, 1)
        half = 1.96 * np.sqrt((average * (1 - average) + mode * (1 - mode)) / TESTED)
        return table((0.65, 0.57), (float(strong[0]), float(strong[1])), half=float(half))

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "average-beside-map": (
        Chance("half of the images stay right with either", tested(0.5, 0.5, 0), (MORE, FEWER)),
        Chance("a tenth of them", tested(0.1, 0.1, 0), (MORE, FEWER), SAME),
        Chance("half of them, networks scatter by a point", tested(0.5, 0.5, 0.01), (MORE, FEWER)),
        Chance("20 points more", tested(0.7, 0.5, 0), right=MORE),
        Chance("20 points fewer", tested(0.34, 0.54, 0), right=FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"rebuttal": MORE}
