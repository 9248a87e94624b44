"""What the step `thresholds` is tried on."""

from collections.abc import Sequence

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.universal.thresholds import BUILT, THRESHOLDS, TRAINED
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

DS = (5, 10, 20, 40, 80)
LIKE_D, SLOWER, SAME = "grow like d", "grow, but slower than d", "stay about the same"


def trained(factors: Sequence[float], seed: int = 0, a_point: float = 1.5, ds: Sequence[int] = DS) -> Columns:
    """One network pair a dimension, with these factors between its thresholds, under both targets."""
    d = np.repeat(np.array(ds), 2)
    fit = np.full(len(d), 100 * a_point)
    return THRESHOLDS.filled(
        d=d,
        n=100,
        seed=seed,
        series=TRAINED,
        params_fit=fit,
        params_smooth=np.repeat(np.array(factors, float), 2) * fit,
        lip_target=[20.0 if i % 2 else 10.0 + i for i in range(len(d))],
        k_max=128,
    )


def built(factors: Sequence[float], ds: Sequence[int] = DS) -> Columns:
    fit = np.full(len(ds), 300.0)
    return THRESHOLDS.filled(
        d=ds,
        n=100,
        seed=0,
        series=BUILT,
        params_fit=fit,
        params_smooth=np.array(factors) * fit,
        lip_target=20.0,
        k_max=100,
    )


def table(*parts: Columns) -> Tables:
    return {"thresholds": THRESHOLDS.joined(parts)}


def like(power: float, spread: float, seeds: int = 3, seed: int = 0) -> Tables:
    """Factors that go like d to a power, scattered."""
    rng = np.random.default_rng(seed)
    every = [
        trained(2 * (np.array(DS) / 5) ** power * np.exp(spread * rng.normal(size=len(DS))), turn)
        for turn in range(seeds)
    ]
    return table(built((np.nan, np.nan, 5, 10, 20)), *every)


def draw(power: float, spread: float) -> Draw:
    return lambda rng: like(power, spread, seed=int(rng.integers(2**31)))


FLAT = table(built((5.0,) * 5), trained((2.0,) * 5))
CHECKS = {
    "fit-near-n": Cases(
        holds=(table(built((5.0,) * 5), trained((2.0,) * 5)),),
        fails=(
            table(built((5.0,) * 5), trained((2.0,) * 5, a_point=7)),
            table(built((5.0,) * 5), trained((2.0,) * 5, a_point=0.4)),
        ),
        open=(
            table(built((5.0,) * 5)),
            table(built((5.0,) * 5), trained((2.0,) * 4, ds=DS[:4])),
            table(built((5.0,) * 5), trained((np.nan,) * 5, a_point=np.nan)),
        ),
    ),
    "built-like-d": Cases(
        holds=(table(built((np.nan, np.nan, 5, 10, 20))), table(built((3, 4, 6, 7, 9)))),
        fails=(FLAT, table(built((5, 4, 3, 2, 1)))),
        open=(
            table(built((np.nan,) * 5)),
            table(built((np.nan,) * 4 + (5,))),
            table(built((np.nan, np.nan, np.nan, 5, 10))),
            table(built((3, 2, 3, 2, 4))),
        ),
    ),
}
CASES = {
    "factor-with-d": Asked(
        answers={
            LIKE_D: (like(1, 0.05),),
            SLOWER: (like(0.5, 0.05),),
            SAME: (like(0, 0.05),),
        },
        open=(table(built((5.0,) * 5)), like(0.1, 3.0), like(2, 0.05), like(-1, 0.05)),
    ),
}
CHANCE = {
    "factor-with-d": (
        Chance("no effect of d, spread 20 %", draw(0, 0.2), (LIKE_D, SLOWER)),
        Chance("no effect of d, spread 80 %", draw(0, 0.8), (LIKE_D, SLOWER)),
        Chance(
            "factors dealt out anew",
            lambda rng: dealt(like(1, 0.2), "thresholds", ("params_fit", "params_smooth"), rng),
            (LIKE_D, SLOWER),
        ),
        Chance("d^1, spread 20 %", draw(1, 0.2), right=LIKE_D),
        Chance("d^1/2, spread 30 %", draw(0.5, 0.3), right=SLOWER),
        Chance("no effect of d, spread 10 %", draw(0, 0.1), right=SAME),
    ),
}
SIZES: frozenset[str] = frozenset()
RUNS = {"thresholds": SLOWER}
