"""What the step `rescaling` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.rescaling import FACTORS, RESCALING
from explorer.labs.prunability.rescaling.captions import BOTH, LOSS, NEITHER, P
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance


def run(
    moved: float = 0.5,
    change: float = 1e-7,
    layerwise: float = 0.0,
    *,
    nets: int = 3,
    factors: tuple[float, ...] = FACTORS,
    known: bool = True,
) -> Tables:
    """Networks whose P rises by so much from the first factor to the last; losses and P layer by layer too."""
    c, each = np.array(factors), np.linspace(0, 1, len(factors))
    parts = [
        RESCALING.filled(
            net=np.full(len(c), net),
            pair=np.full(len(c), pair),
            c=c,
            loss=0.02 + change * each if known else np.nan,
            change=10 * change * each,
            prunability=0.3 + moved * each if known else np.nan,
            prunability_layerwise=0.5 + layerwise * each,
            l2=20 * (c + 1 / c),
            grown=0.2 + 0.7 * each,
            shrunk=0.9 - 0.5 * each,
            fits=np.ones(len(c), bool),
        )
        for pair in (0, 1)
        for net in range(nets)
    ]
    return {"rescaling": RESCALING.joined(parts)}


EMPTY: Tables = {"rescaling": RESCALING.empty()}
LEARNING: Tables = run(factors=(1.0,))
LOST: Tables = run(known=False)

CHECKS: Mapping[str, Cases] = {
    "function-stays": Cases(
        holds=(run(), run(change=9e-6)), fails=(run(change=1.2e-5), run(change=1.0)), open=(EMPTY, LEARNING, LOST)
    ),
    "prunability-moves": Cases(
        holds=(run(), run(0.06), run(0.5, layerwise=0.02)),
        fails=(run(0.02), run(0.5, layerwise=0.1)),
        open=(EMPTY, LEARNING, LOST),
    ),
}
CASES: Mapping[str, Asked] = {
    "what-rescaling-changes": Asked(
        {
            P: (run(), run(0.06)),
            BOTH: (run(change=0.1),),
            LOSS: (run(0.0, change=0.1),),
            NEITHER: (run(0.0), run(0.02)),
        },
        (EMPTY, LEARNING, LOST),
    )
}
#: Nothing is drawn: of trained networks it is exact whether either moves.
CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "what-rescaling-changes": (
        Chance("P within a step of the grid", lambda rng: run(0.02 * rng.random()), (P, BOTH, LOSS), NEITHER),
        Chance("P moves by a tenth and more", lambda rng: run(0.1 + 0.5 * rng.random()), (BOTH, LOSS), P),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"rescaling": P}
