"""What the step `cloud` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.cloud import CLOUD, ENSEMBLE, FREE, HMC, MAP, METHODS, VI
from explorer.labs.bayes.cloud.captions import ALIKE, FEWER, MORE
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt


def run(
    ahead: float = -0.1,
    prior: float = 0.2,
    pays: float = 0.08,
    rho: float = 0.9,
    spread: float = 0.02,
    draws: int = 12,
    rng: np.random.Generator | None = None,
    **about: float,
) -> Tables:
    """A run. HMC is `ahead` of MAP under attack, MAP by `prior` of what has none, VI `pays` in accuracy beside HMC."""
    rng = rng or np.random.default_rng(2)
    found = []
    for draw in range(draws):
        robust = {FREE: 0.5 - prior, ENSEMBLE: 0.35, MAP: 0.5, VI: 0.4, HMC: 0.5 + ahead}
        z = rng.normal()
        for method in METHODS:
            accuracy = 0.9 - (pays if method == VI else 0) + 0.02 * z + 0.2 * spread * rng.normal()
            soft = 0.6 + 0.1 * (rho * z + np.sqrt(1 - rho**2) * rng.normal())
            share = float(np.clip(robust[method] + spread * rng.normal(), 0, 1))
            found.append(
                CLOUD.filled(
                    method=method,
                    seed=0,
                    accuracy=accuracy,
                    robust=share,
                    softmax_robustness=soft,
                    eps=0.1,
                    draw=draw,
                    k=16,
                    scale=np.nan if method in (FREE, ENSEMBLE) else 0.5,
                    lr=0.01,
                    steps=200,
                    networks=1 if method in (FREE, MAP) else 12,
                    low=max(share - 0.05, 0),
                    high=min(share + 0.05, 1),
                    tested=297,
                    accept=0.92 if method == HMC else np.nan,
                    rhat=about.get("rhat", 1.05) if method == HMC else np.nan,
                    chains=3 if method == HMC else 0,
                )
            )
    return {"cloud": CLOUD.joined(found)}


EMPTY: Tables = {"cloud": CLOUD.empty()}
FIRST: Tables = {"cloud": {c: v[:1] for c, v in run()["cloud"].items()}}
LOST: Tables = {"cloud": {c: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for c, v in run()["cloud"].items()}}
UNKNOWN = (EMPTY, FIRST, LOST, run(draws=4))

CHECKS: Mapping[str, Cases] = {
    "accurate-is-robust": Cases(
        holds=(run(), run(draws=30, rho=0.95)), fails=(run(rho=-0.9),), open=(*UNKNOWN, run(rho=0.3, draws=12))
    ),
    "cloud-prior-helps": Cases(
        holds=(run(), run(prior=0.05)), fails=(run(prior=-0.1),), open=(*UNKNOWN, run(prior=0.1, spread=0.8))
    ),
    "vi-pays": Cases(holds=(run(),), fails=(run(pays=-0.05),), open=(*UNKNOWN, run(pays=0.05, spread=0.3))),
}
CASES: Mapping[str, Asked] = {
    "cloud-average-beside-map": Asked(
        {
            FEWER: (run(), run(ahead=-0.06)),
            MORE: (run(ahead=0.1),),
            ALIKE: (run(ahead=0.0),),
        },
        (*UNKNOWN, run(ahead=0.03, spread=0.1)),
    )
}


def drawn(ahead: float, spread: float) -> Draw:
    return lambda rng: run(ahead, spread=spread, rng=rng)


def anew(rng: np.random.Generator) -> Tables:
    """Robustness dealt out anew to methods and draws."""
    return dealt(run(rng=rng), "cloud", ("robust", "softmax_robustness"), rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "cloud-average-beside-map": (
        Chance("no difference, spread 0.02", drawn(0.0, 0.02), (MORE, FEWER), ALIKE),
        Chance("no difference, spread 0.15", drawn(0.0, 0.15), (MORE, FEWER)),
        Chance("dealt out anew", anew, (MORE, FEWER)),
        Chance("as measured, spread 0.08", drawn(-0.12, 0.08), (MORE, ALIKE), FEWER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"cloud": FEWER}
