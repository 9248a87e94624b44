"""prune-1: does prunability predict what networks do on unseen images? From tables of `league`. No torch."""

import math
from dataclasses import dataclass

from explorer.frames import Tables
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.prunability.judged import TWO_THIRDS, signed, span, together
from explorer.labs.prunability.league import LEAGUE, PRUNABILITY
from explorer.labs.prunability.league.numbers import interval, ordered, row
from explorer.measure.regression import Interval, side

TEXT = "prunability predicts generalisation over a large set of convnets on CIFAR-10"
TARGET = "test_loss"
CONVNETS = "cifar-10"  # the run that the claim is about
FEWEST = 24  # networks
WHEN_WIDTH = f"{ONLY_WHEN} networks of several widths are compared"
STATISTIC = "tau of P, smallest weights first, with test loss"
RULE = (
    "Supported on a set of networks if tau of P (smallest weights first) with the test loss and tau within networks of "
    "one width both lie clearly above 0 (95 % interval of the bootstrap over networks, a quarter wider), tau is 1/3 or "
    "more (two of three pairs in order), and Psi is above 0. Not supported if tau lies clearly below 1/3; only when "
    "networks of several widths are compared if tau does not, and that within one width does. Undecided with fewer "
    f"than {FEWEST} networks that fit. Supported over all if on every set, convnets on CIFAR-10 among them: "
    "perceptrons on digits alone leave it undecided at best."
)
CHOSEN = (
    "that tau has to be 1/3, after a look at populations, most of these networks among them, in which tau was -.03 to "
    ".11: any bound above .3 says the same. The grid, the tolerance (0.1 nats, absolute) and the training loss are the "
    "panel's, which were set after a look at curves."
)


@dataclass(frozen=True)
class Ranked:
    """How P does with the test loss of one set of networks."""

    n: int
    tau: float
    interval: Interval
    fixed: float
    fixed_interval: Interval
    psi: float

    @classmethod
    def of(cls, tables: Tables) -> "Ranked | None":
        """None where there is no tau."""
        rows = ordered(LEAGUE.among(tables), TARGET)
        at = row(rows, PRUNABILITY)
        if at is None or not math.isfinite(rows["tau"][at]):
            return None
        return cls(
            int(rows["n"][at]),
            float(rows["tau"][at]),
            interval(rows, at),
            float(rows["tau_fixed_width"][at]),
            interval(rows, at, "fixed"),
            float(rows["psi"][at]),
        )

    @property
    def word(self) -> str:
        """The verdict on these networks."""
        ends = (*self.interval, *self.fixed_interval)
        if self.n < FEWEST or not all(map(math.isfinite, ends)):
            return UNDECIDED
        if side(self.interval, TWO_THIRDS) < 0:
            return NOT_SUPPORTED
        if self.tau < TWO_THIRDS or side(self.interval, 0) < 1:
            return UNDECIDED
        if side(self.fixed_interval, TWO_THIRDS) < 0:
            return WHEN_WIDTH
        return SUPPORTED if side(self.fixed_interval, 0) > 0 and self.psi > 0 else UNDECIDED

    def __str__(self) -> str:
        return (
            f"tau {span(self.tau, *self.interval)}, within one width {span(self.fixed, *self.fixed_interval)}, "
            f"Psi {signed(self.psi)} ({self.n} networks)"
        )


def judge(runs: Runs) -> Verdict:
    """The verdict over all sets of networks; the number is the smallest tau."""
    found = {name: ranked for name, tables in runs.items() if (ranked := Ranked.of(tables)) is not None}
    if not found:
        return undecided(STATISTIC, "No set of networks has a tau.")
    word = together({name: ranked.word for name, ranked in found.items()})
    least = min(found, key=lambda name: found[name].tau)
    lacking = "" if CONVNETS in found else " No convnets on CIFAR-10 are among these runs."
    return Verdict(
        UNDECIDED if lacking and word == SUPPORTED else word,
        STATISTIC,
        found[least].tau,
        found[least].interval,
        f"95 % over {found[least].n} networks, {least}",
        sum(ranked.n for ranked in found.values()),
        f"{_first('; '.join(f'{name}: {ranked}' for name, ranked in found.items()))}.{lacking}",
    )


def _first(said: str) -> str:
    return said[0].upper() + said[1:]
