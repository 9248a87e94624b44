"""What the step `features` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.universal.features import FEATURES, RANDOM, SHARES, TANGENT
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance

ABOUT_SAME, SOME, MUCH = "about the same", "1.5 to 3 times as large", "more than 3 times as large"


def table(
    height: float = 20.0,
    *,
    at: float = 1.0,
    random: float = -0.1,
    tangent: float = -0.4,
    most: float = 16,
    wave: float = 0.02,
) -> Tables:
    """Norms with a peak of this height over that at 4 n, and steepness that goes like these powers beyond it."""
    shares = np.array([share for share in SHARES if share <= most])
    parts = []
    for kind, power in ((RANDOM, random), (TANGENT, tangent)):
        for seed in (0, 1, 2):
            bumpy = 1 + wave * np.where((np.arange(len(shares)) + seed) % 2, 1, -1)
            norm = np.where(shares == at, height, 1.0) * 10.0
            lip = shares**power * np.where(shares == at, height, 1.0) * bumpy
            parts.append(
                FEATURES.filled(
                    kind=kind, params=(100 * shares).astype(int), n=100, seed=seed, lip=lip, norm=norm, test_mse=norm
                )
            )
    return {"features": FEATURES.joined(parts)}


SHORT = table(most=1.0)
CHECKS = {
    "peak-at-n": Cases(
        holds=(table(), table(at=0.9), table(at=1.1)),
        fails=(table(at=0.4), table(at=2.0)),
        open=(SHORT, {"features": FEATURES.empty()}),
    ),
    "tangent-falls-faster": Cases(
        holds=(table(),),
        fails=(table(random=-0.4, tangent=-0.1),),
        open=(table(random=-0.2, tangent=-0.2), table(wave=0.9), SHORT),
    ),
}
CASES = {
    "height-at-n": Asked(
        answers={
            ABOUT_SAME: (table(1.0), table(1.5)),
            SOME: (table(1.51), table(3.0)),
            MUCH: (table(3.1), table(100.0)),
        },
        open=(SHORT, table(0.5), {"features": FEATURES.empty()}),
    ),
}
CHANCE: Mapping[str, tuple[Chance, ...]] = {}
SIZES = frozenset({"height-at-n"})  # a size, not a trend
RUNS = {"features": MUCH}
