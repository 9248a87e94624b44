"""What the step `samples` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.attack_table import ATTACK
from explorer.labs.bayes.samples import ALL, OTHERS, SAME
from explorer.measure.shares import wilson
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw
from tests.labs.bayes.tables_attack import EMPTY, EPS, TESTED

MORE, ABOUT, FEWER = "clearly more images", "about as many images", "clearly fewer images"
COUNTS, HALF = (1, 50, 100), (1, 50)


def table(
    one: float = 0.88,
    every: float = 0.71,
    others: float = 0.74,
    seeds: int = 1,
    half: float = 0.03,
    whole: bool = True,
    rhat: float = 1.02,
) -> Tables:
    """What stays right at eps 0.1 along one sample, along all, and along as many others as defend; differences are
    known to `half` either way."""
    parts = []
    for seed in range(seeds):
        for model, counts in ((SAME, COUNTS), (OTHERS, HALF)):
            for attack in counts:
                for defend in counts:
                    share = one if attack < defend else every
                    value = share + (others - every if model == OTHERS and attack == defend else 0)
                    more = value - every
                    ends = np.array([wilson(min(max(value, 0), 1), TESTED)] * len(EPS))
                    parts.append(
                        ATTACK.filled(
                            model=model,
                            attack="fgsm",
                            loss="expected",
                            eps=np.array(EPS),
                            n_attack=attack,
                            n_defend=defend,
                            seed=seed,
                            accuracy=[0.98, value, value / 2],
                            softmax_robustness=value,
                            low=ends[:, 0],
                            high=ends[:, 1],
                            clean=0.98,
                            networks=1,
                            tested=TESTED,
                            than=SAME if model == OTHERS else ALL,
                            more=more,
                            more_low=more - half,
                            more_high=more + half,
                            accept=0.9,
                            rhat=rhat,
                            chains=8,
                            whole=whole,
                        )
                    )
    return {"attack": ATTACK.joined(parts)}


DOSSIER = table()
LOOK = table(whole=False)
ALONE: Tables = {"attack": {name: values[: 9 * len(EPS)] for name, values in DOSSIER["attack"].items()}}
FIRST: Tables = {"attack": {name: values[: len(EPS)] for name, values in DOSSIER["attack"].items()}}
CHECKS: Mapping[str, Cases] = {
    "one-overstates": Cases(
        holds=(DOSSIER, table(0.85), table(seeds=3), ALONE),
        fails=(table(0.75), table(0.6), table(0.71)),
        open=(EMPTY, LOOK, FIRST, table(0.85, half=0.2)),
    ),
    "others-do-as-well": Cases(
        holds=(DOSSIER, table(others=0.71), table(others=0.6)),
        fails=(table(others=0.8), table(others=0.9)),
        open=(EMPTY, LOOK, FIRST, ALONE, table(others=0.76, half=0.09), table(others=0.74, half=0.09)),
    ),
}
CASES: Mapping[str, Asked] = {
    "one-beside-all": Asked(
        {
            MORE: (DOSSIER, table(0.8), table(seeds=3)),
            ABOUT: (table(0.71), table(0.74), table(0.68)),
            FEWER: (table(0.6), table(0.5)),
        },
        (EMPTY, LOOK, FIRST, table(0.77, half=0.09), table(0.71, half=0.12)),
    )
}


def tested(one: float, every: float) -> Draw:
    """Images that stay right by chance, under either attack on its own."""

    def draw(rng: np.random.Generator) -> Tables:
        found = [float(rng.binomial(TESTED, share) / TESTED) for share in (one, every)]
        half = float(1.96 * np.sqrt((one * (1 - one) + every * (1 - every)) / TESTED))
        return table(*found, half=half)

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "one-beside-all": (
        Chance("half of the images stay right under either attack", tested(0.5, 0.5), (MORE, FEWER)),
        Chance("a tenth of them", tested(0.05, 0.05), (MORE, FEWER), ABOUT),
        Chance("17 points more", tested(0.88, 0.71), right=MORE),
        Chance("20 points fewer", tested(0.5, 0.7), right=FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"samples": MORE}
