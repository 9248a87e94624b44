"""Verdicts on the claims of the law of robustness that are not proved, from the tables of finished runs. No torch.

Each rule is a function `..._words` of tables, whose bounds may have an axis of simulated trials: how often it is wrong,
and how often it sees what is there, is measured by `tests/labs/law/simulations.py`.
"""

import math

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.law.estimates import FEWEST, YES, Estimate, exponents, mean, words
from explorer.labs.law.pooled import LIPSCHITZ, Networks
from explorer.labs.law.rivals import AFFINE, POWER, RIVALS, Curve
from explorer.labs.law.theorems import TRIFLING

PLATEAU = "plateau"  # how the names of the runs begin that say what L0 is
ABOVE_PLATEAU = (1.25, 1.5)  # L0 of law-2 for trained networks, over the constant that the widest reach
BUILT_LEVELS = (6.0, 10.0, 14.0)  # and for constructions of m points a neuron, whose constants are about 4m
FEWEST_RUNS = 3  # of which an interval is made
ABOUT = 0.22  # an exponent passes for the one claimed if its interval is within this of it: n log(n) grows faster ...
ABOUT_HALF = 0.1  # ... and within this of it, where 1/2 is claimed


# law-1 --------------------------------------------------------------------------------------------------------------


def conjecture(runs: Runs) -> Verdict:
    """law-1: the smallest Lip / sqrt(n/k) of everything that was tried, activation by activation."""
    statistic = "smallest certified Lip / sqrt(n/k)"
    pooled = _tried(runs)
    nets = pooled.at(np.isin(pooled.activation, LIPSCHITZ))
    if not np.isfinite(nets.upper).any():
        return undecided(statistic, "No network fits.", pooled.fitting)
    least = int(np.nanargmin(nets.certified))
    ratio, verdict = float(nets.certified[least]), str(conjecture_words(runs))
    if verdict == ONLY_WHEN:
        bound = math.floor(1000 * ratio) / 1000
        verdict = f"{ONLY_WHEN} c <= {bound:.3f} (psi(t) = {nets.activation[least]}, {_sizes(nets, least)})"
    of = {name: _smallest(pooled.at(pooled.activation == name)) for name in dict.fromkeys(pooled.activation.tolist())}
    said, apart = (
        [f"{name} {text}" for name, text in of.items() if (name in LIPSCHITZ) == inside] for inside in (True, False)
    )
    return Verdict(
        verdict,
        statistic,
        ratio,
        (float(np.nanmin(nets.found)), ratio),
        "smallest found to smallest certified",
        pooled.fitting,
        f"Smallest ratios: {'; '.join(said)}." + (f" Not Lipschitz, so apart: {'; '.join(apart)}." if apart else ""),
    )


def conjecture_words(runs: Runs) -> np.ndarray:
    """The rule; what it is "only when" is for `conjecture` to say."""
    nets = _tried(runs)
    ratios = nets.certified[..., np.isin(nets.activation, LIPSCHITZ)]
    least = np.where(np.isfinite(ratios), ratios, math.inf).min(-1, initial=math.inf)
    return np.select([least < TRIFLING, least < 1], [NOT_SUPPORTED, ONLY_WHEN], default=UNDECIDED)


def _tried(runs: Runs) -> Networks:
    return Networks.trained(runs) + Networks.constructed(runs) + Networks.forms(runs)


def _smallest(nets: Networks) -> str:
    """What is said of one activation: its smallest ratio certified, and the smallest found if that is another's."""
    said, at = [], int(np.nanargmin(nets.found))
    if np.isfinite(nets.upper).any():
        best = int(np.nanargmin(nets.certified))
        said = [f"{nets.certified[best]:.3g} certified ({_sizes(nets, best)})"]
        if nets.found[at] >= nets.certified[best]:
            return said[0]
    return ", ".join([*said, f"{nets.found[at]:.3g} found ({_sizes(nets, at)})"])


def _sizes(nets: Networks, at: int) -> str:
    return f"n = {nets.n[at]:.0f}, d = {nets.d[at]:.0f}, k = {nets.k[at]:.0f}"


