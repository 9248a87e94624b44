"""prune-2: does prunability grow with the network, as the count of kept weights does? No torch."""

import math
from dataclasses import dataclass

from explorer.frames import Columns
from explorer.labs.claims import NOT_SUPPORTED, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT
from explorer.labs.prunability.double_descent.numbers import finished, grid, interpolation, levels, of_tau, taus
from explorer.labs.prunability.judged import TWO_THIRDS, span, together
from explorer.measure.regression import Interval, side

TEXT = "it does not grow with network size, unlike counts of kept parameters"
FEWEST, WIDTHS, REACH = 5, 4, 8  # seeds; widths, and times the smallest of them that the largest is at least
STATISTIC = "tau over widths of P with the width, from interpolation on"
RULE = (
    "Of networks with one level of noise, from the width on at which 99 % of the training images are right: Kendall's "
    "tau over widths of P (smallest weights first) and of the number of weights that it is, with the width, each the "
    "mean over seeds with its 95 % interval, a quarter wider. Supported if that of the count lies clearly above 1/3, "
    "that of P is 0 or less and lies clearly below 1/3. Not supported if that of P lies clearly above 0, or that of "
    f"the count clearly below 1/3. Undecided with fewer than {FEWEST} seeds or {WIDTHS} widths, or if the largest is "
    f"less than {REACH} times the smallest. Of several levels of noise all must say so; where they differ, only when "
    "it is those that do."
)
CHOSEN = (
    "that widths count from interpolation on, where tau of P had been -.83 (these seeds, noisy labels) and -.64 (five "
    "others): below it P rises, as does the test loss. Widths, noise and tolerance are the panel's."
)


@dataclass(frozen=True)
class Growth:
    """Of one level of noise: taus with the width, of P and of the count, and over what."""

    since: int
    widths: tuple[int, ...]
    seeds: int
    share: tuple[float, Interval]
    count: tuple[float, Interval]

    @classmethod
    def of(cls, table: Columns, noise: float) -> "Growth | None":
        """None where no width interpolates, or nothing is known."""
        at = interpolation(table, noise)
        if at is None:
            return None
        P, count = (grid(table, noise, name).since(at) for name in ("prunability_magnitude", "count"))
        share, number = taus(P), taus(count)
        if not len(share) or not len(number):
            return None
        seeds = min(len(share), len(number))
        return cls(at, tuple(P.widths.tolist()), seeds, of_tau(share), of_tau(number))

    @property
    def word(self) -> str:
        """The verdict on this level."""
        enough = len(self.widths) >= WIDTHS and self.widths[-1] >= REACH * self.widths[0]
        (share, ends), (_, counted) = self.share, self.count
        if self.seeds < FEWEST or not enough or not all(map(math.isfinite, (*ends, *counted))):
            return UNDECIDED
        if side(ends, 0) > 0 or side(counted, TWO_THIRDS) < 0:
            return NOT_SUPPORTED
        still = share <= 0 and side(ends, TWO_THIRDS) < 0
        return SUPPORTED if still and side(counted, TWO_THIRDS) > 0 else UNDECIDED

    def __str__(self) -> str:
        (share, ends), (number, counted) = self.share, self.count
        return (
            f"from width {self.since} on {span(share, *ends)} of P and {span(number, *counted)} of the count "
            f"({len(self.widths)} widths, {self.seeds} seeds)"
        )


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs and levels of noise; the number is the largest tau of P."""
    found: dict[str, Growth] = {}
    networks = 0
    for name, tables in runs.items():
        table = finished(DOUBLE_DESCENT.among(tables))
        networks += len(table["width"])
        for noise in levels(table):
            if (growth := Growth.of(table, noise)) is not None:
                found[f"{name}, {100 * noise:g} % of labels drawn anew"] = growth
    if not found:
        return undecided(STATISTIC, "At no level of noise do networks interpolate.", networks)
    most = max(found, key=lambda each: found[each].share[0])
    value, ends = found[most].share
    said = "; ".join(f"{each}: {growth}" for each, growth in found.items())
    return Verdict(
        together({each: growth.word for each, growth in found.items()}),
        STATISTIC,
        value,
        ends,
        f"95 % over {found[most].seeds} seeds, {most}",
        networks,
        f"{said[0].upper()}{said[1:]}.",
    )
