"""Tables as the runs of each claim would give them, under laws that are known: what its rule is tried on.

Sizes are those of the default runs. Noise is that of measured tables (standard deviations of logarithms):
- the smallest width that Gauss-Newton fits scatters by 0.088 about c n/d (11 pairs (n, d), two data and two network
  seeds each), of which the grid of widths is 0.045: 0.08 here, besides what that grid rounds;
- certified constants of trained networks scatter by 0.03 to 0.05 about a smooth curve in k, and whole data sets by 0.01
  to 0.07 (d = 25, 50, 100, n = 100 ... 400, two seeds): 0.05 and 0.05 here;
- the largest gradients found scatter by 0.035 to 0.046 between seeds (root mean squares of runs), and their means over
  four seeds by 0.011 to 0.019 about a cubic in log(n/k), hardly more than that: 0.045 and 0.01 here. Data shift a whole
  curve by 0.1.
"""

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED
from explorer.labs.law import claim_runs as runs
from explorer.labs.law import verdicts
from explorer.theory import projection
from tests.simulation import Draw, Rule, Simulation, holds, null

Law = Callable[[np.ndarray, np.ndarray], np.ndarray]
Table = dict[str, dict[str, np.ndarray]]


def networks(run: Mapping) -> dict[str, np.ndarray]:
    """The sizes and seeds of a run of `trained`, `heat-map` or `proxy`, by seed, n and k."""
    seeds = range(run.get("seed", 0), run.get("seed", 0) + run["seeds"])
    grids = np.meshgrid(seeds, run.get("ns", [run.get("n")]), run["widths"], [run["d"]], indexing="ij")
    return dict(zip(("seed", "n", "k", "d"), (grid.ravel() for grid in grids), strict=True))


def trained(nets: Mapping[str, np.ndarray], upper: np.ndarray, fits: np.ndarray | None = None) -> Table:
    """A table `trained`, with what is certified of each network, and a tenth less found."""
    fits = np.ones_like(upper, dtype=bool) if fits is None else np.broadcast_to(fits, upper.shape)
    return {"trained": {**nets, "fits": fits, "lower": 0.9 * upper, "upper": upper}}


def scatter(generator: np.random.Generator, size: float, *shape: int) -> np.ndarray:
    """Factors whose logarithms are normal."""
    return np.exp(size * generator.standard_normal(shape))


def dealt(values: np.ndarray, generator: np.random.Generator, trials: int, deal: bool) -> np.ndarray:
    """The values for each trial, in another order each if they are to be dealt out anew."""
    every = np.tile(values, (trials, 1))
    return generator.permuted(every, axis=1) if deal else every


def power(in_n: float, in_d: float, middle: float, sizes: np.ndarray) -> np.ndarray:
    """n^in_n d^in_d for rows (n, d), times what makes the geometric mean `middle`."""
    exponent = np.log(sizes) @ [in_n, in_d]
    return middle * np.exp(exponent - exponent.mean())


# law-1 --------------------------------------------------------------------------------------------------------------


def steepness(law: Law, *, deal: bool = False) -> Draw:
    """Certified constants of all trained networks follow a law in n and k, but for 0.1; dealt out anew if `deal`."""

    def draw(generator: np.random.Generator, trials: int) -> Mapping[str, Table]:
        found = {}
        for name, run in runs.EVERYTHING.items():
            if "widths" in run:
                nets = networks(run)
                upper = dealt(law(nets["n"], nets["k"]), generator, trials, deal)
                found[name] = trained(nets, upper * scatter(generator, 0.1, *upper.shape))
        return found

    return draw


CONJECTURE = [
    null(
        "3 sqrt(n/k), dealt out anew among the networks of a run", steepness(lambda n, k: 3 * np.sqrt(n / k), deal=True)
    ),
    null("3 (n/k)^(1/4)", steepness(lambda n, k: 3 * (n / k) ** 0.25)),
    null("the same at every n and k", steepness(lambda n, k: np.full(len(n), 10.0))),
    holds("0.5 sqrt(n/k)", steepness(lambda n, k: 0.5 * np.sqrt(n / k)), ONLY_WHEN),
    holds("0.05 sqrt(n/k)", steepness(lambda n, k: 0.05 * np.sqrt(n / k)), NOT_SUPPORTED),
    holds("2 sqrt(n/k)", steepness(lambda n, k: 2 * np.sqrt(n / k)), UNDECIDED),
]

# law-2 --------------------------------------------------------------------------------------------------------------

WIDEST = 15.0  # the constant at the largest width
GRID = np.array([(n, run["d"]) for run in runs.SMOOTH.values() for n in run["ns"]])
BUILT = np.array([(run["n"], run["d"]) for run in runs.BUILT.values()])


