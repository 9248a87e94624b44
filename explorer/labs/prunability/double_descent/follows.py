"""prune-3: does prunability go with the test loss where that descends twice? No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.frames import Columns
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT
from explorer.labs.prunability.double_descent.numbers import Peak, finished, grid, levels, of_tau, peak, taus
from explorer.labs.prunability.judged import TWO_THIRDS, signed, span, together
from explorer.measure.regression import Interval, mean, side

TEXT = "it correlates with test loss in a double-descent setting"
FEWEST = 5  # seeds
BOTH_SIDES = f"{ONLY_WHEN} widths on both sides of the peak are compared: past it the width alone tells as much"
STATISTIC = "tau over widths of P with test loss, from the dip before the peak on"
RULE = (
    "Where the mean test loss over widths has a peak that stands clearly above the dip before it and above the widest, "
    "Kendall's tau over widths of P (smallest weights first) with the test loss, and that of the width alone with "
    "either sign, seed by seed, from the dip on and from the peak on. Supported if tau of P from the dip on is 1/3 or "
    "more and lies clearly above 0 (95 % interval of the mean over seeds, a quarter wider), and clearly exceeds that "
    "of the width; if then from the peak on it does not exceed the width's in the mean, only when widths on both sides "
    "of the peak are compared. Not supported if tau of P lies clearly below 1/3 or is clearly less than the width's "
    f"from the dip on. Undecided without a peak or with fewer than {FEWEST} seeds. Of several runs all must say so; "
    "where they differ, only when it is those that do."
)
CHOSEN = (
    "that widths count from the dip on, that the width stands beside, and that past the peak restricts: tau of P had "
    "been .68 [.57, .80] from the dip on, where the width has -.49, and past the peak .83 beside -.92. Over all widths "
    "it was .50 and .36. Widths, noise, steps and tolerance are the panel's."
)


@dataclass(frozen=True)
class Follows:
    """One run: from which width on, tau of P and of the width with the test loss, and the lead, in each seed."""

    peak: Peak
    own: np.ndarray
    width: np.ndarray
    past: np.ndarray
    width_past: np.ndarray

    @classmethod
    def of(cls, table: Columns) -> "Follows | None":
        """Of the noisiest labels; None where there is no peak, or a tau of a seed is unknown."""
        if not len(table["width"]):
            return None
        noise = levels(table)[0]
        P, loss = (grid(table, noise, name) for name in ("prunability_magnitude", "test_loss"))
        found = peak(loss)
        if found is None:
            return None
        parts = []
        for since in (found.dip, found.top):
            parts += [taus(P.since(since), loss.since(since)), taus(loss.since(since))]
        return cls(found, *parts)

    @property
    def lead(self) -> tuple[float, Interval]:
        """tau of P less that of the width, whatever its sign; unknown where a seed lacks either."""
        return _lead(self.own, self.width)

    @property
    def lead_past(self) -> tuple[float, Interval]:
        """The same from the peak on."""
        return _lead(self.past, self.width_past)

    @property
    def word(self) -> str:
        """The verdict on this run."""
        (tau, ends), (_, ahead), (past, _) = of_tau(self.own), self.lead, self.lead_past
        stands = side(mean(self.peak.rise)[1], 0) > 0 and side(mean(self.peak.fall)[1], 0) > 0
        if len(self.own) < FEWEST or not stands or not all(map(math.isfinite, (*ends, *ahead))):
            return UNDECIDED
        if side(ends, TWO_THIRDS) < 0 or side(ahead, 0) < 0:
            return NOT_SUPPORTED
        if tau < TWO_THIRDS or side(ends, 0) < 1 or side(ahead, 0) < 1:
            return UNDECIDED
        return SUPPORTED if past > 0 else BOTH_SIDES

    def __str__(self) -> str:
        own, width = of_tau(self.own), float(self.width.mean()) if len(self.width) else math.nan
        past, width_past = of_tau(self.past), float(self.width_past.mean()) if len(self.width_past) else math.nan
        return (
            f"dip at width {self.peak.dip}, peak at {self.peak.top} ({self.peak.ratio:.2f} times); from the dip on tau "
            f"{span(own[0], *own[1])} of P, {signed(width)} of the width, lead {span(self.lead[0], *self.lead[1])}; "
            f"from the peak on {span(past[0], *past[1])} and {signed(width_past)}, lead "
            f"{span(self.lead_past[0], *self.lead_past[1])} ({len(self.own)} seeds)"
        )


def _lead(own: np.ndarray, width: np.ndarray) -> tuple[float, Interval]:
    return mean(own - np.abs(width)) if len(own) == len(width) else (math.nan, (math.nan, math.nan))


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs; the number is the smallest tau of P."""
    done = {name: finished(DOUBLE_DESCENT.among(tables)) for name, tables in runs.items()}
    found = {name: each for name, table in done.items() if (each := Follows.of(table)) is not None and len(each.own)}
    networks = sum(len(table["width"]) for table in done.values())
    if not found:
        return undecided(STATISTIC, "No run has three widths with a test loss.", networks)
    least = min(found, key=lambda name: of_tau(found[name].own)[0])
    value, ends = of_tau(found[least].own)
    said = "; ".join(f"{name}: {each}" for name, each in found.items())
    return Verdict(
        together({name: each.word for name, each in found.items()}),
        STATISTIC,
        value,
        ends,
        f"95 % over {len(found[least].own)} seeds, {least}",
        networks,
        f"{said[0].upper()}{said[1:]}.",
    )
