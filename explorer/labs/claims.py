"""What a paper claims, and how a lab decides it: a lab's `claims.py` declares `CLAIMS`. No torch here or there."""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from explorer.frames import Tables

SUPPORTED, NOT_SUPPORTED, UNDECIDED = "supported", "not supported", "undecided"
ONLY_WHEN, PROVED = "only when", "proved, holds"
Runs = Mapping[str, Tables]


@dataclass(frozen=True)
class Verdict:
    """What the runs say about a claim.

    Args:
        verdict: "supported", "not supported", "undecided" if the runs do not tell, "only when ..." followed by when, or
            "proved, holds" for a theorem whose inequality held everywhere (one that is violated is "not supported").
        statistic: what `value` is, and in which direction it errs.
        value: the number on which the verdict rests; NaN where the runs do not give it.
        interval: around `value`, from low to high; NaN or infinite where an end is unknown.
        spread: what the interval is, such as "95 % over 6 widths".
        n: how many networks or data sets it rests on.
        found: what was found, in a sentence.
    """

    verdict: str
    statistic: str
    value: float
    interval: tuple[float, float]
    spread: str
    n: int
    found: str

    def __post_init__(self) -> None:
        conditional = self.verdict.startswith(f"{ONLY_WHEN} ")
        if not conditional and self.verdict not in (SUPPORTED, NOT_SUPPORTED, UNDECIDED, PROVED):
            raise ValueError(f"{self.verdict!r} is no verdict")


@dataclass(frozen=True)
class Claim:
    """One claim of a paper.

    Args:
        id: its fixed name, such as "law-1".
        text: the claim in our words.
        paper: the short name of one of the lab's papers.
        rule: what would support it, and what would not.
        runs: settings of the runs that decide it, each under a name; they take seconds.
        full: the same runs with more seeds and sizes; they take minutes.
        judge: the verdict from the last tables of these runs, under their names. Pure, and without torch.
        chosen: what of runs and rule was chosen after a look at results; "" if nothing was.
        at_best: the most favourable verdict there is: `PROVED` for a theorem, `UNDECIDED` where no finite number of
            runs can support the claim.
    """

    id: str
    text: str
    paper: str
    rule: str
    runs: Mapping[str, Mapping[str, object]]
    full: Mapping[str, Mapping[str, object]]
    judge: Callable[[Runs], Verdict]
    chosen: str = ""
    at_best: str = SUPPORTED


def undecided(statistic: str, why: str, n: int = 0) -> Verdict:
    """The verdict where the runs give no number to decide by."""
    return Verdict(UNDECIDED, statistic, math.nan, (math.nan, math.nan), "unknown", n, why)
