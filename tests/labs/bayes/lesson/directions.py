"""What the step `directions` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.directions import COLLAPSE, FULL, OFF, OTHER_HALF, RANDOM_OFF
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.bayes.tables_attack import EMPTY as NO_ATTACK
from tests.labs.bayes.tables_attack import TESTED, Case
from tests.labs.bayes.tables_attack import run as attacks

MORE, SAME, FEWER = "clearly more", "about as many", "clearly fewer"
POSTERIORS = ((1.0, 20), (0.5, 20), (2.0, 20), (1.0, 5), (1.0, 80))


def table(
    average: float,
    mode: float,
    one: float = 0.1,
    other: float | None = None,
    full: float = 0.3,
    seeds: int = 1,
    **about: object,
) -> Tables:
    """What stays right at the largest radius: of the average, MAP, one sample and the other half; and everywhere."""
    cases: dict[Case, tuple[float, ...]] = {}
    than: dict[Case, Case] = {}
    other = average if other is None else other
    for attack, shares in ((OFF, (average, mode, one, other)), (FULL, (full, 0.7, one / 2, other))):
        names = ("average", "MAP", "one sample", OTHER_HALF, "no decay", "ensemble")
        for name, share in zip(names, (*shares, 0.5, 0.6), strict=True):
            cases[name, attack, "cross-entropy"] = (0.97, (0.97 + share) / 2, share)
            if name != "MAP":
                than[name, attack, "cross-entropy"] = ("MAP", attack, "cross-entropy")
    cases["average", RANDOM_OFF, "none"] = (0.97, 0.96, 0.95)
    order = sorted(cases, key=lambda case: case[0] != "MAP")
    return attacks({case: cases[case] for case in order}, than, seeds, **about)


def collapsed(
    spread: float = 0.01, seeds: int = 1, several: tuple[tuple[float, int], ...] = POSTERIORS, **about: object
) -> Tables:
    """Posteriors whose curves lie so far apart at most."""
    reach = np.linspace(0, 1.34, 7)
    parts = []
    given = {"accept": 0.95, "rhat": 1.02, "chains": 8, "tested": 200, "n_defend": 100}
    for seed in range(seeds):
        for i, (scale, dims) in enumerate(several):
            lift = spread * i / max(1, len(several) - 1)
            accuracy, confidence = 0.95 - 0.03 * reach + lift / 2, 0.94 - 0.15 * reach + lift
            parts.append(
                COLLAPSE.filled(
                    scale=scale,
                    dims=dims,
                    eps=reach / scale / np.sqrt(dims),
                    reach=reach,
                    seed=seed,
                    accuracy=accuracy,
                    low=accuracy - 0.02,
                    high=accuracy + 0.02,
                    confidence=confidence,
                    predicted_accuracy=accuracy - lift / 2,
                    predicted_confidence=confidence - lift,
                    main=i == 0,
                    **given | about,
                )
            )
    return {"collapse": COLLAPSE.joined(parts)}


def run(average: float = 0.76, mode: float = 0.97, spread: float = 0.01, seeds: int = 1, **about: object) -> Tables:
    """A whole run."""
    return table(average, mode, seeds=seeds, **about) | collapsed(spread, seeds)  # type: ignore[arg-type]


EMPTY: Tables = NO_ATTACK | {"collapse": COLLAPSE.empty()}
LOOK: Tables = EMPTY | table(0.76, 0.97, whole=False)
FIRST: Tables = run() | collapsed(several=POSTERIORS[:1])
PARTLY: Tables = EMPTY | {"attack": {name: values[:6] for name, values in table(0.76, 0.97)["attack"].items()}}

CHECKS: Mapping[str, Cases] = {
    "one-falls": Cases(
        holds=(run(), run(0.45), run(0.97, seeds=3)),
        fails=(run(0.2), run(0.5, one=0.6), run(0.38)),
        open=(EMPTY, LOOK, PARTLY),
    ),
    "map-keeps": Cases(
        holds=(run(), run(0.97), run(0.98, 0.97)),
        fails=(run(0.97, 0.8), run(0.9, 0.5)),
        open=(EMPTY, LOOK, PARTLY, run(0.9, 0.86), run(0.97, 0.96, half=0.2)),
    ),
    "fresh-samples": Cases(
        holds=(run(), run(other=0.97), run(other=0.755)),
        fails=(run(other=0.7), run(other=0.2)),
        open=(EMPTY, LOOK, PARTLY),
    ),
    "all-directions": Cases(
        holds=(run(), run(full=0.05)),
        fails=(run(full=0.8), run(full=0.76)),
        open=(EMPTY, LOOK, PARTLY, run(full=0.73)),
    ),
    "curves-collapse": Cases(
        holds=(run(), run(spread=0.029), run(spread=0.0, seeds=2)),
        fails=(run(spread=0.031), run(spread=0.2)),
        open=(EMPTY, LOOK, FIRST),
    ),
}
CASES: Mapping[str, Asked] = {
    "map-beside-average": Asked(
        {
            MORE: (run(), run(0.9), run(0.76, seeds=3)),
            SAME: (run(0.97), run(0.95), run(0.95, 0.92)),
            FEWER: (run(0.97, 0.8), run(0.9, 0.5)),
        },
        (EMPTY, LOOK, PARTLY, run(0.93, 0.97, half=0.09), run(0.95, half=0.2)),
    )
}


def drawn(average: float, mode: float, spread: float = 0.0) -> Draw:
    """Shares of points that stay right by chance, each model on its own, and how far fits scatter besides."""

    def draw(rng: np.random.Generator) -> Tables:
        found = [rng.binomial(TESTED, share) / TESTED + spread * rng.normal() for share in (average, mode)]
        half = 1.96 * np.sqrt((average * (1 - average) + mode * (1 - mode)) / TESTED)
        return table(*(float(np.clip(share, 0, 1)) for share in found), half=float(half))

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "map-beside-average": (
        Chance("nineteen of twenty stay right with either", drawn(0.95, 0.95), (MORE, FEWER), SAME),
        Chance("half of them", drawn(0.5, 0.5), (MORE, FEWER)),
        Chance("half of them, fits scatter by a point", drawn(0.5, 0.5, 0.01), (MORE, FEWER)),
        Chance("20 points more with MAP", drawn(0.77, 0.97), (FEWER,), MORE),
        Chance("20 points more with the average", drawn(0.97, 0.77), (MORE,), FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"directions": MORE}
