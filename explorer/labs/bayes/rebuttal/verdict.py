"""bayes-3: are averages over a posterior both accurate and robust to gradient attacks? From `rebuttal`. No torch."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.attack_table import ATTACK, AVERAGE, CROSS_ENTROPY, EXPECTED, FGSM, MAP, MARGIN, PGD
from explorer.labs.bayes.powers import Known, Numbers
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided
from explorer.measure.regression import FIRM

TEXT = "HMC and VI networks on MNIST and Fashion-MNIST are both accurate and robust to gradient attacks"
EPS = 0.1  # the smallest radius of the authors' own curves, of pixels between 0 and 1
KEPT = 0.9  # share of what is right without an attack that has to stay right
ACCURATE = 0.9  # share of unseen images
HARDER = {"fashion-mnist": 0.8}  # sets on which less is called accurate
FEWEST = 3  # seeds
HMC, VI = "HMC", "VI"
STATISTIC = f"of what the average has right, the share that stays right under the strongest attack at eps {EPS} (<=)"
#: Attacks on the average, and on MAP: each with its loss.
STRONGEST = (FGSM, EXPECTED), (PGD, CROSS_ENTROPY), (PGD, MARGIN)
RULE = (
    f"An average is accurate if {100 * ACCURATE:.0f} % of unseen images or more are right (Fashion-MNIST: "
    f"{100 * HARDER['fashion-mnist']:.0f} %), and robust if of these {100 * KEPT:.0f} % or more stay right at eps {EPS}"
    " under that of FGSM, PGD and PGD on the margin which leaves the fewest. Supported if all are both, on all data, "
    "for HMC and VI. Not supported if one is clearly not accurate or not robust; where data or methods differ, only "
    "when they are those that are both. 95 % intervals, over test images and seeds, whichever is wider, a quarter "
    f"widened. Undecided with fewer than {FEWEST} seeds, or if the runs that say yes are of one method only."
)
CHOSEN = (
    f"that {100 * KEPT:.0f} % have to stay right, after a first run in which about 60 % did: any bound above 70 % says "
    "the same of it, one of half would say the contrary at this radius and the same at twice that, where 3 to 4 % do. "
    "Sizes, for time."
)


@dataclass(frozen=True)
class Share:
    """An accuracy, mean over seeds, and its 95 % interval: over images or over seeds, whichever reaches further."""

    value: Numbers
    low: Numbers
    high: Numbers

    @classmethod
    def at(cls, table: Columns, case: tuple[str, str, str], eps: float) -> Self:
        """Of a model under an attack with a loss; NaN where there are no such rows. One for every trial."""
        here = table["whole"] & np.isclose(table["eps"], eps, rtol=0, atol=1e-9)
        for column, word in zip(("model", "attack", "loss"), case, strict=True):
            here = here & (table[column] == word)
        rows = np.flatnonzero(here)
        value, low, high = (table[column][..., rows] for column in ("accuracy", "low", "high"))
        if not len(rows):
            unknown = np.full(value.shape[:-1], np.nan)
            return cls(unknown, unknown, unknown)
        seeds = Known.mean(value)
        ends = np.fmin(low.mean(-1), seeds.value - seeds.half), np.fmax(high.mean(-1), seeds.value + seeds.half)
        return cls(seeds.value, *ends)

    def over(self, clean: Numbers) -> Self:
        """As a share of what is right without an attack."""
        return type(self)(self.value / clean, self.low / clean, np.minimum(self.high / clean, 1.0))

    def side(self, bound: float) -> np.ndarray | np.int64:
        """1 above and -1 below; 0 where the interval, a quarter wider, reaches it, or is unknown."""
        middle, half = (self.low + self.high) / 2, FIRM * (self.high - self.low) / 2
        return (middle - half > bound).astype(int) - (middle + half < bound)


@dataclass(frozen=True)
class Kept:
    """One run: what the average has right, what of it under the strongest attack, and which that is; seeds."""

    clean: Share
    left: Share
    strongest: np.ndarray | np.int64
    seeds: int

    @classmethod
    def of(cls, tables: Tables) -> "Kept":
        table = ATTACK.among(tables)
        clean = Share.at(table, (AVERAGE, *STRONGEST[-1]), 0.0)
        found = [Share.at(table, (AVERAGE, *case), EPS) for case in STRONGEST]
        which = np.argmin([each.value for each in found], 0)
        value, low, high = (
            np.take_along_axis(np.stack([getattr(each, name) for each in found]), which[None], 0)[0]
            for name in ("value", "low", "high")
        )
        with np.errstate(invalid="ignore", divide="ignore"):
            left = Share(value, low, high).over(clean.value)
        return cls(clean, left, which, len(np.unique(table["seed"][table["whole"] & (table["model"] == AVERAGE)])))

    def word(self, accurate: float) -> np.ndarray:
        """The verdict on this run."""
        if self.seeds < FEWEST:
            return np.full_like(self.strongest, UNDECIDED, dtype="U16")
        sides = np.minimum(self.clean.side(accurate), self.left.side(KEPT))
        return np.select([sides < 0, sides > 0], [NOT_SUPPORTED, SUPPORTED], UNDECIDED)


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs, which are named after method and data; the number is the smallest."""
    found = {name: kept for name, tables in runs.items() if np.isfinite((kept := Kept.of(tables)).left.value)}
    if not found:
        return undecided(STATISTIC, f"No run has all attacks at eps {EPS}.")
    least = min(found, key=lambda name: found[name].left.value)
    said = ". ".join(f"{name}: {_said(kept, runs[name])}" for name, kept in found.items())
    lacking = "" if _methods(runs) == {HMC, VI} else " One of HMC and VI is not among these runs."
    left = found[least].left
    return Verdict(
        str(word(runs)),
        STATISTIC,
        float(left.value),
        (float(left.low), float(left.high)),
        f"95 %, {least}",
        sum(kept.seeds for kept in found.values()),
        f"{said}.{lacking}",
    )


