"""What the step `masking` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.masking import LENGTHS, MASKING, STEP_LENGTH
from explorer.measure.shares import wilson
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

MORE, SAME, FEWER = "clearly more images", "about as many images", "clearly fewer images"
EPS, SCALES, TESTED = (0.0, 0.1, 0.2), (1.0, 3.0, 10.0), 100
EMPTY: Tables = {"masking": MASKING.empty(), "step_length": STEP_LENGTH.empty()}


def rows(
    scale: float,
    dtype: str,
    zero: float,
    loss: float,
    margin: float,
    *,
    seed: int = 0,
    half: float = 0.05,
    whole: bool = True,
    rhat: float = 1.02,
) -> Columns:
    """One posterior in one precision: what either loss leaves at eps 0.1; the difference is known to `half`."""
    ends = {name: np.array([wilson(each, TESTED)] * 3) for name, each in (("ce", loss), ("margin", margin))}
    gap = loss - margin
    return MASKING.filled(
        prior_scale=scale,
        dtype=dtype,
        zero_share=zero,
        accuracy_ce=loss,
        accuracy_margin=margin,
        eps=np.array(EPS),
        seed=seed,
        zero_low=max(0.0, zero - 0.05),
        zero_high=min(1.0, zero + 0.05),
        lost_share=min(1.0, 2 * zero),
        low_ce=ends["ce"][:, 0],
        high_ce=ends["ce"][:, 1],
        low_margin=ends["margin"][:, 0],
        high_margin=ends["margin"][:, 1],
        more=gap,
        more_low=gap - half,
        more_high=gap + half,
        clean=0.85,
        samples=16,
        tested=TESTED,
        accept=0.9,
        rhat=rhat,
        chains=4,
        whole=whole,
    )


def steps(scale: float, best: float, last: float, seed: int = 0) -> Columns:
    """What steps of a quarter of eps leave, and those of twice eps with the last point kept."""
    parts = []
    for start in ("image", "random"):
        for kept, far in (("best", best + 0.02), ("last", last)):
            values = [best if length == 0.25 else far for length in LENGTHS]
            ends = np.array([wilson(value, TESTED) for value in values])
            parts.append(
                STEP_LENGTH.filled(
                    prior_scale=scale,
                    length=np.array(LENGTHS),
                    start=start,
                    kept=kept,
                    eps=0.1,
                    seed=seed,
                    accuracy=values,
                    low=ends[:, 0],
                    high=ends[:, 1],
                    samples=16,
                    steps=20,
                    tested=TESTED,
                )
            )
    return STEP_LENGTH.joined(parts)


def table(
    wide: tuple[float, float, float] = (0.4, 0.4, 0.02),
    narrow: tuple[float, float, float] = (0.0, 0.02, 0.02),
    double: tuple[float, float, float] = (0.0, 0.09, 0.02),
    lengths: tuple[float, float] = (0.4, 0.7),
    seeds: int = 1,
    **about: object,
) -> Tables:
    """Shares of zeros, and what cross-entropy and margin leave: of the widest prior and the narrowest in float32, and
    of the widest in float64; between them their mean."""
    found, swept = [], []
    middle = tuple((a + b) / 2 for a, b in zip(wide, narrow, strict=True))
    for seed in range(seeds):
        for scale, numbers in zip(SCALES, (narrow, middle, wide), strict=True):
            found.append(rows(scale, "float32", *numbers, seed=seed, **about))
            found.append(rows(scale, "float64", *(double if scale == 10 else narrow), seed=seed, **about))
            swept.append(steps(scale, *lengths, seed=seed))
    return {"masking": MASKING.joined(found), "step_length": STEP_LENGTH.joined(swept)}


MASKED = table()
PARTLY: Tables = {
    "masking": {name: values[:6] for name, values in MASKED["masking"].items()},
    "step_length": {name: values[:28] for name, values in MASKED["step_length"].items()},
}
LOOK: Tables = {**EMPTY, "masking": table(whole=False)["masking"]}
CHECKS: Mapping[str, Cases] = {
    "zeros-appear": Cases(
        holds=(MASKED, table((0.15, 0.2, 0.02)), table(seeds=3)),
        fails=(table((0.05, 0.4, 0.02)), table(narrow=(0.2, 0.2, 0.02))),
        open=(EMPTY, PARTLY, LOOK),
    ),
    "margin-finds-more": Cases(
        holds=(MASKED, table((0.1, 0.2, 0.05))),
        fails=(table((0.1, 0.05, 0.02)), table((0.1, 0.02, 0.3)), table((0.3, 0.3, 0.15), half=0.2)),
        open=(EMPTY, PARTLY, LOOK),
    ),
    "precision-helps": Cases(
        holds=(MASKED,),
        fails=(table(double=(0.3, 0.35, 0.02)), table(double=(0.3, 0.6, 0.02))),
        open=(EMPTY, PARTLY, LOOK),
    ),
    "corners-cost": Cases(
        holds=(MASKED,),
        fails=(table(lengths=(0.4, 0.42)), table(lengths=(0.4, 0.44))),
        open=(EMPTY, PARTLY, LOOK, table(lengths=(0.4, 0.5))),
    ),
}
CASES: Mapping[str, Asked] = {
    "wide-beside-narrow": Asked(
        {
            MORE: (MASKED, table((0.3, 0.3, 0.02)), table(seeds=3)),
            SAME: (table((0.0, 0.04, 0.02)), table((0.0, 0.02, 0.02), (0.0, 0.05, 0.02))),
            FEWER: (table((0.0, 0.02, 0.02), (0.0, 0.4, 0.4)), table((0.0, 0.1, 0.1), (0.0, 0.6, 0.6))),
        },
        (EMPTY, PARTLY, LOOK, table((0.0, 0.5, 0.02), (0.0, 0.4, 0.3))),
    )
}


def tested(narrow: float, wide: float) -> Draw:
    """Images that stay right by chance, each posterior on its own."""

    def draw(rng: np.random.Generator) -> Tables:
        before, after = (float(rng.binomial(TESTED, share) / TESTED) for share in (narrow, wide))
        return table((0.0, after, 0.02), (0.0, before, 0.02))

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "wide-beside-narrow": (
        Chance("3 % of the images stay right with either", tested(0.03, 0.03), (MORE, FEWER), SAME),
        Chance("half of them", tested(0.5, 0.5), (MORE, FEWER)),
        Chance("a fifth of them", tested(0.2, 0.2), (MORE, FEWER)),
        Chance("40 points more", tested(0.03, 0.43), right=MORE),
        Chance("40 points fewer", tested(0.6, 0.2), right=FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"masking": MORE}
