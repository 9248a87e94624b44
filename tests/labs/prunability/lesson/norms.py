"""What the step `norms` is tried on."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.norms import MEASURES, NORMS
from explorer.labs.prunability.norms.captions import GROWS, SHRINKS, STAYS
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

LOSSES = np.array([2.5, 1.0, 0.09, 0.01, 0.001])


def run(
    grown: float = 1.3,
    *,
    spectral: float = 4.0,
    margin: float = 8.0,
    frobenius: float = 2.0,
    nets: int = 4,
    spread: float = 0.02,
    looks: int = 5,
    known: bool = True,
    rng: np.random.Generator | None = None,
) -> Tables:
    """Networks whose |w| grows by a factor since the loss is below 0.1, the product S^2 and the margin by theirs."""
    rng = rng or np.random.default_rng(0)
    parts = [NORMS.empty()]
    since = np.array([0, 0, 0, 0.5, 1])[:looks]
    for net in range(nets):
        own = {name: np.full(looks, 2.0) for name in MEASURES}
        own["l2"] = 10 * (grown * math.exp(spread * rng.normal())) ** since
        own["log_prod_of_spec"] = 3 + math.log(spectral) * since
        own["log_prod_of_spec_over_margin"] = own["log_prod_of_spec"] - math.log(margin) * since
        own["log_prod_of_fro"] = own["log_prod_of_spec"] + 2 * math.log(frobenius)
        parts.append(
            NORMS.filled(
                net=np.full(looks, net),
                epoch=np.arange(looks),
                step=12 * np.arange(looks),
                loss=LOSSES[:looks],
                error=np.zeros(looks),
                test_loss=LOSSES[:looks] + 0.1,
                test_error=np.full(looks, 0.05),
                gamma=np.ones(looks),
                fits=np.arange(looks) == 4,
                **(own if known else {name: np.full(looks, np.nan) for name in MEASURES}),
            )
        )
    return {"norms": NORMS.joined(parts)}


EMPTY: Tables = {"norms": NORMS.empty()}
LEARNING: Tables = run(looks=2)
LOST: Tables = run(known=False)

CHECKS: Mapping[str, Cases] = {
    "frobenius-is-larger": Cases(
        holds=(run(), run(frobenius=1.0), LEARNING), fails=(run(frobenius=0.9),), open=(EMPTY, LOST)
    ),
    "margins-outgrow-norms": Cases(
        holds=(run(), run(spectral=1.06)),
        fails=(run(spectral=1.04), run(margin=3.0), run(margin=4.1)),
        open=(EMPTY, LEARNING, LOST, run(looks=3)),
    ),
}
CASES: Mapping[str, Asked] = {
    "norm-once-learnt": Asked(
        {
            GROWS: (run(), run(1.05, spread=0.002)),
            SHRINKS: (run(0.8), run(0.95, spread=0.002)),
            STAYS: (run(1.0, spread=0.002), run(1.01, spread=0.002)),
        },
        (EMPTY, LEARNING, LOST, run(looks=3), run(nets=2), run(1.0, spread=0.1)),
    )
}


def scattered(grown: float, spread: float) -> Draw:
    """Networks whose |w| grows by factors that scatter."""
    return lambda rng: run(grown, spread=spread, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "norm-once-learnt": (
        Chance("it moves either way by chance", scattered(1.0, 0.1), (GROWS, SHRINKS)),
        Chance("it hardly moves", scattered(1.0, 0.005), (GROWS, SHRINKS), STAYS),
        Chance("it grows by a third", scattered(1.33, 0.05), right=GROWS),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"norms": GROWS}
