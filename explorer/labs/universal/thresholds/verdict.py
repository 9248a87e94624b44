"""universal-2: does smooth interpolation need d times more parameters than interpolation? From `thresholds`. No torch.

What can be counted are networks that were found. The theorem speaks of Lip = O(1), which training does not reach at
these sizes: its count for a level L0, c n d / L0^2, is more than n only where d > L0^2 / c. So the plateau decides:
"smooth" is what the widest networks come to; levels of L0 are heard where they ask for more than fitting does.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from explorer.figures.numbers import listed
from explorer.figures.tables import where
from explorer.frames import Columns, Tables
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.universal.thresholds import ABOVE_PLATEAU, BUILT, THRESHOLDS, TRAINED
from explorer.labs.universal.thresholds.factors import ABOUT, at, levels, rows
from explorer.measure.regression import UNKNOWN, Interval, line, plane, side

TEXT = "smooth interpolation needs d times more parameters than mere interpolation"
STATISTIC = "exponent in d of params to fit smoothly over params to fit, trained networks"
FEWEST = 4  # dimensions
REACH = 8  # times the smallest of them that the largest is at least
RULE = (
    "The factor between both thresholds is fitted as a power of d (and of n where n differs). It is about d if the 95 "
    f"% interval of that power lies within {ABOUT} of 1, and is not if the interval, a quarter wider, lies outside. "
    f"Decided by trained networks, smooth meaning {ABOVE_PLATEAU} times the certified constant of the widest or less. "
    "Levels of L0, over the narrowest networks known, trained or built, may only restrict that: where they say the "
    "opposite, it is only when smooth is the one or the other. A dimension in which some did not reach both thresholds "
    "is left out, and from a level one in which half or more were smooth as soon as they fitted. Undecided with fewer "
    f"than {FEWEST} dimensions left, or if the largest is less than {REACH} times the smallest."
)
CHOSEN = (
    "that smooth is measured by the widest network, after constants had been seen to fall with d; that a plateau takes"
    " a second network; the grid of widths; how near is near."
)
#: What decides: sizes at which the narrowest network that fits has more than a few neurons, and a grid finer than the
#: page's, for rounding up to it bends a power; then with other n and more seeds.
DS = (5, 7, 10, 15, 23, 35, 53, 80)
WIDTHS = (3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 14, 16, 18, 21, 24, 28, 33, 39, 46, 54, 64, 80, 112, 192)
GRID: Mapping[str, object] = {"panel": "thresholds", "ds": DS, "widths": WIDTHS}
RUNS: Mapping[str, Mapping[str, object]] = {"n = 300": {**GRID, "n": 300, "seeds": 3}}
FULL: Mapping[str, Mapping[str, object]] = {f"n = {n}": {**GRID, "n": n, "seeds": 6} for n in (200, 300, 400)}


@dataclass(frozen=True)
class Power:
    """The factor as a power of d: over which dimensions, how many pairs, and how many more did not reach both."""

    value: float
    interval: Interval
    dimensions: tuple[int, ...]
    pairs: int
    unreached: int

    @classmethod
    def of(cls, table: Columns, *, binding: bool = False) -> "Power":
        """In rows of one target; where it has to be `binding`, dimensions in which it mostly is not are left out."""
        value = table["params_smooth"] / table["params_fit"]
        there = np.isfinite(value)
        out = {*table["d"][~there].tolist()}
        if binding:
            out |= {d for d in table["d"].tolist() if np.median(np.nan_to_num(value[table["d"] == d], nan=2)) <= 1}
        used = ~np.isin(table["d"], list(out))
        d, n, z = np.log(table["d"][used]), np.log(table["n"][used]), np.log(value[used])
        if len(np.unique(n)) > 1:
            both = plane(d, n, z)
            found = both.first, both.first_interval
        else:
            alone = line(d, z)
            found = alone.slope, alone.slope_interval
        return cls(*found, tuple(np.unique(table["d"][used]).tolist()), int(used.sum()), int((~there).sum()))

    @property
    def word(self) -> str:
        """Whether it is about 1."""
        enough = len(self.dimensions) >= FEWEST and self.dimensions[-1] >= REACH * self.dimensions[0]
        if not (enough and all(map(math.isfinite, self.interval))):
            return UNDECIDED
        low, high = self.interval
        if low > 1 - ABOUT and high < 1 + ABOUT:
            return SUPPORTED
        outside = side(self.interval, 1 - ABOUT) < 0 or side(self.interval, 1 + ABOUT) > 0
        return NOT_SUPPORTED if outside else UNDECIDED

    def __str__(self) -> str:
        left = f"{self.unreached} did not reach both thresholds" if self.unreached else "all reached both thresholds"
        over = f"{self.pairs} pairs in {listed(self.dimensions)} dimensions" if self.pairs else "no dimension left"
        if not all(map(math.isfinite, self.interval)):
            return f"no power ({over}; {left})"
        low, high = self.interval
        return f"power {self.value:.2f} ({low:.2f} to {high:.2f}; {over}; {left})"


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs together."""
    tables: Tables = {THRESHOLDS.name: THRESHOLDS.joined([THRESHOLDS.among(each) for each in runs.values()])}
    own = Power.of(rows(tables, TRAINED))
    found = {level: Power.of(known(tables, level), binding=True) for level in levels(tables)}
    made = {level: Power.of(at(tables, BUILT, level)) for level in levels(tables)}
    if not own.pairs:
        return undecided(STATISTIC, "In no dimension have all networks reached both thresholds.")
    said = [
        f"Smooth as {ABOVE_PLATEAU} times the plateau: {own}",
        *(f"The narrowest known with Lip <= {level:g}, where that binds: {power}" for level, power in found.items()),
        *(f"Constructions alone, Lip <= {level:g}: {power}" for level, power in made.items()),
    ]
    return Verdict(
        together(own.word, [power.word for power in found.values()]),
        STATISTIC,
        own.value,
        own.interval if all(map(math.isfinite, own.interval)) else UNKNOWN,
        f"95 % over {own.pairs} trainings",
        own.pairs,
        f"{'. '.join(said)}.",
    )


def together(own: str, heard: list[str]) -> str:
    """The plateau's word, which a level of the opposite word restricts."""
    opposite = {SUPPORTED: NOT_SUPPORTED, NOT_SUPPORTED: SUPPORTED}
    if opposite.get(own) in heard:
        return f"{ONLY_WHEN} smooth is {'as the widest networks' if own == SUPPORTED else 'Lip <= L0'}"
    return own


def known(tables: Tables, level: float) -> Columns:
    """For a level the narrowest network that fits and the narrowest that is smooth, trained or built."""
    both = [at(tables, series, level) for series in (TRAINED, BUILT)]
    pairs = [set(zip(*(each[name].tolist() for name in ("n", "d", "seed")), strict=True)) for each in both]
    out = []
    for n, d, seed in sorted(pairs[0] & pairs[1]):
        one, other = (where(each, (each["n"] == n) & (each["d"] == d) & (each["seed"] == seed)) for each in both)
        least = {name: np.fmin(one[name], other[name]) for name in ("params_fit", "params_smooth")}
        out.append({**one, **least})
    return THRESHOLDS.joined(out)
