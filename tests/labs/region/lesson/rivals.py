"""What the step `rivals` is tried on: accuracies that fall with the radius, each model at a slope of its own."""

import math
from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.region.kinds import EXTRA, FGSM_AT, FIRST, PGD_AT, STATIC, UNIVERSAL_AT
from explorer.labs.region.rivals import ATTACKS, BASE, FGSM, KINDS, PGD, RivalsSettings
from explorer.labs.region.rivals.captions import FEWER, MORE, SAME
from explorer.labs.region.tables import DEFENCE, OVER_RADII, TRANSFER, WHITE_BOX
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

SETTINGS = RivalsSettings.make()
OWN: Mapping[str, float] = {BASE: 0.4, EXTRA: 0.36, STATIC: 0.5, FGSM_AT: 0.72, UNIVERSAL_AT: 0.54, PGD_AT: 0.75}
OTHER: Mapping[str, float] = {BASE: 0.4, EXTRA: 0.38, STATIC: 0.76, FGSM_AT: 0.84, UNIVERSAL_AT: 0.6, PGD_AT: 0.83}


def curves(
    model: str,
    access: str,
    at: float,
    *,
    half: float = 0.01,
    seeds: int = 3,
    attacks: tuple[str, ...] = ATTACKS,
    rng: np.random.Generator | None = None,
) -> Columns:
    """A share `at` at the radius .1, nearly all at 0, next to none from .3 on."""
    rng, parts = rng or np.random.default_rng(100 * len(access) + len(model)), []
    for seed in range(seeds):
        own = at + half * rng.normal()
        for attack in attacks:
            radii = np.array(SETTINGS.radii) * SETTINGS.length(attack)
            right = np.clip(np.interp(SETTINGS.radii, [0, 0.1, 0.3], [0.97, own, 0]), 0, 1)
            parts.append(
                DEFENCE.filled(
                    model=model,
                    seed=seed,
                    steps=0 if model in (BASE, FIRST) else 480,
                    clean=0.97,
                    old_success=0.1,
                    recomputed_success=0.3,
                    attack=attack,
                    eps=radii,
                    access=access,
                    accuracy=right,
                    low=np.clip(right - 0.05, 0, 1),
                    high=np.clip(right + 0.05, 0, 1),
                    tested=200,
                    subset=1200,
                    alpha=0.5,
                    delta=0.2,
                    over=OVER_RADII,
                )
            )
    return DEFENCE.joined(parts)


def run(
    own: Mapping[str, float] | None = None,
    other: Mapping[str, float] | None = None,
    models: tuple[str, ...] = (BASE, *KINDS),
    **changes: object,
) -> Tables:
    """A run of these models."""
    parts = []
    for access, shares in ((WHITE_BOX, {**OWN, **(own or {})}), (TRANSFER, {**OTHER, **(other or {})})):
        parts += [curves(model, access, shares[model], **changes) for model in models]  # type: ignore[arg-type]
    return {"defence": DEFENCE.joined(parts)}


EMPTY: Tables = {"defence": DEFENCE.empty()}
LEARNING: Tables = {"defence": curves(FIRST, WHITE_BOX, 0.4, attacks=(FGSM,))}
BEGUN: Tables = run(models=(BASE,))
HALF: Tables = run(models=(BASE, EXTRA))
LOST: Tables = run(dict.fromkeys(OWN, math.nan), dict.fromkeys(OWN, math.nan))
UNTOLD = (EMPTY, LEARNING, BEGUN, HALF, LOST, run(seeds=2), run(seeds=1))

CHECKS: Mapping[str, Cases] = {
    "each-image-counts": Cases(
        holds=(run(),), fails=(run({PGD_AT: 0.3}),), open=(*UNTOLD, run({PGD_AT: 0.51}, half=0.1))
    ),
    "better-than-nothing": Cases(
        holds=(run(),), fails=(run({STATIC: 0.2}),), open=(*UNTOLD, run({STATIC: 0.37}, half=0.1))
    ),
}
CASES: Mapping[str, Asked] = {
    "made-for-another": Asked(
        {
            MORE: (run(), run(other={STATIC: 0.62})),
            SAME: (run(other={STATIC: 0.51}), run(other={STATIC: 0.49})),
            FEWER: (run(other={STATIC: 0.3}),),
        },
        (*UNTOLD, run(half=0.3), run(other={STATIC: 0.57}, half=0.03)),
    )
}


def drawn(own: float, other: float, half: float) -> Draw:
    """Networks at random about these shares."""
    return lambda rng: run({STATIC: own}, {STATIC: other}, models=(STATIC,), half=half, rng=rng, attacks=(PGD,))


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "made-for-another": (
        Chance("as many of both", drawn(0.5, 0.5, 0.03), (MORE, FEWER)),
        Chance("a little more, and networks differ", drawn(0.5, 0.55, 0.03), (MORE, FEWER)),
        Chance("far more", drawn(0.4, 0.8, 0.03), right=MORE),
        Chance("far fewer", drawn(0.8, 0.4, 0.03), right=FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"rivals": MORE}
