"""Verdicts on the seven claims of the law of robustness, from the tables of finished runs. No torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, PROVED, SUPPORTED, Verdict
from explorer.labs.law.fits import line, mean
from explorer.labs.law.tried import Networks, Runs, rows_of, stacked
from explorer.theory import projection

TRIFLING = 0.1  # a certified ratio to sqrt(n/k) below it would leave no constant worth the name
LEVELS = range(15, 21)  # L0 of law-2: between what narrow and wide networks reach at the n and d of its runs
AROUND_ONE = (0.8, 1.25)  # exponents that pass for 1 when widths lie on a grid
FEWEST = 5  # points of a line
CORRELATED = 0.94  # the least correlation of our replication


def conjecture(runs: Runs) -> Verdict:
    """law-1: the smallest Lip / sqrt(n/k) of everything that was tried."""
    nets = Networks.trained(runs) + Networks.constructed(runs)
    statistic = "smallest lower / sqrt(n/k), lower <= Lip"
    if not len(nets.n):
        return _undecided(statistic, "No network fits.")
    ratio, certified = nets.lower / nets.shape, nets.upper / nets.shape
    least, refuting = int(ratio.argmin()), float(np.nanmin(certified, initial=math.inf))
    if refuting >= 1:
        verdict, said = SUPPORTED, "not refuted by what was tried, even with c = 1"
    elif refuting >= TRIFLING:
        verdict, said = f"{ONLY_WHEN} c <= {refuting:.2g}", "refuted with c = 1 by a certificate"
    else:
        verdict, said = NOT_SUPPORTED, f"refuted with every c > {refuting:.2g} by a certificate"
    smallest = [f"{ratio[nets.d == d].min():.3g} at d = {d}" for d in np.unique(nets.d).tolist()]
    return Verdict(
        verdict,
        statistic,
        float(ratio[least]),
        (float(ratio[least]), float(certified[least])),
        "found to certified, of that network",
        len(nets.n),
        f"The conjecture is {said}. The smallest ratios: {', '.join(smallest)}.",
    )


def smooth_width(runs: Runs) -> Verdict:
    """law-2: the exponent in n of the smallest width at which Lip <= L0 was reached, for several L0.

    The runs have one dimension for trained networks, and one for constructions. There is a line for every L0 and seed;
    the interval is that of their mean, as if they were independent.
    """
    trained, built = Networks.trained(runs), Networks.constructed(runs)
    exponents, said = {}, []
    for way, nets, bound in ("trained", trained, trained.upper), ("constructed", built, built.lower):
        found = [sizes for level in LEVELS for sizes in _smallest(nets.at(bound <= level)) if len(sizes) >= FEWEST]
        slopes = np.array([line(*np.log(sizes).T).slope for sizes in found])
        if len(slopes) > 1:
            exponents[way] = Exponent(*mean(slopes), f"{len(slopes)} pairs (L0, seed)")
            shares = np.concatenate([n / k for n, k in (sizes.T for sizes in found)])
            said.append(
                f"{way.capitalize()}: {shares.min():.2g} to {shares.max():.2g} points a neuron suffice; exponents from"
                f" {slopes.min():.2f} to {slopes.max():.2f}, their mean {exponents[way]}"
            )
    count = len(trained.n) + len(built.n)
    return _exponent("exponent in n of the smallest width found with Lip <= L0", exponents, said, count)


def fitting_width(runs: Runs) -> Verdict:
    """law-3: the exponent in n/d of the smallest width that fits, all dimensions together."""
    nets = Networks.trained(runs)
    found = [(n / d, part.k.min()) for n, d, part in nets.families()]
    exponents, said = {}, []
    if len(found) >= FEWEST:
        ratios, widths = np.array(found, dtype=np.float64).T
        share, fit = widths / ratios, line(np.log(ratios), np.log(widths))
        exponents["trained"] = Exponent(fit.slope, fit.slope_interval, f"{fit.n} pairs (n, d)")
        said.append(f"The width is {share.min():.2g} to {share.max():.2g} times n/d; exponent {exponents['trained']}")
    return _exponent("exponent in n/d of the smallest width found to fit", exponents, said, len(nets.n))


def proxy(runs: Runs) -> Verdict:
    """law-4: the product of the norms of trained networks without biases, over its floor for their data."""
    ratios = {name: _over_floors(runs, name) for name in ("proxy", "proxy-search")}
    searched = ratios["proxy-search"]
    rest = f" Over the floor of a search, an estimate, it is at least {searched.min():.3g}." if len(searched) else ""
    return _proved("smallest product / certified floor", ratios["proxy"], rest)


def projected(runs: Runs) -> Verdict:
    """law-5: trained networks over the projection floor, where it applies: n >= 8 d, k <= d."""
    table = stacked(runs, "trained", ("n", "d", "k", "mse", "lower", "upper"))
    floors = np.array([projection.floor(*row) for row in rows_of(table, "n", "d", "k", "mse")])
    found, certified = (table[name][floors > 0] / floors[floors > 0] for name in ("lower", "upper"))
    rest = f" What was found lies at least {found.min():.3g} times above it." if len(found) else ""
    return _proved("smallest upper / floor", certified, rest)


def degree(runs: Runs) -> Verdict:
    """law-6: |T| over sqrt(n/d^(p-1)), certified for every form of degree p that fits, and found for one of them."""
    statistic = "smallest certified |T| / sqrt(n/d^(p-1)) of all forms that fit"
    every, said = [], []
    for tables in runs.values():
        known = rows_of(tables["floors"], "name", "n", "d", "value")
        floors = {(n, d): value for name, n, d, value in known if name == "frobenius"}
        forms = [
            (d, floors[n, d] / scale, norm / scale)
            for n, d, norm, scale in rows_of(tables["tensor"], "n", "d", "op_norm", "scale")
            if math.isfinite(norm) and (n, d) in floors
        ]
        if forms:
            d, certified, found = np.array(forms).T
            sizes = ", ".join(f"{size:g}" for size in sorted(set(d)))
            p, bounds = tables["tensor"]["p"][0], f"certified {certified.min():.3g}, found {found.min():.3g}"
            said.append(f"p = {p}, d = {sizes}: {bounds} to {found.max():.3g}")
            every += forms
    if not every:
        return _undecided(statistic, "No form fits.")
    _, certified, found = np.array(every).T
    holds = certified.min() >= TRIFLING and (found >= certified).all()
    return Verdict(
        PROVED if holds else NOT_SUPPORTED,
        statistic,
        float(certified.min()),
        (float(certified.min()), float(found.min())),
        "certified for all to found for one",
        len(every),
        f"{'; '.join(said)}. What was found lies a factor {np.median(found / certified):.3g} (median) above its floor.",
    )


def experiments(runs: Runs) -> Verdict:
    """law-7: correlation with sqrt(n/k) of the largest gradient found, averaged over the seeds of a width."""
    statistic = "smallest correlation of lower (mean of a width) with sqrt(n/k)"
    affine, power, count = {}, {}, 0
    for name, tables in runs.items():
        nets = Networks.trained({name: tables})
        widths = np.unique(nets.k)
        if len(widths) >= FEWEST:
            shape = np.array([nets.shape[nets.k == k].mean() for k in widths])
            lower = np.array([nets.lower[nets.k == k].mean() for k in widths])
            affine[name], power[name] = line(shape, lower), line(2 * np.log(shape), np.log(lower))
            count += len(nets.n)
    if not affine:
        return _undecided(statistic, f"No run has {FEWEST} widths that fit.")
    worst = min(affine.values(), key=lambda fit: fit.correlation)
    weak = [name for name, fit in affine.items() if fit.correlation < CORRELATED]
    half = all(fit.slope_interval[0] <= 0.5 <= fit.slope_interval[1] for fit in power.values())
    terms = [] if half else ["an intercept is allowed (the log-log slope is not 1/2)"]
    terms += [f"not for {', '.join(weak)}"] if weak else []
    verdict = NOT_SUPPORTED if len(weak) == len(affine) else f"{ONLY_WHEN} {', '.join(terms)}" if terms else SUPPORTED
    said = [
        f"{name}: correlation {fit.correlation:.3f}, Lip = {fit.intercept:.3g} + {fit.slope:.3g} sqrt(n/k), log-log"
        f" slope in n/k {Exponent(power[name].slope, power[name].slope_interval)}"
        for name, fit in affine.items()
    ]
    spread = f"95 % over {worst.n} widths"
    found = f"{'. '.join(said)}."
    return Verdict(verdict, statistic, worst.correlation, worst.correlation_interval, spread, count, found)


@dataclass(frozen=True)
class Exponent:
    """An estimated exponent with its 95 % interval, over what `over` says."""

    value: float
    interval: tuple[float, float]
    over: str = ""

    @property
    def is_one(self) -> bool:
        """Whether the interval meets AROUND_ONE and leaves out 1/2."""
        low, high = self.interval
        return 0.5 < low <= AROUND_ONE[1] and high >= AROUND_ONE[0]

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.interval[0]:.2f} to {self.interval[1]:.2f})"


def _smallest(nets: Networks) -> list[np.ndarray]:
    """For every seed the rows (n, smallest width)."""
    seeds = (nets.at(nets.seed == seed) for seed in np.unique(nets.seed))
    return [np.array([(n, part.k.min()) for n, _, part in same.families()], dtype=np.float64) for same in seeds]


def _over_floors(runs: Runs, name: str) -> np.ndarray:
    """Product over floor of every trained network that fits, with the floors of that name for its run's data."""
    ratios = []
    for tables in runs.values():
        known = rows_of(tables["floors"], "name", "n", "d", "k", "value")
        floors = {(n, d, k): value for kind, n, d, k, value in known if kind == name}
        ratios += [
            product / floors[n, d, k]
            for n, d, k, fits, product in rows_of(tables["trained"], "n", "d", "k", "fits", "product")
            if fits and (n, d, k) in floors
        ]
    return np.array(ratios)


