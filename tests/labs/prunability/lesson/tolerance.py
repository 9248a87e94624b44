"""What the step `tolerance` is tried on: sweeps whose tau goes from one value to another, and P drawn at random."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.tolerance import (
    ABSOLUTE,
    BETAS,
    CLOSER,
    RULES,
    SMALLEST,
    TOLERANCE,
    WAYS,
)
from explorer.labs.prunability.tolerance.captions import FALL, LARGE, RISE, SMALL, STAY
from explorer.measure.rank import difference, kendall
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

B = len(BETAS)
RESAMPLES = 200


def run(
    few: float = -0.2,
    many: float = 0.4,
    half: float = 0.1,
    *,
    ties: tuple[float, float] = (0.06, 0.9),
    n: int = 55,
    whole: bool = True,
    undefined: int = 2,
) -> Tables:
    """From a tolerance of .001 to one of 1 tau moves evenly; `ties` at the least, smallest first and at random."""
    betas = np.array(BETAS)
    tau = np.clip(few + (many - few) * (np.log10(betas) + 3) / 3, -1, 1)
    tau[B - undefined :] = np.nan
    parts = []
    for rule in RULES:
        for way, tied in zip(WAYS, ties, strict=True):
            parts.append(
                TOLERANCE.filled(
                    rule=np.full(B, rule),
                    beta=betas,
                    levels=CLOSER,
                    way=way,
                    target="test_loss",
                    n=n,
                    tau=tau,
                    low=tau - half if whole else np.nan,
                    high=tau + half if whole else np.nan,
                    ties=np.where(np.isfinite(tau), tied, 1.0),
                    tau_fixed_width=tau / 2,
                    fixed_low=tau / 2 - half,
                    fixed_high=tau / 2 + half,
                    median=np.linspace(0.9, 0.0, B),
                    distinct=20,
                    all_kept=0.1,
                    gain=tau - tau[0],
                    gain_low=tau - tau[0] - half if whole else np.nan,
                    gain_high=tau - tau[0] + half if whole else np.nan,
                    missed=9,
                    whole=whole,
                )
            )
    return {"tolerance": TOLERANCE.joined(parts)}


EMPTY: Tables = {"tolerance": TOLERANCE.empty()}
LEARNING: Tables = run(whole=False)
LOST: Tables = run(math.nan, math.nan, n=0, ties=(math.nan, math.nan), undefined=0)
FLAT_OUT: Tables = run(undefined=B)

CHECKS: Mapping[str, Cases] = {
    "random-ties": Cases(
        holds=(run(), run(ties=(0.2, 0.5))),
        fails=(run(ties=(0.06, 0.4)), run(ties=(0.3, 0.9))),
        open=(EMPTY, LEARNING, run(n=1)),
    )
}
CASES: Mapping[str, Asked] = {
    "with-tolerance": Asked(
        {
            RISE: (run(), run(0.0, 0.2)),
            FALL: (run(0.4, -0.2), run(0.2, 0.0)),
            STAY: (run(0.3, 0.3), run(0.3, 0.35)),
        },
        (EMPTY, LEARNING, LOST, FLAT_OUT, run(0.3, 0.3, 0.4)),
    )
}


def networks(few: float, many: float, n: int = 48) -> Draw:
    """P at the least tolerance and at 1 that is the target to so much, and noise to the rest."""

    def draw(rng: np.random.Generator) -> Tables:
        target = rng.normal(size=n)
        least, most = (part * target + math.sqrt(1 - part**2) * rng.normal(size=n) for part in (few, many))
        table = {name: values.copy() for name, values in run(0.0, 0.0)["tolerance"].items()}
        own = (table["way"] == SMALLEST) & (table["rule"] == ABSOLUTE)
        gain = difference(most, least, target, resamples=RESAMPLES)
        for beta, P in ((SMALL, least), (LARGE, most)):
            here = own & np.isclose(table["beta"], beta)
            table["tau"][here] = kendall(P, target, resamples=1).tau
        here = own & np.isclose(table["beta"], LARGE)
        for name, value in (("gain", gain.tau), ("gain_low", gain.interval[0]), ("gain_high", gain.interval[1])):
            table[name][here] = value
        return {"tolerance": table}

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "with-tolerance": (
        Chance("P knows nothing at either tolerance", networks(0, 0), (RISE, FALL)),
        Chance("P knows as much at both", networks(0.5, 0.5), (RISE, FALL)),
        Chance("P knows the target at the large one", networks(0, 0.9), right=RISE),
        Chance("P knows the target at the small one", networks(0.9, 0), right=FALL),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"tolerance": RISE}
