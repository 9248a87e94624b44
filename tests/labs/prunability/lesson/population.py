"""What the step `population` is tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.frames import Tables
from explorer.labs.prunability.levels import LEVELS
from explorer.labs.prunability.measures import MEASURES, POPULATION
from explorer.labs.prunability.population import PRUNED
from explorer.labs.prunability.population.captions import LARGER, NEITHER, SMALLER
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

NETS = 48


def run(
    *,
    follows: float = 0.0,
    size: float = 2.0,
    width: float = -3.0,
    alike: float = 3.0,
    nets: int = NETS,
    fits: int | None = None,
    whole: bool = True,
    noise: float = 1.0,
    seed: int = 0,
    rng: np.random.Generator | None = None,
) -> Tables:
    """A whole run: a test loss that is noise, and depends on P (`follows`), on depth (`size`) and on width (`width`).

    Random prunability is `alike` times the relative flatness, and noise.
    """
    rng = rng or np.random.default_rng(seed)
    net = np.arange(nets)
    wide, deep = net % 2, net // 2 % 2
    P, flat = (rng.normal(size=nets) for _ in range(2))
    loss = noise * rng.normal(size=nets) + follows * P + size * deep + width * wide
    loss = 0.3 * np.exp(0.1 * loss)
    learned = net < (nets if fits is None else fits)
    measured = {name: np.exp(0.1 * rng.normal(size=nets)) for name in MEASURES}
    measured |= {
        "prunability_magnitude": 0.3 * np.exp(0.1 * P),
        "prunability_random": 0.9 + 0.01 * (alike * flat + rng.normal(size=nets)),
        "flatness_relative": np.exp(0.3 * flat),
        "params": 1000.0 + 4000 * wide + 500 * deep,
        "train_loss": 0.03 + 0.001 * rng.random(nets),
        "steps": 100.0 + net,
    }
    if not whole:
        for name in ("prunability_random", "flatness", "flatness_relative", "sharpness"):
            measured[name] = np.full(nets, np.nan)
    table = POPULATION.filled(
        net=net,
        seed=0,
        width=np.where(wide, 64, 16),
        depth=1 + deep,
        lr=np.where(net // 4 % 2, 0.08, 0.03),
        batch=np.where(net // 8 % 2, 64, 16),
        dropout=0.2 * (net // 16 % 2),
        weight_decay=3e-4 * (net // 32 % 2),
        **measured,
        test_loss=loss,
        test_error=loss / 4,
        gap=loss - 0.03,
        train_error=0.0,
        error_gap=loss / 4,
        fits=learned,
        whole=whole,
        n=400,
        tested=1000,
    )
    levels = np.tile(LEVELS, nets)
    curves = PRUNED.filled(
        net=np.repeat(net, len(LEVELS)),
        kept=levels,
        smallest=0.03 + 2 * (1 - levels) ** 4,
        random=0.03 + 2 * (1 - levels) if whole else np.nan,
    )
    return {"population": table, "pruned": curves}


EMPTY: Tables = {table.name: table.empty() for table in (POPULATION, PRUNED)}
EARLY = run(whole=False)
FEW = run(nets=12, follows=3.0)
MISSED = run(fits=4)
LOST: Tables = run() | {"population": run()["population"] | {"test_loss": np.full(NETS, np.nan)}}
UNTOLD = (EMPTY, EARLY, FEW, MISSED)
OPEN = (*UNTOLD, LOST)

CHECKS: Mapping[str, Cases] = {
    "size-within-width": Cases(
        holds=(run(size=4, width=-8), run(size=3, width=-6)),
        fails=(run(size=0, width=3), run(size=-2, width=3)),
        open=(*OPEN, run(size=0.4, width=-0.5, seed=2)),
    ),
    "random-is-flatness": Cases(
        holds=(run(alike=6), run(alike=4)),
        fails=(run(alike=0), run(alike=-4)),
        open=(*UNTOLD, run(alike=1.2)),
    ),
}
CASES: Mapping[str, Asked] = {
    "prunability-ranks": Asked(
        {
            LARGER: (run(follows=8), run(follows=3, size=0, width=0)),
            SMALLER: (run(follows=-8), run(follows=-3, size=0, width=0)),
            NEITHER: (run(nets=96, seed=1), run(nets=200)),
        },
        (*OPEN, run(follows=0.2, size=0, width=0)),
    )
}


def followed(follows: float, nets: int = 40) -> Draw:
    """Test losses that follow P, or do not."""
    return lambda rng: run(follows=follows, size=0.5, width=-0.5, nets=nets, rng=rng)


CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "prunability-ranks": (
        Chance("the test loss does not depend on P", followed(0), (LARGER, SMALLER)),
        Chance("neither, and many networks", followed(0, 70), (LARGER, SMALLER), NEITHER),
        Chance("it grows with P", followed(2), (SMALLER,), LARGER),
        Chance("it falls with P", followed(-2), (LARGER,), SMALLER),
    )
}
SIZES: frozenset[str] = frozenset()
RUNS = {"population": NEITHER}