# law-2 --------------------------------------------------------------------------------------------------------------


def smooth_width(runs: Runs) -> Verdict:
    """law-2: the exponents in n and in d of the smallest width at which Lip <= L0 was reached, for several L0."""
    statistic = "exponent in n of the smallest width found with Lip <= L0"
    both = dict(zip(("trained", "constructed"), _trained_and_built(runs), strict=True))
    count = sum(nets.fitting for nets in both.values())
    if not count:
        return undecided(statistic, "No network fits.")
    said, estimates = [], []
    for way, level, n, d, width in _smooth_widths(runs):
        known = np.isfinite(width)
        in_n, in_d = exponents(width, n, d)
        estimates.append(in_n)
        share = (n / width)[known]
        points = f"a neuron for {share.min():.2g} to {share.max():.2g} points" if len(share) else "never reached"
        *_, least = both[way].narrowest(np.isfinite(both[way].lower))
        said.append(
            f"{way}, L0 = {level:.3g}: {points}, exponent in n {in_n} and in d {in_d}, {known.sum()} of {len(n)} pairs"
            f" (n, d), in {(width == least).sum()} of which no narrower one fits at all"
        )
    first = estimates[0]
    return Verdict(
        str(smooth_width_words(runs)),
        f"{statistic}, the first below",
        float(first.value),
        (float(first.low), float(first.high)),
        "95 % over pairs (n, d)",
        count,
        f"{'. '.join(text[0].upper() + text[1:] for text in said)}.",
    )


def smooth_width_words(runs: Runs) -> np.ndarray:
    """The rule: one word if trained networks and constructions agree, else only when they are the ones that pass."""
    near: dict[str, list[np.ndarray]] = {}
    for way, _, n, d, width in _smooth_widths(runs):
        in_n, in_d = exponents(width, n, d)
        near.setdefault(way, []).extend([in_n.near(1, ABOUT), in_d.near(0, ABOUT)])
    ways = {way: words(each) for way, each in near.items()}
    trained, built = ways["trained"], ways["constructed"]
    return np.select(
        [
            trained == built,
            (trained == SUPPORTED) & (built == NOT_SUPPORTED),
            (trained == NOT_SUPPORTED) & (built == SUPPORTED),
        ],
        [trained, *(f"{ONLY_WHEN} networks are {way}" for way in ways)],
        default=UNDECIDED,
    )


def _smooth_widths(runs: Runs) -> list[tuple[str, float, np.ndarray, np.ndarray, np.ndarray]]:
    """Way, L0, and for every pair (n, d) the smallest width that reaches it.

    For trained networks L0 is a multiple of the plateau, the largest constant certified at the largest width, in runs
    of their own; it is the same for every n and d.
    """
    wide = Networks.trained({name: tables for name, tables in runs.items() if name.startswith(PLATEAU)})
    trained, built = _trained_and_built(runs)
    plateau = np.nanmax(wide.upper, axis=-1, keepdims=True) if wide.fitting else np.full(1, math.nan)
    levels = [("trained", trained, trained.upper, factor * plateau) for factor in ABOVE_PLATEAU]
    levels += [("constructed", built, built.lower, np.full(1, level)) for level in BUILT_LEVELS]
    return [(way, float(level.mean()), *nets.narrowest(lip <= level)) for way, nets, lip, level in levels]


def _trained_and_built(runs: Runs) -> tuple[Networks, Networks]:
    deciding = {name: tables for name, tables in runs.items() if not name.startswith(PLATEAU)}
    return Networks.trained(deciding), Networks.constructed(deciding)


# law-3 --------------------------------------------------------------------------------------------------------------


