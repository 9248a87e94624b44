"""What the rules of the universal lab's claims are tried on."""

from collections.abc import Mapping

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED
from explorer.labs.universal import theorems
from explorer.labs.universal.generalisation import GENERALISATION, NETWORKS
from tests.labs.universal.simulations_capacity import SIMULATIONS as CAPACITY
from tests.labs.universal.simulations_thresholds import SIMULATIONS as THRESHOLDS
from tests.simulation import Draw, Simulation

FEW = 50  # trials of what breaks a theorem


def below(times: float) -> Draw:
    """Networks that are found to be this many times as steep as the bound, give or take a tenth."""
    n, d = theorems.SIZES["noise"]

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        k = np.array([64, 256] * 5)
        mse = np.geomspace(0.2, 1e-3, 10)
        bound = np.array([theorems.bound(n, d, int(width), 0.25 - error) for width, error in zip(k, mse, strict=True)])
        lower = times * bound * np.exp(0.1 * rng.standard_normal((trials, 10)))
        table = {"sigma": np.full(10, 0.5), "k": k, "seed": np.zeros(10, int), "step": np.arange(10), "mse": mse}
        return {"noise": {"noise": {**table, "lower": lower}}}

    return draw


def agreement(times: float) -> Draw:
    """Networks that agree with random signs by this share of the bound, give or take a tenth."""

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        table = GENERALISATION.filled(
            n=np.repeat([50, 200], 8),
            d=20,
            lip=1.0,
            seed=np.tile(np.arange(8), 2),
            bound=0.5,
            massart=2.0,
            name=NETWORKS,
        )
        estimate = 0.5 * times * np.exp(0.1 * rng.standard_normal((trials, 16)))
        return {"class": {"generalisation": {**table, "estimate": estimate}}}

    return draw


SIMULATIONS: Mapping[str, tuple[Simulation, ...]] = {
    "universal-1": CAPACITY,
    "universal-2": THRESHOLDS,
    "universal-3": (
        Simulation("steepness about the bound", below(1.0), (NOT_SUPPORTED,), at_least=0.8, trials=FEW),
        Simulation("twice as steep as the bound", below(2.0), (NOT_SUPPORTED,), at_most=0.05, trials=FEW),
    ),
    "universal-4": (
        Simulation("agreement about 1.1 times the bound", agreement(1.1), (NOT_SUPPORTED,), at_least=0.8, trials=FEW),
        Simulation("half of the bound", agreement(0.5), (NOT_SUPPORTED,), at_most=0.05, trials=FEW),
    ),
}
