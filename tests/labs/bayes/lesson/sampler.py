"""What the step of the panel `sampler` is tried on."""

import numpy as np

from explorer.frames import Tables
from explorer.labs.bayes.sampler import DIAGNOSTICS, ENERGY_ERROR, GROUPS_OF_DRAWS, SLOPES, STEPS, WALK
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw, dealt

LESS, ALIKE, MORE = "less", "as much", "more"
CHAINS = 4


def runs(
    relu: float,
    tanh: float = 3.0,
    spread: float = 0.1,
    *,
    rhat: float = 1.01,
    ess: float = 400.0,
    accept: float = 0.85,
    divergences: int = 0,
    chains: int = CHAINS,
    rng: np.random.Generator | None = None,
) -> Tables:
    """Slopes whose pseudo-values have this standard deviation, and chains that agree so well."""
    rng = rng or np.random.default_rng(0)
    slopes = []
    errors = []
    for family, slope, at in (("tanh", tanh, 100.0), ("rectified", relu, 10.0)):
        z = rng.normal(size=GROUPS_OF_DRAWS)
        slopes += [(family, i, slope + spread * value) for i, value in enumerate(z)]
        for size in STEPS:
            error = at * size**slope
            refused = min(error, 1.0)
            errors.append((family, size, error, 0.9 * error, 1.1 * error, 1 - refused, 0.5 * error, bool(error <= 0.1)))
    rows = [(i, accept, 0.1, rhat, ess / 4, divergences, 300, i, rhat, ess) for i in range(chains)]
    walk = [
        (i, step, rng.normal(), rng.normal(), 40 + rng.normal(), -0.2, accept, 0.1, 0.01, False)
        for step in range(95, 120)
        for i in range(chains)
    ]
    return {
        "diagnostics": DIAGNOSTICS.of(rows),
        "walk": WALK.of(walk),
        "energy_error": ENERGY_ERROR.of(errors),
        "slopes": SLOPES.of(slopes),
    }


def without(tables: Tables, *names: str) -> Tables:
    """The same tables, some of them empty."""
    return {name: {c: v[:0] for c, v in t.items()} if name in names else t for name, t in tables.items()}


EMPTY: Tables = {table.name: table.empty() for table in (DIAGNOSTICS, WALK, ENERGY_ERROR, SLOPES)}
WALKING = without(runs(2.0, rhat=np.nan, ess=np.nan, accept=np.nan), "energy_error", "slopes")
CHECKS = {
    "chains-agree": Cases(
        holds=(runs(2.0), runs(2.0, rhat=1.1), runs(2.0, divergences=1)),
        fails=(runs(2.0, rhat=1.101), runs(2.0, rhat=3.0)),
        open=(EMPTY, WALKING, runs(2.0, chains=1)),
    ),
    "third-order": Cases(
        holds=(runs(2.0), runs(2.0, 2.8, 0.05), runs(2.0, 3.2, 0.05)),
        fails=(runs(2.0, 2.5), runs(2.0, 3.5)),
        open=(EMPTY, WALKING, runs(2.0, 2.7), runs(2.0, 3.3), runs(2.0, 3.0, 2.0)),
    ),
    "accepted-as-aimed": Cases(
        holds=(runs(2.0), runs(2.0, accept=0.6), runs(2.0, accept=0.95)),
        fails=(runs(2.0, accept=0.59), runs(2.0, accept=0.96)),
        open=(EMPTY, WALKING),
    ),
}
CASES = {
    "error-with-half-the-step": Asked(
        {
            LESS: (runs(2.0), runs(2.6), runs(1.0, spread=1.0)),
            ALIKE: (runs(3.0), runs(2.9), runs(3.1)),
            MORE: (runs(4.0), runs(3.4)),
        },
        (EMPTY, WALKING, without(runs(2.0), "slopes"), runs(3.0, spread=1.0), runs(2.7, spread=0.6)),
    )
}


def drawn(relu: float, spread: float) -> Draw:
    return lambda rng: runs(relu, spread=spread, rng=rng)


def anew(rng: np.random.Generator) -> Tables:
    """Slopes dealt out anew to the two activations."""
    return dealt(runs(2.0, spread=0.1, rng=rng), "slopes", ("slope",), rng)


CHANCE = {
    "error-with-half-the-step": (
        Chance("one order for both, spread 0.1", drawn(3.0, 0.1), (LESS, MORE), ALIKE),
        Chance("one order for both, spread 0.5", drawn(3.0, 0.5), (LESS, MORE)),
        Chance("one order for both, spread 3", drawn(3.0, 3.0), (LESS, MORE)),
        Chance("slopes dealt out anew", anew, (LESS, MORE)),
        Chance("second order, spread 0.5", drawn(2.0, 0.5), (MORE,), LESS),
        Chance("fourth order, spread 0.5", drawn(4.0, 0.5), (LESS,), MORE),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"sampler": LESS}