def word(runs: Runs) -> np.ndarray:
    """The verdict, or those of all trials."""
    each = np.stack([Kept.of(tables).word(_accurate(name)) for name, tables in runs.items()], -1)
    names = list(runs)
    said = [together(dict(zip(names, one, strict=True))) for one in each.reshape(-1, len(names)).tolist()]
    return np.array(said).reshape(each.shape[:-1])


def together(words: dict[str, str]) -> str:
    """The verdict over runs, by the word of each."""
    good = [name for name, word in words.items() if word == SUPPORTED]
    if NOT_SUPPORTED in words.values():
        return f"{ONLY_WHEN} it is {' or '.join(good)}" if good else NOT_SUPPORTED
    return SUPPORTED if len(good) == len(words) and _methods(words) == {HMC, VI} else UNDECIDED


def _methods(runs: Iterable[str]) -> set[str]:
    return {name.partition(",")[0] for name in runs}


def _accurate(name: str) -> float:
    return HARDER.get(name.rpartition(" ")[2], ACCURATE)


def _said(kept: Kept, tables: Tables) -> str:
    table = ATTACK.among(tables)
    attack, loss = STRONGEST[int(kept.strongest)]
    own = MARGIN if loss == MARGIN else CROSS_ENTROPY
    beside = float(Share.at(table, (MAP, attack, own), EPS).value)
    prior = f"; MAP with the same prior {100 * beside:.1f} %" if np.isfinite(beside) else ""
    right, left = float(kept.clean.value), float(kept.left.value * kept.clean.value)
    rhat = table["rhat"][table["whole"]].max()
    walked = f"R-hat {rhat:.2f}" if np.isfinite(rhat) else "R-hat unknown"
    return (
        f"{100 * right:.1f} % of unseen images right, {100 * left:.1f} % under {attack.upper()} on the {loss}{prior}"
        f" ({walked})"
    )