def fitting_width(runs: Runs) -> Verdict:
    """law-3: the exponents in n and in d of the smallest width that fits; a pair (n, d) is one point of the plane."""
    statistic = "exponent in n of the smallest width found to fit"
    nets = Networks.trained(runs)
    n, d, width = nets.narrowest(np.isfinite(nets.lower))
    known = np.isfinite(width)
    if known.sum() < FEWEST:
        return undecided(statistic, f"Fewer than {FEWEST} pairs (n, d) gave a width.", nets.fitting)
    share, (in_n, in_d) = (width * d / n)[known], exponents(width, n, d)
    return Verdict(
        str(fitting_width_words(runs)),
        statistic,
        float(in_n.value),
        (float(in_n.low), float(in_n.high)),
        f"95 % over {known.sum()} pairs (n, d)",
        nets.fitting,
        f"The width is {share.min():.2g} to {share.max():.2g} times n/d; exponent in n {in_n}, in d {in_d}.",
    )


def fitting_width_words(runs: Runs) -> np.ndarray:
    """The rule."""
    nets = Networks.trained(runs)
    n, d, width = nets.narrowest(np.isfinite(nets.lower))
    in_n, in_d = exponents(width, n, d)
    return words([in_n.near(1, ABOUT), in_d.near(-1, ABOUT)])


# law-7 --------------------------------------------------------------------------------------------------------------


def experiments(runs: Runs) -> Verdict:
    """law-7: how A + B sqrt(n/k) foretells the mean of `lower` at a width left out, beside rival laws, run by run."""
    statistic = f"error of the nearest rival less that of {AFFINE}, at widths left out, in % of Lip"
    curves = _curves(runs)
    count = Networks.trained(runs).fitting
    if len(curves) < FEWEST_RUNS:
        return undecided(statistic, f"Fewer than {FEWEST_RUNS} runs have {FEWEST} widths that fit.", count)
    gains, power, _ = _compared(curves)
    verdict = str(experiments_words(runs))
    if verdict == ONLY_WHEN:
        verdict = f"{ONLY_WHEN} an intercept is allowed: the exponent of n/k is {power}, not 1/2"
    least = min(gains.values(), key=lambda gained: float(gained.value))
    return Verdict(
        verdict,
        statistic,
        100 * float(least.value),
        (100 * float(least.low), 100 * float(least.high)),
        f"95 % over {len(curves)} runs",
        count,
        f"Errors less that of {AFFINE}: {', '.join(f'{rival} {_percent(gained)}' for rival, gained in gains.items())}."
        f" As a power alone, the exponent of n/k is {power}. Errors of {', '.join((AFFINE, *RIVALS))} by run:"
        f" {'; '.join(f'{name}: {curve}' for name, curve in curves.items())}.",
    )


def _percent(gained: Estimate) -> str:
    return f"{100 * gained.value:+.1f} % ({100 * gained.low:+.1f} to {100 * gained.high:+.1f})"


def experiments_words(runs: Runs) -> np.ndarray:
    """The rule; what it is "only when" is for `experiments` to say."""
    gains, power, rise = _compared(_curves(runs))
    better = {rival: gained.low > 0 for rival, gained in gains.items()}
    worse = np.any([gained.high < 0 for gained in gains.values()], axis=0)
    rivals = np.all([better[rival] for rival in RIVALS if rival != POWER], axis=0)  # a power of 1/2 is the law itself
    return np.select(
        [
            worse | (rise.high <= 0),
            rivals & (power.near(0.5, ABOUT_HALF) == YES),
            rivals & better[POWER] & (rise.low > 0),
        ],
        [NOT_SUPPORTED, SUPPORTED, ONLY_WHEN],
        default=UNDECIDED,
    )


def _curves(runs: Runs) -> dict[str, Curve]:
    every = {name: Curve.of(Networks.trained({name: tables})) for name, tables in runs.items()}
    return {name: curve for name, curve in every.items() if len(curve.ratio) >= FEWEST}


def _compared(curves: dict[str, Curve]) -> tuple[dict[str, Estimate], Estimate, Estimate]:
    """Over the runs: the gain on each rival, the exponent of the power law, and B over the mean constant."""
    gains = {rival: mean(np.stack([curve.gain(rival) for curve in curves.values()], axis=-1)) for rival in RIVALS}
    power, rise = (
        mean(np.stack([getattr(curve, name) for curve in curves.values()], axis=-1)) for name in ("exponent", "rise")
    )
    return gains, power, rise
