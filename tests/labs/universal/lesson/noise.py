"""The step `noise`: networks whose curves leave those of their twins at chosen errors."""

from collections.abc import Mapping, Sequence

import numpy as np

from explorer.frames import Tables
from explorer.labs.noise_curves import NOISE
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance, Draw

SIGMAS = 0.3, 0.5, 0.7, 0.9
NETS = [(k, seed) for k in (64, 256) for seed in (0, 1)]
MSE = 10 ** (-np.arange(19) / 6)  # down to a fit


def ways(
    errors: Mapping[float, Sequence[float]], *, after: float = 0.3, clean: float = 0.0, last: int = len(MSE)
) -> Tables:
    """Four networks and their twins, which are mse^-clean steep: 1.5 times that, and more, from these errors on.

    `after` is the power of the error by which they rise to it and go on. Of the twins there are `last` measurements.
    """
    parts = [(0.0, net, MSE[:last], MSE[:last] ** -clean) for net in NETS]
    for sigma, each in errors.items():
        for net, error in zip(NETS, each, strict=False):
            times = np.maximum(1.5 * (error / MSE) ** after, 1.0)
            parts.append((sigma, net, MSE, times * MSE**-clean))
    return {
        "noise": NOISE.of(
            (sigma, *net, step, *row)
            for sigma, net, mse, lower in parts
            for step, row in enumerate(zip(mse, lower, strict=True))
        )
    }


def parting(power: float, at: float = 0.8, waves: Sequence[float] = (1.0,) * 4) -> dict[float, list[float]]:
    """Errors of parting: `at` where sigma = 0.9, and a power of sigma^2; waves multiply those of each network."""
    return {s: [at * (s / 0.9) ** (2 * power) * wave for wave in waves] for s in SIGMAS}


def without(errors: dict[float, list[float]], sigma: float) -> dict[float, list[float]]:
    """The same, of which one noise has not come."""
    return {s: each for s, each in errors.items() if s != sigma}


OWN, ALIKE = parting(1.0), parting(0.0, 0.05)
EITHER = {s: [e, e, 0.005 / e, e] for s, e in ((0.3, 0.05), (0.5, 0.06), (0.7, 0.08), (0.9, 0.1))}
NEVER = {s: [1e-9] * 4 for s in SIGMAS}

CASES: dict[str, Asked] = {
    "with-less-noise": Asked(
        {
            "smaller": (ways(OWN), ways(parting(1.4)), ways(parting(1.2, waves=(1, 0.8, 1.1, 0.9)))),
            "about the same": (ways(ALIKE), ways(parting(0.1, 0.1))),
            "larger": (ways(parting(-0.8, 0.02)),),
        },
        (
            ways(EITHER),  # some networks with less noise, some with more
            ways(NEVER),  # none parts
            ways({s: e[:1] for s, e in OWN.items()}),  # one network
            ways(without(OWN, 0.7)),
            ways(OWN, last=1),  # no twins to part from
            ways({**OWN, 0.5: [0.2, 0.2, 0.2, 1e-9]}),  # one that does not
        ),
    )
}

CHECKS: dict[str, Cases] = {
    "every-noise-costs": Cases(
        (ways(OWN), ways(OWN, clean=0.2)),
        (
            ways(NEVER),
            ways({**OWN, 0.5: [1e-9] * 4}),  # one noise for nothing
            ways(OWN, after=0.0),  # steeper from the beginning, and no more below
            ways(OWN, after=-0.2),  # less than without
        ),
        (ways(without(OWN, 0.7)), ways({**OWN, 0.3: [0.09, 0.09, 0.09, 1e-9]}), ways({s: [s**2] for s in SIGMAS})),
    ),
    "flat-without-noise": Cases(
        (ways(OWN), ways(OWN, clean=0.05)), (ways(OWN, clean=0.3),), (ways(OWN, last=12), ways(OWN, last=1))
    ),
}

SIZES: set[str] = set()


def scattered(power: float, at: float, spread: float) -> Draw:
    """Each network parts at an error of its own."""

    def draw(rng: np.random.Generator) -> Tables:
        return ways({s: list(np.array(e) * np.exp(spread * rng.normal(size=4))) for s, e in parting(power, at).items()})

    return draw


def dealt(rng: np.random.Generator) -> Tables:
    """The errors of each network dealt out anew to the noises."""
    errors = np.array(list(OWN.values()))
    errors = np.stack([rng.permutation(column) for column in errors.T], axis=1)
    return ways({s: list(row) for s, row in zip(SIGMAS, errors, strict=True)})


TREND = "smaller", "larger"
CHANCE: dict[str, tuple[Chance, ...]] = {
    "with-less-noise": (
        Chance("one error for every noise, spread 20 %", scattered(0, 0.1, 0.2), TREND),
        Chance("one error for every noise, spread a factor 2", scattered(0, 0.05, 0.7), TREND),
        Chance("errors dealt out anew", dealt, TREND),
        Chance("one error for every noise, spread 5 %", scattered(0, 0.1, 0.05), right="about the same"),
        Chance("at the noise level", scattered(1, 0.8, 0.2), right="smaller"),
    ),
}
RUNS = {"noise": "smaller"}
