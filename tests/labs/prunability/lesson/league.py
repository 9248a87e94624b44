"""What the step `league` is tried on: rows as `measure.rank` makes them, of networks drawn at random."""

import math
from collections.abc import Mapping, Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.league import INFORMATION, LEAGUE, PRUNABILITY
from explorer.labs.prunability.league.captions import FLAT, FLATNESS, NEITHER, SHARE
from explorer.measure.rank import difference, kendall
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

RESAMPLES = 200


def row(
    measure: str, tau: float = 0.3, half: float = 0.1, target: str = "test_loss", **changes: object
) -> dict[str, object]:
    """A measure with an interval of so much to either side, and a difference to P that is as wide."""
    own: dict[str, object] = {
        "measure": measure,
        "target": target,
        "n": 60,
        "tau": tau,
        "low": tau - half,
        "high": tau + half,
        "psi": tau,
        "cmi": 0.05,
        "r2": 0.3,
        "r2_with": 0.35,
        "tau_fixed_width": tau / 2,
        "fixed_low": tau / 2 - half,
        "fixed_high": tau / 2 + half,
        "worst": 0.55,
        "average": 0.3,
        "percentile": 0.5,
        "ties": 0.01,
        "widths": 2,
        "undefined": 0.0,
        "given": "width",
        "environments": 6,
        "hardest": "dropout 0 or 0.2",
        "behind": "",
        "missed": 4,
        "whole": True,
    }
    return own | changes


def league(rows: Sequence[Mapping[str, object]]) -> Tables:
    return {"league": LEAGUE.joined([LEAGUE.filled(**each) for each in rows]), "information": INFORMATION.empty()}


def run(own: float = 0.1, flat: float = 0.5, half: float = 0.1, **changes: object) -> Tables:
    """P and flatness; the difference of both tau is known as well as each of them."""
    less = {"less": own - flat, "less_low": own - flat - half, "less_high": own - flat + half}
    first = PRUNABILITY if own > flat else FLATNESS
    rows = [row(PRUNABILITY, own, half, **changes), row(FLATNESS, flat, half, **changes, **less)]
    for each in rows:
        if each["measure"] == first:
            lead = abs(own - flat)
            each |= {"behind": FLATNESS if first == PRUNABILITY else PRUNABILITY, "lead": lead}
            each |= {"lead_low": lead - half, "lead_high": lead + half}
    return league(rows)


def drawn(columns: Mapping[str, np.ndarray], target: np.ndarray) -> Tables:
    """The rows of measured networks, as the panel makes them, with few resamples; each behind the one before it."""
    taus = {name: kendall(x, target, resamples=RESAMPLES) for name, x in columns.items()}
    order = sorted((name for name in taus if math.isfinite(taus[name].tau)), key=lambda name: -taus[name].tau)
    behind = dict.fromkeys(taus, "") | dict(zip(order, [*order[1:], ""], strict=True))
    rows = []
    for name, x in columns.items():
        tau, own = taus[name], columns[PRUNABILITY]
        less = difference(own, x, target, resamples=RESAMPLES) if name == FLATNESS else tau
        found = row(name, tau.tau, n=tau.n, low=tau.interval[0], high=tau.interval[1], behind=behind[name])
        found |= {"less": less.tau}
        found |= {"less_low": less.interval[0], "less_high": less.interval[1]}
        if order and name == order[0] and behind[name]:
            lead = difference(x, columns[behind[name]], target, resamples=RESAMPLES)
            found |= {"lead": lead.tau, "lead_low": lead.interval[0], "lead_high": lead.interval[1]}
        rows.append(found)
    return league(rows)


EMPTY: Tables = {"league": LEAGUE.empty(), "information": INFORMATION.empty()}
LEARNING: Tables = run(whole=False, behind="", worst=math.nan)
LOST: Tables = league([row(name, math.nan, math.nan, worst=math.nan) for name in (PRUNABILITY, FLATNESS)])
ALONE: Tables = league([row(PRUNABILITY, 0.5, math.nan, worst=math.nan, n=3)])

CHECKS: Mapping[str, Cases] = {
    "prunability-orders": Cases(
        holds=(run(0.5, 0.1), run(0.2)),
        fails=(run(0.1), run(-0.3)),
        open=(EMPTY, LEARNING, LOST, ALONE, run(0.1, half=0.4)),
    ),
    "first-is-wrong-somewhere": Cases(
        holds=(run(), run(worst=0.41)), fails=(run(worst=0.39),), open=(EMPTY, LEARNING, LOST, ALONE)
    ),
}
CASES: Mapping[str, Asked] = {
    "share-or-flatness": Asked(
        {
            SHARE: (run(0.5, 0.1), run(0.3, 0.1)),
            FLAT: (run(0.1, 0.5), run(0.1, 0.3)),
            NEITHER: (run(0.3, 0.3), run(0.3, 0.35)),
        },
        (EMPTY, LEARNING, LOST, ALONE, run(0.3, 0.3, half=0.3), run(0.1, 0.3, half=0.2)),
    )
}


def networks(share: float, flat: float, n: int = 48) -> Draw:
    """Measures that are the target to so much, and noise to the rest."""

    def draw(rng: np.random.Generator) -> Tables:
        target = rng.normal(size=n)

        def mixed(part: float) -> np.ndarray:
            return part * target + math.sqrt(1 - part**2) * rng.normal(size=n)

        return drawn({PRUNABILITY: np.round(mixed(share), 1), FLATNESS: mixed(flat)}, target)

    return draw


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "share-or-flatness": (
        Chance("neither knows of the target", networks(0, 0), (SHARE, FLAT)),
        Chance("both know as much", networks(0.6, 0.6), (SHARE, FLAT)),
        Chance("flatness knows it, P does not", networks(0, 0.9), right=FLAT),
        Chance("P knows it, flatness does not", networks(0.9, 0), right=SHARE),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"league": FLAT}
