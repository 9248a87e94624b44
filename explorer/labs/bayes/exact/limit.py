"""bayes-2: does the expected gradient vanish in the limit? From tables of `exact`. No torch.

It is the limit of many samples, of much data and of wide networks. The first is where averaging acts; the others are
asked of what averaging leaves.
"""

from dataclasses import dataclass

import numpy as np
from jaxtyping import Float

from explorer.figures.numbers import signed
from explorer.labs.bayes.exact.captions import FALL
from explorer.labs.bayes.exact.claim_runs import ALL, FEWEST, POINTS, WIDTHS, last, seeds, walked
from explorer.labs.bayes.gradient import GRADIENT, NORMAL, TANGENTIAL
from explorer.labs.bayes.powers import Answers, Known, grid, slopes
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED, Runs, Verdict, undecided

TEXT = "in the limit, posteriors are robust to gradient-based attacks: the expected gradient vanishes"
STATISTIC = "log-log slope of the averaged gradient along the data, in the number of samples"
WHEN_DATA, WHEN_WIDE = f"{ONLY_WHEN} the data grow, too", f"{ONLY_WHEN} the width grows, too"
PARTS = {NORMAL: "off the data", TANGENTIAL: "along them"}
RULE = (
    "Padded moons, unseen points, largest coordinate of the averaged gradient. A part cancels if its mean falls with "
    f"the number of samples, in every run and with a slope below {FALL}, half of that of 1/sqrt n, and its median "
    "falls; it stays if the slope of its mean lies above, in every run, too. What stays fades with data, or with width,"
    f" if what the last average has of it falls with a power below {FALL}. All 95 % intervals, a quarter wider, have to"
    " lie so. Supported if both parts cancel, or what stays fades with data and with width. Only when the data grow if"
    " it fades with them and stays with width (and the other way round). Not supported if it stays with both. Undecided"
    f" else, and with fewer than {FEWEST} seeds. How large a gradient is says little of an attack along its signs."
)
CHOSEN = (
    f"the bound {FALL} was set for the captions before; that data and width are asked of what averaging leaves came "
    "after runs had shown that the part along the data stays with samples and with width; sizes, for time."
)


@dataclass(frozen=True)
class Found:
    """What the runs say of one part, of one verdict or of all trials.

    Attributes:
        mean, median: slopes in the number of samples, of each seed the mean over all runs. runs: the mean of each run.
        data, width: powers of what the last average has. single: power of n in the mean norm of single samples.
    """

    mean: Known
    median: Known
    runs: Float[np.ndarray, "*trials R"]
    data: Known
    width: Known
    single: Known

    @classmethod
    def of(cls, runs: Runs, direction: str) -> "Found":
        tables = [GRADIENT.among(runs[name]) for name in ALL]
        means, medians = (
            [slopes(*grid(table, direction, column)) for table in tables] for column in ("mean_norm", "median_norm")
        )
        data, width = (Known.power(*last(runs, sizes, direction)) for sizes in (POINTS, WIDTHS))
        return cls(
            Known.mean(_by_seed(means)),
            Known.mean(_by_seed(medians)),
            np.stack([each.mean(-1) for each in means], -1),
            data,
            width,
            Known.power(*last(runs, POINTS, direction, single=True)),
        )

    @property
    def cancels(self) -> Answers:
        return self.mean.below(FALL) & self.median.below(0) & (self.runs < FALL).all(-1)

    @property
    def stays(self) -> Answers:
        return self.mean.above(FALL) & (self.runs > FALL).all(-1)


def _by_seed(slopes: list[np.ndarray]) -> Float[np.ndarray, "*trials S"]:
    """The mean over runs: those of one seed share momenta and points, and are one number."""
    few = min(each.shape[-1] for each in slopes)
    return np.mean([each[..., :few] for each in slopes], axis=0)


def judge(runs: Runs) -> Verdict:
    """The verdict over all runs together."""
    if not set(ALL) <= set(runs) or seeds(runs, {**POINTS, **WIDTHS}) < FEWEST:
        return undecided(STATISTIC, f"Not every run has {FEWEST} seeds.")
    both = {direction: Found.of(runs, direction) for direction in PARTS}
    along = both[TANGENTIAL]
    count = len(ALL) * seeds(runs, {**POINTS, **WIDTHS})
    if not all(np.isfinite([found.mean.half, found.median.half]).all() for found in both.values()):
        return undecided(STATISTIC, "Some norms are unknown or 0.", count)
    said = "; ".join(f"{PARTS[direction]} {_said(found)}" for direction, found in both.items())
    return Verdict(
        str(word(runs)),
        STATISTIC,
        float(along.mean.value),
        along.mean.ends,
        f"95 % over {count // len(ALL)} seeds, each the mean of {len(ALL)} runs",
        count,
        f"Slope in samples: {said}. Single networks' gradients along the data have the power {along.single} of n. "
        f"{walked(runs, ALL)}",
    )


def word(runs: Runs) -> np.ndarray:
    """The verdict, or those of all trials."""
    both = [Found.of(runs, direction) for direction in PARTS]
    settled = np.logical_and.reduce([found.cancels | found.stays for found in both])

    def fades(powers: list[Known]) -> Answers:
        """Whether all that stays does."""
        each = [~part.stays | power.below(FALL) for part, power in zip(both, powers, strict=True)]
        return np.logical_and.reduce(each)

    def endures(powers: list[Known]) -> Answers:
        """Whether some of what stays does not fade."""
        each = [part.stays & power.above(FALL) for part, power in zip(both, powers, strict=True)]
        return np.logical_or.reduce(each)

    with_data, with_width = [part.data for part in both], [part.width for part in both]
    data, width = fades(with_data), fades(with_width)
    not_data, not_width = endures(with_data), endures(with_width)
    cases = {SUPPORTED: data & width, WHEN_DATA: data & not_width, WHEN_WIDE: width & not_data}
    cases[NOT_SUPPORTED] = not_data & not_width
    return np.select([settled & each for each in cases.values()], list(cases), UNDECIDED)


def _said(found: Found) -> str:
    """The slope and its range over runs, and what the final average has."""
    return (
        f"{found.mean} ({signed(found.runs.min())} to {signed(found.runs.max())} run by run; what is left has the power"
        f" {found.data} of n and {found.width} of k)"
    )
