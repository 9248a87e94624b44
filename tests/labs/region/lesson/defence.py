"""What the step `defence` is tried on: success that falls from one value to another while networks are trained on."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.region.defence import DYNAMIC, EXTRA, KINDS, ONE, STATIC, DefenceSettings
from explorer.labs.region.defence.captions import FEWER, MORE, SAME
from explorer.labs.region.kinds import FIRST
from explorer.labs.region.tables import DEFENCE, OVER_STEPS
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

SETTINGS = DefenceSettings.make()
LOOKS = SETTINGS.looks
ENDS: Mapping[str, tuple[float, float]] = {
    STATIC: (0.04, 0.35),
    DYNAMIC: (0.1, 0.16),
    ONE: (0.42, 0.48),
    EXTRA: (0.5, 0.5),
}


def learning(seeds: int = 3) -> Columns:
    """The first training."""
    parts = [
        DEFENCE.filled(
            model=FIRST,
            seed=np.arange(seeds),
            steps=steps,
            clean=right,
            attack="none",
            eps=0.0,
            access="white-box",
            accuracy=right,
            tested=597,
            subset=1200,
            over=OVER_STEPS,
        )
        for steps, right in ((0, 0.1), (360, 0.95), (720, 0.97))
    ]
    return DEFENCE.joined(parts)


def trained(
    kind: str,
    old: float,
    new: float,
    *,
    start: float = 0.47,
    half: float = 0.01,
    seeds: int = 3,
    looks: list[int] = LOOKS,
    rng: np.random.Generator | None = None,
) -> Columns:
    """One kind, from `start` to these values; networks scatter by `half`."""
    rng, parts = rng or np.random.default_rng(7), []
    apart, shift = half * rng.normal(size=(2, seeds))
    for step in looks:
        share = LOOKS.index(step) / (len(LOOKS) - 1)
        for attack, right in (("FGSM", 0.5), ("PGD", 0.4)):
            more = start + share * (new - start)
            parts.append(
                DEFENCE.filled(
                    model=kind,
                    seed=np.arange(seeds),
                    steps=step,
                    clean=0.97 - 0.01 * share,
                    old_success=np.clip(start + share * (old - start) + share * shift, 0, 1),
                    recomputed_success=np.clip(more + share * (shift + apart), 0, 1),
                    attack=attack,
                    eps=0.1,
                    access="white-box",
                    accuracy=right + 0.1 * share,
                    low=right - 0.05,
                    high=right + 0.2,
                    tested=300,
                    old_one=0.1,
                    recomputed_one=0.2,
                    old_others=0.1,
                    recomputed_others=0.2,
                    subset=1200,
                    alpha=0.5,
                    delta=0.2,
                    over=OVER_STEPS,
                )
            )
    return DEFENCE.joined(parts)


def run(
    static: tuple[float, float] = ENDS[STATIC], dynamic: tuple[float, float] = ENDS[DYNAMIC], **changes: object
) -> Tables:
    """A whole run."""
    ends = {**ENDS, STATIC: static, DYNAMIC: dynamic}
    seeds = int(changes.get("seeds", 3))  # type: ignore[call-overload]
    parts = [trained(kind, *ends[kind], **changes) for kind in KINDS]  # type: ignore[arg-type]
    return {"defence": DEFENCE.joined([learning(seeds), *parts])}


EMPTY: Tables = {"defence": DEFENCE.empty()}
LEARNING: Tables = {"defence": learning()}
BEGUN: Tables = {"defence": DEFENCE.joined([learning(), trained(STATIC, 0.04, 0.35, looks=LOOKS[:1])])}
HALF: Tables = {"defence": DEFENCE.joined([learning(), trained(STATIC, 0.04, 0.35, looks=LOOKS[:3])])}
LOST: Tables = run((math.nan, math.nan), (math.nan, math.nan), start=math.nan)
UNTOLD = (EMPTY, LEARNING, BEGUN, HALF, LOST, run(seeds=2), run(seeds=1))

CHECKS: Mapping[str, Cases] = {
    "old-turn-few": Cases(
        holds=(run(), run((0.06, 0.06))), fails=(run((0.2, 0.35)),), open=(*UNTOLD, run((0.1, 0.35), half=0.05))
    ),
    "moving-helps": Cases(
        holds=(run(),), fails=(run((0.04, 0.1), (0.1, 0.3)),), open=(*UNTOLD, run((0.04, 0.2), (0.04, 0.2)))
    ),
}
CASES: Mapping[str, Asked] = {
    "against-new": Asked(
        {
            MORE: (run(), run((0.1, 0.2))),
            SAME: (run((0.05, 0.06)), run((0.2, 0.17))),
            FEWER: (run((0.3, 0.15)),),
        },
        (*UNTOLD, run((0.1, 0.2), half=0.2), run((0.1, 0.17), half=0.06)),
    )
}


def drawn(old: float, new: float, half: float) -> Draw:
    """Networks at random about these ends."""
    ends = [LOOKS[0], LOOKS[-1]]
    return lambda rng: {"defence": trained(STATIC, old, new, half=half, looks=ends, rng=rng)}


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "against-new": (
        Chance("new ones do as much as old ones", drawn(0.2, 0.2, 0.05), (MORE, FEWER)),
        Chance("hardly more, and networks differ", drawn(0.2, 0.25, 0.03), (MORE, FEWER)),
        Chance("far more", drawn(0.1, 0.5, 0.04), right=MORE),
        Chance("far less", drawn(0.5, 0.1, 0.04), right=FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"defence": MORE}
