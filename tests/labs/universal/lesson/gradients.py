"""What the step `gradients` is tried on."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.gradients import GRADIENTS
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance

DS = (50, 100, 200, 400, 800)
SAME, SOME, GONE = "stay about the same", "fall, but not vanish", "all but vanish"


def table(mean: float = 1e-9, largest: float = 1.0, *, ds: Sequence[int] = DS, first: float = 0.1) -> Tables:
    """Two widths, whose mean and largest gradient go from 0.1 and 4 to these shares of them."""
    steps = np.linspace(0, 1, len(ds))
    rows = [GRADIENTS.filled(d=ds, n=100, k=k, mean=first * mean**steps, max=4.0 * largest**steps) for k in (100, 26)]
    return {"gradients": GRADIENTS.joined(rows)}


NOTHING = {"gradients": GRADIENTS.empty()}
CHECKS = {
    "largest-stays": Cases(
        holds=(table(), table(largest=3.0), table(largest=0.5)),
        fails=(table(largest=0.4),),
        open=(NOTHING, table(ds=DS[:3]), table(largest=np.nan)),
    ),
}
CASES = {
    "what-becomes-of-the-mean": Asked(
        answers={
            SAME: (table(1.0), table(0.71), table(2.0)),
            SOME: (table(0.69), table(0.0011)),
            GONE: (table(0.0009), table(1e-30)),
        },
        open=(NOTHING, table(ds=DS[:3]), table(first=0.0), table(np.nan)),
    ),
}
CHANCE: Mapping[str, tuple[Chance, ...]] = {}
SIZES = frozenset({"what-becomes-of-the-mean"})  # a size of a closed form, not a trend
RUNS = {"gradients": GONE}
