"""What the rule of universal-2 is tried on: grids of widths as chance would give them, and such as the claim asks for.

Networks are simulated, not factors: the narrowest width that fits is a little more than n / (d + 2) neurons, scattered
by 0.08 (standard deviation of the logarithm, as measured for law-3), the narrowest that is smooth a multiple of that,
scattered by SPREAD, as measured here (n = 300); both are rounded up to the grid, and beyond it not reached.
"""

from collections.abc import Callable

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED
from explorer.labs.universal.thresholds import THRESHOLDS, TRAINED
from explorer.labs.universal.thresholds.verdict import DS, RUNS
from explorer.labs.universal.thresholds.verdict import WIDTHS as GRID
from tests.simulation import Draw, Simulation, holds, null

WIDTHS = np.array(GRID)
SPREAD = 0.22
N, SEEDS = 300, 3
D = np.repeat(DS, SEEDS)


def drawn(law: Callable[[np.ndarray], np.ndarray], *, deal: bool = False) -> Draw:
    """The factor follows a law in d; `deal`: factors are dealt out anew to all dimensions."""

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        assert {name: (run["n"], run["ds"], run["seeds"]) for name, run in RUNS.items()} == {"n = 300": (N, DS, SEEDS)}
        fit = 1.15 * N / (D + 2) * np.exp(0.08 * rng.standard_normal((trials, len(D))))
        times = law(D) * np.exp(SPREAD * rng.standard_normal((trials, len(D))))
        narrowest, smooth = up(fit), up(fit * np.maximum(rng.permuted(times, axis=1) if deal else times, 1))
        smooth[smooth == WIDTHS[-1]] = np.nan  # as smooth as itself is no plateau
        own = THRESHOLDS.filled(
            d=D, n=N, seed=np.tile(np.arange(SEEDS), len(DS)), series=TRAINED, lip_target=10.0, k_max=WIDTHS[-1]
        )
        found = {"params_fit": narrowest * (D + 2), "params_smooth": smooth * (D + 2)}
        return {"n = 300": {"thresholds": {**own, **found}}}

    return draw


def up(width: np.ndarray) -> np.ndarray:
    """The next width of the grid; NaN beyond it."""
    return np.append(WIDTHS.astype(float), np.nan)[np.searchsorted(WIDTHS, width)]


SIMULATIONS: tuple[Simulation, ...] = (
    null("a factor of 3 in every dimension", drawn(lambda d: np.full(len(d), 3.0))),
    null("a factor of 10, which the grid holds in large dimensions only", drawn(lambda d: np.full(len(d), 10.0))),
    null("like d, dealt out anew to the dimensions", drawn(lambda d: 1.3 * d / 5, deal=True)),
    null("like d^(1/2)", drawn(lambda d: 1.3 * np.sqrt(d / 5))),
    null("like log d", drawn(lambda d: np.log(d))),
    null("like d^0.7", drawn(lambda d: 1.3 * (d / 5) ** 0.7)),
    null("like d^1.3", drawn(lambda d: 0.7 * (d / 5) ** 1.3)),
    null("no width of the grid is smooth", drawn(lambda d: np.full(len(d), 1000.0))),
    holds("like d", drawn(lambda d: 1.3 * d / 5)),
    holds("a factor of 2 in every dimension", drawn(lambda d: np.full(len(d), 2.0)), NOT_SUPPORTED),
    holds("like d^(1/2)", drawn(lambda d: 1.3 * np.sqrt(d / 5)), NOT_SUPPORTED),
)
