"""prune-4: does prunability say more than margin, flatness and speed? From tables of `league`. No torch."""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from explorer.figures.tables import where
from explorer.frames import Tables
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.labs.prunability.judged import span, together
from explorer.labs.prunability.league import INFORMATION, LEAGUE, PRUNABILITY
from explorer.labs.prunability.league.numbers import IN_A_SENTENCE, clear, interval, ordered, row
from explorer.measure.regression import Interval, side

TEXT = "it is not explained by margin, flatness or optimisation speed, and predicts better than flatness"
TARGET = "test_loss"
FLATNESS = "flatness", "flatness_relative", "sharpness"
RIVALS = ("margin", *FLATNESS, "steps", "summed")
#: Share of the order by test loss that P has to tell beyond each of them: P that is nothing but one of them, seen
#: through noise, seems to tell up to 0.1, since orders alone are known and not how far networks are apart.
MORE = 0.1
FEWEST = 24  # networks
STATISTIC = "tau of P with test loss less that of the flatness measure that does best"
RULE = (
    "Supported on a set of networks if tau of P (smallest weights first) with the test loss lies clearly above 0, also "
    "within one width, and clearly above that of each measure of flatness (1/sigma^2, 1/sigma^2 by magnitude, "
    "sharpness; intervals of the difference on the same resamples of networks, a quarter wider), and P tells "
    f"{100 * MORE:.0f} % or more of what the order of the margin, of each of these, of steps or of the summed training "
    "loss leaves open of the order by test loss. Not supported if some flatness predicts clearly better (as one of "
    f"{len(FLATNESS)}); where P is clearly ahead of another, only when flatness is that one. Undecided with fewer than "
    f"{FEWEST} networks that fit. Of several sets all must say so; where they differ, only when it is those that do."
)
CHOSEN = (
    "nothing of the rule, but its networks had been looked at: of 55 flatness by magnitude had a tau .46 larger than "
    "that of P. The grid, the tolerance and which noise counts as borne are the panel's, set after a look at curves."
)


@dataclass(frozen=True)
class Ahead:
    """One set of networks: tau of P, within one width; less that of each flatness; what P tells beyond each rival."""

    n: int
    tau: float
    interval: Interval
    fixed: Interval
    less: Mapping[str, tuple[float, Interval]]
    beyond: Mapping[str, float]

    @classmethod
    def of(cls, tables: Tables) -> "Ahead | None":
        """None where tau of P or of a flatness is unknown."""
        rows = ordered(LEAGUE.among(tables), TARGET)
        places = {name: row(rows, name) for name in (PRUNABILITY, *FLATNESS)}
        at = {name: place for name, place in places.items() if place is not None}
        if len(at) < len(places) or not all(math.isfinite(rows["less"][at[name]]) for name in FLATNESS):
            return None
        less = {name: (float(rows["less"][at[name]]), interval(rows, at[name], "less")) for name in FLATNESS}
        own = at[PRUNABILITY]
        return cls(
            int(rows["n"][own]),
            float(rows["tau"][own]),
            interval(rows, own),
            interval(rows, own, "fixed"),
            less,
            _beyond(tables),
        )

    @property
    def word(self) -> str:
        """The verdict on these networks."""
        if self.n < FEWEST:
            return UNDECIDED
        behind = [name for name, (_, ends) in self.less.items() if clear(ends, len(FLATNESS)) < 0]
        ahead = [name for name, (_, ends) in self.less.items() if side(ends, 0) > 0]
        if behind:
            which = [name for name, (_, ends) in self.less.items() if clear(ends, len(FLATNESS)) > 0]
            names = " or ".join(IN_A_SENTENCE[name] for name in which)
            return f"{ONLY_WHEN} flatness is measured as {names}" if which else NOT_SUPPORTED
        tells = all(self.beyond.get(name, 0.0) >= MORE for name in RIVALS)
        rises = side(self.interval, 0) > 0 and side(self.fixed, 0) > 0
        return SUPPORTED if len(ahead) == len(FLATNESS) and rises and tells else UNDECIDED

    @property
    def least(self) -> tuple[str, float, Interval]:
        """The flatness that P is least ahead of."""
        name = min(self.less, key=lambda each: self.less[each][0])
        return name, *self.less[name]

    def __str__(self) -> str:
        less = ", ".join(f"{IN_A_SENTENCE[name]} {span(value, *ends)}" for name, (value, ends) in self.less.items())
        known = {name: value for name, value in self.beyond.items() if math.isfinite(value)}
        told = "nothing is known of what P tells beyond others"
        if known:
            name = min(known, key=lambda each: known[each])
            told = f"beyond each rival P tells {100 * known[name]:.1f} % or more (least: {IN_A_SENTENCE[name]})"
        return f"tau of P {span(self.tau, *self.interval)}, less that of {less}; {told} ({self.n} networks)"


def _beyond(tables: Tables) -> dict[str, float]:
    table = INFORMATION.among(tables)
    rows = where(table, (table["a"] == PRUNABILITY) & (table["b"] == TARGET))
    found = dict(zip(rows["given"].tolist(), rows["value"].tolist(), strict=True))
    return {name: found[name] for name in RIVALS if name in found}


def judge(runs: Runs) -> Verdict:
    """The verdict over all sets of networks; the number is the smallest lead."""
    found = {name: ahead for name, tables in runs.items() if (ahead := Ahead.of(tables)) is not None}
    if not found:
        return undecided(STATISTIC, "No set of networks has tau of P and of all measures of flatness.")
    name = min(found, key=lambda each: found[each].least[1])
    rival, value, ends = found[name].least
    said = "; ".join(f"{each}: {ahead}" for each, ahead in found.items())
    return Verdict(
        together({each: ahead.word for each, ahead in found.items()}),
        STATISTIC,
        value,
        ends,
        f"95 % over {found[name].n} networks, {name}, {IN_A_SENTENCE[rival]}",
        sum(ahead.n for ahead in found.values()),
        f"{said[0].upper()}{said[1:]}.",
    )