def smooth(learnt: tuple[float, float], built: tuple[float, float], *, deal: bool = False) -> Draw:
    """Constants fall like k^(-1/2), through 1.25 times those of the widest networks at a width with these exponents.

    Below n/d neurons nothing fits. Constructions have the constant 8 at a width with these exponents. `deal`: the
    widths are dealt out anew among the pairs (n, d).
    """

    def draw(generator: np.random.Generator, trials: int) -> Mapping[str, Table]:
        found: dict[str, Table] = {}
        at = dealt(power(*learnt, 32, GRID), generator, trials, deal)
        for name, run in runs.SMOOTH.items():
            nets = networks(run)
            pairs = [np.flatnonzero((pair == GRID).all(1))[0] for pair in np.stack([nets["n"], nets["d"]], axis=1)]
            sets = scatter(generator, 0.05, trials, run["seeds"] * len(run["ns"])).repeat(len(run["widths"]), axis=1)
            noise = sets * scatter(generator, 0.05, *sets.shape)
            upper = 1.25 * WIDEST * np.sqrt(at[:, pairs] / nets["k"]) * noise
            found[name] = trained(nets, upper, nets["k"] * nets["d"] >= nets["n"])
        for name, run in runs.PLATEAU.items():
            nets = networks(run)
            found[name] = trained(nets, WIDEST * scatter(generator, 0.05, trials, len(nets["k"])))
        at = dealt(power(*built, np.exp(np.log(BUILT[:, 0] / 2).mean()), BUILT), generator, trials, deal)
        for i, (name, run) in enumerate(runs.BUILT.items()):
            k = np.round(run["n"] / np.array(run["sizes"]))
            n, d = (np.full(len(k), size) for size in BUILT[i])
            lip = 8 * at[:, [i]] / k * scatter(generator, 0.03, trials, len(k))
            found[name] = {"constructions": {"n": n, "d": d, "k": k, "misfit": 0.0 * n, "lip_ball": lip}}
        return found

    return draw


SMOOTH = [
    null("k* of n, dealt out anew among the pairs (n, d)", smooth((1, 0), (1, 0), deal=True)),
    null("k* of n/d", smooth((1, -1), (1, -1))),
    null("k* of sqrt(n)", smooth((0.5, 0), (0.5, 0))),
    null("k* of n / sqrt(d)", smooth((1, -0.5), (1, -0.5))),
    null("k* of n/d trained, of n constructed", smooth((1, -1), (1, 0))),
    holds("k* of n, at every d", smooth((1, 0), (1, 0))),
    holds("k* of n/d, trained and constructed", smooth((1, -1), (1, -1)), NOT_SUPPORTED),
    holds("k* of n/d trained, of n constructed", smooth((1, -1), (1, 0)), f"{ONLY_WHEN} networks are constructed"),
]

# law-3 --------------------------------------------------------------------------------------------------------------

PAIRS = np.array(runs.PAIRS)
WITH_LOG = power(1, -1, 2.5, PAIRS) * np.log(PAIRS[:, 0])  # about 12 in the middle, as the other laws


def fitting(widths: Callable[[np.random.Generator, int], np.ndarray]) -> Draw:
    """Networks fit from about the width of their pair (n, d) on; the widest always."""

    def draw(generator: np.random.Generator, trials: int) -> Mapping[str, Table]:
        least = widths(generator, trials) * scatter(generator, 0.08, trials, len(PAIRS))
        least = np.minimum(least, runs.WIDTHS[-1])
        nets = [networks(run) for run in runs.FITTING.values()]
        tables = (
            trained(each, np.ones((trials, len(each["k"]))), each["k"] >= at[:, None])
            for each, at in zip(nets, least.T, strict=True)
        )
        return dict(zip(runs.FITTING, tables, strict=True))

    return draw


def fits_from(in_n: float, in_d: float, *, deal: bool = False) -> Draw:
    """Widths of n^in_n d^in_d, about the middle of the grid; dealt out anew among the pairs if `deal`."""
    return fitting(lambda generator, trials: dealt(power(in_n, in_d, 12, PAIRS), generator, trials, deal))


FITTING = [
    null(
        "any width of the grid", fitting(lambda generator, trials: generator.choice(runs.WIDTHS, (trials, len(PAIRS))))
    ),
    null("n/d, dealt out anew among the pairs", fits_from(1, -1, deal=True)),
    null("(n/d)^(1/2)", fits_from(0.5, -0.5)),
    null("(n/d)^0", fits_from(0, 0)),
    null("(n/d)^2", fits_from(2, -2)),
    null("(n/d)^(3/4)", fits_from(0.75, -0.75)),
    null("n log(n) / d", fitting(lambda generator, trials: dealt(WITH_LOG, generator, trials, deal=False))),
    null("n / sqrt(d)", fits_from(1, -0.5)),
    null("n, whatever d", fits_from(1, 0)),
    holds("n/d", fits_from(1, -1)),
    holds("(n/d)^(1/2)", fits_from(0.5, -0.5), NOT_SUPPORTED),
    holds("(n/d)^2", fits_from(2, -2), NOT_SUPPORTED),
]

# law-7 --------------------------------------------------------------------------------------------------------------


