"""What the rule of universal-1 is tried on: tables as chance would give them, and such in which the claim is true."""

from collections.abc import Callable

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED
from explorer.labs.universal.capacity import CAPACITY
from tests.labs.universal.tables_capacity import SEEDS, WIDTHS, run
from tests.simulation import Draw, Simulation, holds, null

ROBUST = (0.6, 0.75, 0.82, 0.9, 0.95, 0.99)  # what is right under attack of the training images where the claim holds
FIT = (0.9, 0.98, 0.992, 0.998, 1.0, 1.0)
LEVEL = (0.6, 0.75, 0.9, 0.9, 0.9, 0.9)  # the rival: who fits, withstands as much as any other who does
GAINS = (0.6, 0.75, 0.9, 0.91, 0.92, 0.95)  # the most that is not much


def drawn(shares: tuple[float, ...], spread: float, deal: Callable | None = None, of: float = 500) -> Draw:
    """Shares of so many images, which networks have by chance, too; `deal` changes those of each trial."""

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        table = run(ROBUST)["capacity"]
        chance = np.clip(np.array(shares)[:, None] + spread * rng.normal(size=(trials, len(WIDTHS), SEEDS)), 0, 1)
        values = rng.binomial(int(of), chance) / of
        if deal:
            values = deal(rng, values)
        fit = np.repeat(FIT, SEEDS)
        assert set(table) == set(CAPACITY)
        return {"digits": {"capacity": {**table, "fit": fit, "robust_fit": values.reshape(trials, -1)}}}

    return draw


def dealt(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """The shares of each seed dealt out anew to its sizes."""
    return rng.permuted(values, axis=1)


def proportional(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """The rival: under attack a network keeps a share of what it has right without, whatever its size."""
    chance = np.clip(0.85 * np.array(FIT)[:, None] + 0.02 * rng.normal(size=values.shape), 0, 1)
    return rng.binomial(500, chance) / 500


SIMULATIONS: tuple[Simulation, ...] = (
    null("shares under attack dealt out anew to the sizes of each seed", drawn(ROBUST, 0.01, dealt)),
    null("who fits, withstands as much as any other, spread 2 points", drawn(LEVEL, 0.02)),
    null("under attack 85 % of what is right stays right, at any size", drawn(ROBUST, 0, proportional)),
    null("the largest fit 5 points more robustly, spread 1 point", drawn(GAINS, 0.01)),
    holds("17 points more with the most parameters, spread 2 points, 5 seeds", drawn(ROBUST, 0.02)),
    holds("no more with the most parameters, spread 1 point, 5 seeds", drawn(LEVEL, 0.01), NOT_SUPPORTED),
)
