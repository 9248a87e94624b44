"""What the rules of bayes-1 and bayes-2 are tried on: norms as chance would give them, and such as each claim asks for.

The logarithm of a norm is a power law of the number of samples, of points and of width, and scatters from posterior to
posterior (POSTERIOR, and its slope by TILT) and from one number of samples to the next (SAMPLES), rather more than was
measured. In bayes-1 it is the quotient of two norms that scatters.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np

from explorer.labs.bayes.exact.claim_runs import ALL, CONTROL, DATA, FEWEST, K, N
from explorer.labs.bayes.exact.limit import WHEN_DATA
from explorer.labs.bayes.gradient import EVERY, GRADIENT, NORMAL, ONCE, TANGENTIAL, counts
from explorer.labs.bayes.support import SUPPORT
from explorer.labs.claims import NOT_SUPPORTED
from tests.simulation import Draw, Simulation, holds, null

POSTERIOR, SAMPLES = 0.15, 0.1
COUNTS = counts(50)
Deal = Callable[[np.random.Generator, np.ndarray], np.ndarray]


@dataclass(frozen=True)
class Part:
    """Powers of a norm: of the number of samples for mean and median, of that of points, of the width."""

    samples: float
    median: float
    points: float = -0.5
    width: float = 0.0


#: By which slopes of posteriors differ.
TILT = 0.08
OFF, ALONG = Part(-0.42, -0.3), Part(0.0, 0.05)  # about as measured


def posteriors(off: Part, along: Part, *, deal: Deal | None = None, scatter: float = 1.0) -> Draw:
    """Runs of bayes-2.

    Args:
        off, along: the powers of both parts.
        deal: deals the norms of a run and part, (trials, seeds, numbers), out anew.
        scatter: of all that differs by chance, times what is said above.
    """

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        found = {}
        for name, run in ALL.items():
            columns = {"mean_norm": [], "median_norm": []}
            for part in (off, along):
                size = part.points * np.log(run["n"] / N) + part.width * np.log(run["k"] / K)
                own = size + scatter * POSTERIOR * rng.normal(size=(trials, FEWEST, 1))
                tilt = scatter * TILT * rng.normal(size=(trials, FEWEST, 1))
                for column, slope in (("mean_norm", part.samples), ("median_norm", part.median)):
                    noise = scatter * SAMPLES * rng.normal(size=(trials, FEWEST, len(COUNTS)))
                    values = np.exp(own + (slope + tilt) * np.log(COUNTS / np.array(COUNTS[-1])) + noise)
                    columns[column].append((deal(rng, values) if deal else values).reshape(trials, -1))
            table = _empty(run["k"])
            found[name] = {"gradient": table | {key: np.concatenate(each, 1) for key, each in columns.items()}}
        return found

    return draw


def networks(
    power: float, *, control: float | None = 0.2, spread: float = 0.1, deal: bool = False, offset: float = 0.25
) -> Draw:
    """Runs of bayes-1: single networks' gradients off the data over those along them.

    Args:
        power: of the number of points in that quotient.
        control: what noise that fills all dimensions leaves of it; None without that run.
        deal: whether quotients are dealt out anew to all posteriors.
    """

    def draw(rng: np.random.Generator, trials: int) -> dict[str, dict]:
        n = np.array([run["n"] for run in DATA.values()])
        quotient = offset + power * np.log(n / N)[:, None] + spread * rng.normal(size=(trials, len(n), FEWEST))
        if deal:
            quotient = rng.permuted(quotient.reshape(trials, -1), axis=1).reshape(quotient.shape)
        along = -0.5 * np.log(n / N)[:, None] + POSTERIOR * rng.normal(size=quotient.shape)
        found = {}
        for i, name in enumerate(DATA):
            single = np.exp(np.stack([along[:, i] + quotient[:, i], along[:, i]], 1))  # (trials, parts, seeds)
            table = _empty(K)
            norms = np.repeat(single.reshape(trials, -1), len(COUNTS), axis=1)
            found[name] = {"gradient": table | {"mean_norm": norms, "ratio_single": np.ones_like(norms)}}
        return found | ({SUPPORT.name: {SUPPORT.name: _support(control, spread, rng, trials)}} if control else {})

    return draw


def _empty(k: int) -> Mapping[str, np.ndarray]:
    """Rows by part, seed and number of samples."""
    rows = 2 * FEWEST * len(COUNTS)
    return GRADIENT.filled(
        n_samples=np.tile(COUNTS, 2 * FEWEST),
        direction=np.repeat([NORMAL, TANGENTIAL], rows // 2),
        width=k,
        seed=np.tile(np.repeat(np.arange(FEWEST), len(COUNTS)), 2),
        points=N,
        images=EVERY,
        loss=ONCE,
        tested=200,
    )


def _support(left: float, spread: float, rng: np.random.Generator, trials: int) -> dict[str, np.ndarray]:
    """Two noises, each with two distances; the quotient with the larger one is `left` of the other."""
    noise, distance, seed = (
        each.ravel() for each in np.meshgrid([0.01, 0.16], [0.0, 0.1], np.arange(FEWEST), indexing="ij")
    )
    along = np.exp(POSTERIOR * rng.normal(size=(trials, len(noise))))
    quotient = 2.8 * np.where(noise > 0.1, left, 1.0) * np.exp(spread * rng.normal(size=along.shape))
    table = SUPPORT.filled(
        noise=noise, distance=distance, seed=seed, n_samples=CONTROL[SUPPORT.name]["samples"], chains=4, whole=True
    )
    return table | {"normal_one": along * quotient, "tangential_one": along}


def across_samples(rng: np.random.Generator, values: np.ndarray) -> np.ndarray:
    """The norms of each posterior dealt out anew to the numbers of samples."""
    return rng.permuted(values, axis=2)


DEGENERATE: tuple[Simulation, ...] = (
    null("quotients that grow like n^0.5, dealt out anew to the posteriors", networks(0.5, deal=True)),
    null("both parts fall with the loss, at one rate", networks(0.0)),
    null(
        "the quotient grows, and as much of it is left where the data fill all dimensions", networks(0.5, control=1.0)
    ),
    null("the quotient grows like n^0.25", networks(0.25)),
    null("half is left where the data fill all dimensions", networks(0.5, control=0.5)),
    null("the quotient grows, and there is no control", networks(0.5, control=None)),
    holds(
        "the quotient grows like n^0.5, a quarter is left where the data fill all dimensions",
        networks(0.5, control=0.25),
    ),
    holds("both parts fall at one rate, no control", networks(0.0, control=None), NOT_SUPPORTED),
    holds("as measured: the quotient shrinks like n^-0.1", networks(-0.1, control=None), NOT_SUPPORTED),
)
LIMIT: tuple[Simulation, ...] = (
    null("norms dealt out anew to the numbers of samples", posteriors(OFF, OFF, deal=across_samples)),
    null("as measured: one part cancels, the other fades with data alone", posteriors(OFF, ALONG)),
    null("one part cancels, the other stays with everything", posteriors(OFF, Part(0.0, 0.05, 0.0))),
    null("both cancel as fast as the bound", posteriors(OFF, Part(-0.25, -0.25))),
    null("the mean falls, the median rises", posteriors(OFF, Part(-0.42, 0.1))),
    null(
        "what stays fades with data and, as fast as the bound, with width", posteriors(OFF, Part(0.0, 0.0, -0.5, -0.25))
    ),
    holds("both parts cancel", posteriors(OFF, OFF)),
    holds("what stays fades with data and width", posteriors(OFF, Part(0.0, 0.0, -0.6, -0.6))),
    holds("as measured: one part cancels, the other fades with data alone", posteriors(OFF, ALONG), WHEN_DATA),
    holds("one part stays with everything", posteriors(OFF, Part(0.0, 0.05, 0.0)), NOT_SUPPORTED),
    holds("nothing cancels nor fades", posteriors(Part(0, 0, 0), Part(0, 0, 0)), NOT_SUPPORTED),
)