def curves(law: Callable[[np.ndarray], np.ndarray], *, deal: bool = False) -> Draw:
    """Gradients found follow a law in n/k, in every run; dealt out anew among its widths if `deal`."""

    def draw(generator: np.random.Generator, trials: int) -> Mapping[str, Table]:
        found = {}
        for name, run in {**runs.PLAIN, **runs.BATCH_NORM}.items():
            curve = dealt(law(run["n"] / np.array(run["widths"])), generator, trials, deal)
            curve *= scatter(generator, 0.01, *curve.shape) * scatter(generator, 0.1, trials, 1)
            upper = np.tile(curve, run["seeds"])
            found[name] = trained(networks(run), upper * scatter(generator, 0.045, *upper.shape))
        return found

    return draw


EITHER = SUPPORTED, ONLY_WHEN
EXPERIMENTS = [
    null("9 + 2 sqrt(n/k), dealt out anew", curves(lambda r: 9 + 2 * np.sqrt(r), deal=True), EITHER),
    null("3 sqrt(n/k), dealt out anew", curves(lambda r: 3 * np.sqrt(r), deal=True), EITHER),
    null("11 (n/k)^0.05", curves(lambda r: 11 * r**0.05), EITHER),
    null("11 (n/k)^0.16", curves(lambda r: 11 * r**0.16), EITHER),
    null("12 + 1.5 log(n/k)", curves(lambda r: 12 + 1.5 * np.log(r)), EITHER),
    null("10 + n/(2k)", curves(lambda r: 10 + r / 2), EITHER),
    null("10, whatever n/k", curves(lambda r: np.full(len(r), 10.0)), EITHER),
    null("9 + 2 sqrt(n/k), without the intercept", curves(lambda r: 9 + 2 * np.sqrt(r))),
    holds("3 sqrt(n/k)", curves(lambda r: 3 * np.sqrt(r))),
    holds("8 + 3 sqrt(n/k)", curves(lambda r: 8 + 3 * np.sqrt(r)), ONLY_WHEN),
]

# law-4, law-5, law-6: floors that are proved, and numbers that would break them ------------------------------------


def products(ratio: float) -> Draw:
    """Products of norms that scatter by 0.2 about so many times their floors."""

    def draw(generator: np.random.Generator, trials: int) -> Mapping[str, Table]:
        found = {}
        for name, run in runs.PROXY.items():
            nets, k = networks(run), np.array(run["widths"])
            n, d, value = (np.full(len(k), of) for of in (run["n"], run["d"], 10.0))
            table = trained(nets, np.ones((trials, len(nets["k"]))))
            table["trained"]["product"] = 10 * ratio * scatter(generator, 0.2, trials, len(nets["k"]))
            floors = {"name": np.full(len(k), "proxy"), "n": n, "d": d, "k": k, "value": value}
            found[name] = {"floors": floors} | table
        return found

    return draw


def projections(ratio: float) -> Draw:
    """Certified constants that scatter by 0.2 about so many times the projection floor."""

    def draw(generator: np.random.Generator, trials: int) -> Mapping[str, Table]:
        found = {}
        for name, run in runs.PROJECTION.items():
            nets = networks(run)
            floor = np.array([projection.floor(run["n"], run["d"], k, 1e-3) for k in nets["k"].tolist()])
            found[name] = trained(nets, ratio * floor * scatter(generator, 0.2, trials, len(floor)))
            found[name]["trained"]["mse"] = np.full(len(floor), 1e-3)
        return found

    return draw


def forms(ratio: float) -> Draw:
    """Norms of forms that scatter by 0.2 about so many times their floors, which lie at the law."""

    def draw(generator: np.random.Generator, trials: int) -> Mapping[str, Table]:
        n, d = (grid.ravel() for grid in np.meshgrid([100, 200, 400], [20, 40], indexing="ij"))
        found = {}
        for name, run in runs.DEGREE.items():
            scale, p = np.sqrt(n / d ** (run["p"] - 1.0)), np.full(len(n), run["p"])
            norm = ratio * scale * scatter(generator, 0.2, trials, len(n))
            floors = {"name": np.full(len(n), "frobenius"), "n": n, "d": d, "value": scale}
            found[name] = {"tensor": {"p": p, "n": n, "d": d, "op_norm": norm, "scale": scale}, "floors": floors}
        return found

    return draw


def proved(draw: Callable[[float], Draw]) -> list[Simulation]:
    """A floor is told to be broken where it is, and not where it is not."""
    both = [
        holds("1.1 times the floor: broken by some", draw(1.1), NOT_SUPPORTED),
        null("4 times the floor: not broken", draw(4.0), (NOT_SUPPORTED, UNDECIDED)),
    ]
    return [replace(one, trials=200) for one in both]


SIMULATIONS: Mapping[str, list[Simulation]] = {
    "law-1": CONJECTURE,
    "law-2": SMOOTH,
    "law-3": FITTING,
    "law-4": proved(products),
    "law-5": proved(projections),
    "law-6": proved(forms),
    "law-7": EXPERIMENTS,
}
RULES: Mapping[str, Rule] = {
    "law-1": verdicts.conjecture_words,
    "law-2": verdicts.smooth_width_words,
    "law-3": verdicts.fitting_width_words,
    "law-7": verdicts.experiments_words,
}
