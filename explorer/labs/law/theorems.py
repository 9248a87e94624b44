"""Verdicts on the claims of the law of robustness that are proved: does the floor hold here, and how loose is it?

A floor that is proved can still be broken by numbers, when a program, a transcription or a proof is wrong; then the
verdict is "not supported". No torch.
"""

import math

import numpy as np

from explorer.labs.claims import NOT_SUPPORTED, PROVED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.law.numbers import settled
from explorer.labs.law.pooled import rows_of, stacked
from explorer.theory import projection

TRIFLING = 0.1  # a certified ratio to the law below it would leave no constant worth the name
EXACT_TO = 2  # degree p up to which |T| is computed, not searched for


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
    found = found[~np.isnan(found)]
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
            (p, d, floors[n, d] / scale, norm / scale)
            for p, n, d, norm, scale in rows_of(tables["tensor"], "p", "n", "d", "op_norm", "scale")
            if math.isfinite(norm) and (n, d) in floors
        ]
        if forms:
            p, d, certified, found = np.array(forms).T
            sizes = ", ".join(f"{size:g}" for size in sorted(set(d)))
            bounds = f"certified {certified.min():.3g}, found {found.min():.3g}"
            said.append(f"p = {p[0]:g}, d = {sizes}: {bounds} to {found.max():.3g}")
            every += forms
    if not every:
        return undecided(statistic, "No form fits.")
    p, _, certified, found = np.array(every).T
    below, exact = settled(found / certified) < 1, p <= EXACT_TO
    if (exact & (below | (found < TRIFLING))).any():
        verdict = NOT_SUPPORTED
    else:  # a search that ends below a floor has missed something; a floor near zero says nothing
        verdict = UNDECIDED if below.any() or certified.min() < TRIFLING else PROVED
    return Verdict(
        verdict,
        statistic,
        float(certified.min()),
        (float(certified.min()), float(found.min())),
        "certified for all to found for one",
        len(every),
        f"{'; '.join(said)}. What was found lies a factor {np.median(found / certified):.3g} (median) above its floor.",
    )


def _over_floors(runs: Runs, name: str) -> np.ndarray:
    """Product over floor of every trained network that fits, with the floors of that name for its run's data."""
    ratios = []
    for tables in runs.values():
        known = rows_of(tables["floors"], "name", "n", "d", "k", "value")
        floors = {(n, d, k): value for kind, n, d, k, value in known if kind == name}
        ratios += [
            product / floors[n, d, k]
            for n, d, k, fits, product in rows_of(tables["trained"], "n", "d", "k", "fits", "product")
            if fits and math.isfinite(product) and (n, d, k) in floors
        ]
    return np.array(ratios)


def _proved(statistic: str, ratios: np.ndarray, rest: str) -> Verdict:
    """Whether every ratio to a proved floor is at least 1, and how far above it they lie."""
    ratios = settled(ratios[~np.isnan(ratios)])  # a certificate that is unknown says nothing
    if not len(ratios):
        return undecided(statistic, "Nothing was found to which the floor applies.")
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
