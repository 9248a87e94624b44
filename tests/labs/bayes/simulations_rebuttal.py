"""What the rule of bayes-3 is tried on: accuracies under attack as chance would give them, image by image."""

from collections.abc import Callable

import numpy as np

from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, MAP
from explorer.labs.bayes.rebuttal.verdict import EPS, FEWEST, HMC, STRONGEST, VI
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, UNDECIDED
from explorer.measure.shares import wilson
from tests.simulation import Draw, Simulation, holds, null

TESTED = 297
SPREAD = 0.01  # of the share that is right, from seed to seed
Shares = tuple[float, float, float, float]  # right without an attack; of these under FGSM, PGD, PGD on the margin
BOTH: dict[str, Shares] = {
    f"{method}, {data}": (0.98, 0.99, 0.985, 0.985) for method in (HMC, VI) for data in ("a", "b")
}
WILSON = np.array([wilson(hits / TESTED, TESTED) for hits in range(TESTED + 1)])
Deal = Callable[[np.random.Generator, np.ndarray], np.ndarray]


def drawn(runs: dict[str, Shares], *, spread: float = SPREAD, deal: Deal | None = None) -> Draw:
    """Each image is right by chance, the same for all seeds but for `spread`; `deal` changes the counts of right ones.

    Counts have axes of trials, cases (without an attack, and the attacks) and seeds.
    """

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        return {name: {"attack": _table(rng, trials, shares)} for name, shares in runs.items()}

    def _table(rng: np.random.Generator, trials: int, shares: Shares) -> dict[str, np.ndarray]:
        chance = np.array([1.0, *shares[1:]]) * shares[0]
        common = rng.binomial(TESTED, chance, (trials, 4)) / TESTED  # the images are those of all seeds
        apart = spread * rng.normal(size=(trials, 4, FEWEST))
        counts = np.rint(TESTED * np.clip(common[..., None] + apart, 0, 1)).astype(int)
        counts = deal(rng, counts) if deal else counts
        clean, attacked = np.repeat(counts[:, :1], 3, axis=1), counts[:, 1:]
        right = np.stack([clean, attacked], 2)  # (trials, attacks, radii, seeds)
        ends = WILSON[right].reshape(trials, -1, 2)
        attack, eps, seed = (
            each.ravel() for each in np.meshgrid(np.arange(3), [0.0, EPS], np.arange(FEWEST), indexing="ij")
        )
        table = ATTACK.filled(
            model=AVERAGE,
            attack=np.array([case[0] for case in STRONGEST])[attack],
            loss=np.array([case[1] for case in STRONGEST])[attack],
            eps=eps,
            n_attack=100,
            n_defend=100,
            seed=seed,
            networks=1,
            tested=TESTED,
            than=MAP,
            chains=8,
            whole=True,
        )
        return table | {"accuracy": right.reshape(trials, -1) / TESTED, "low": ends[..., 0], "high": ends[..., 1]}

    return draw


def dealt(rng: np.random.Generator, counts: np.ndarray) -> np.ndarray:
    """What is right of each seed dealt out anew to the attacks, and to none."""
    return rng.permuted(counts, axis=1)


def all_like(*shares: float) -> dict[str, Shares]:
    return dict.fromkeys(BOTH, shares)


HERE: dict[str, Shares] = {f"{HMC}, digits": (0.98, 0.72, 0.62, 0.59)}

SIMULATIONS: tuple[Simulation, ...] = (
    null("what is right dealt out anew to the attacks", drawn(all_like(0.98, 0.97, 0.9, 0.8), deal=dealt)),
    null("robust to FGSM alone: its gradient is masked", drawn(all_like(0.98, 0.97, 0.6, 0.55))),
    null("robust to all but the margin", drawn(all_like(0.98, 0.97, 0.97, 0.8))),
    null("nine in ten stay right", drawn(dict.fromkeys(list(BOTH)[::2], (0.98, 0.9, 0.9, 0.9)))),
    null("as accurate as the bound", drawn(dict.fromkeys(list(BOTH)[::2], (0.9, 0.97, 0.97, 0.97)))),
    null("accurate and robust, of HMC alone", drawn({"HMC, a": BOTH["HMC, a"]})),
    holds("98 % stay right, HMC and VI, two data sets, 3 seeds", drawn(BOTH)),
    holds("accurate and robust, of HMC alone", drawn({"HMC, a": BOTH["HMC, a"]}), UNDECIDED),
    holds("as measured: six in ten stay right", drawn(HERE), NOT_SUPPORTED),
    holds("robust and not accurate", drawn(all_like(0.8, 0.97, 0.97, 0.97)), NOT_SUPPORTED),
    holds("VI is robust, HMC is not", drawn({**BOTH, "HMC, a": HERE["HMC, digits"]}), ONLY_WHEN),
)