def _exponent(statistic: str, exponents: Mapping[str, Exponent], said: list[str], count: int) -> Verdict:
    """Whether an exponent is 1, for each way to come by networks; `count` of them fit."""
    if not exponents:
        return _undecided(statistic, f"Fewer than {FEWEST} sizes gave a width.")
    ways = [way for way, exponent in exponents.items() if exponent.is_one]
    first = next(iter(exponents.values()))
    every = len(ways) == len(exponents)
    return Verdict(
        SUPPORTED if every else f"{ONLY_WHEN} networks are {ways[0]}" if ways else NOT_SUPPORTED,
        statistic,
        first.value,
        first.interval,
        f"95 % over {first.over}",
        count,
        f"{'. '.join(said)}.",
    )


def _proved(statistic: str, ratios: np.ndarray, rest: str) -> Verdict:
    """Whether every ratio to a proved floor is at least 1, and how far above it they lie."""
    if not len(ratios):
        return _undecided(statistic, "Nothing was found to which the floor applies.")
    least, middle, most = float(ratios.min()), float(np.median(ratios)), float(ratios.max())
    said = "never violated" if least >= 1 else f"violated by {int((ratios < 1).sum())} of {len(ratios)}"
    return Verdict(
        PROVED if least >= 1 else NOT_SUPPORTED,
        statistic,
        least,
        (least, most),
        "smallest to largest of all networks",
        len(ratios),
        f"The floor is {said}; it is loose by a factor of {middle:.3g} (median), {least:.3g} at the least.{rest}",
    )


def _undecided(statistic: str, why: str) -> Verdict:
    return Verdict(NOT_SUPPORTED, statistic, math.nan, (math.nan, math.nan), "unknown", 0, f"Undecided: {why}")
