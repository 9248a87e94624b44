"""bayes-1: does vulnerability come from data on a submanifold? From tables of `exact`, and of `support`. No torch.

The claim is of one network in a limit: with more data its gradient along the data vanishes, and what is left leads off
them. And of a control: where noise makes the data fill all dimensions, that is not left either.
"""

import math

import numpy as np

from explorer.labs.bayes.exact.claim_runs import FEWEST, POINTS, last, seeds, walked
from explorer.labs.bayes.gradient import NORMAL, TANGENTIAL
from explorer.labs.bayes.powers import Known
from explorer.labs.bayes.support import SUPPORT
from explorer.labs.claims import NOT_SUPPORTED, SUPPORTED, UNDECIDED, Runs, Verdict, undecided

TEXT = "in the limit, vulnerability to gradient attacks comes from data on a lower-dimensional submanifold"
STATISTIC = "power of n in one network's gradient off the data over that along them"
FASTER = 0.25  # a power of n by which the part along the data vanishes before the other
LESS = 0.5  # what is left of that quotient where the data fill all dimensions
RULE = (
    "One network's gradient off the data over that along them (largest coordinates, mean over unseen points and "
    "samples; in the control lengths, at the half circles). Supported if it grows with the number of points with a "
    f"power above {FASTER}, and if with noise that "
    f"fills all dimensions it is less than {LESS:g} of what it is with the least noise. Not supported if one of both "
    "is not so. All 95 % intervals, a quarter wider, have to lie so; else undecided, also with fewer than "
    f"{FEWEST} seeds. Without the control it cannot be supported."
)
CHOSEN = (
    "the rule came after a look at both parts over n, and at a smaller run of the control, in which about half was "
    "left; sizes, for time."
)


def judge(runs: Runs) -> Verdict:
    """The verdict over the runs that differ in n, and the control if it is there."""
    x, quotient = quotients(runs)
    if seeds(runs, POINTS) < FEWEST:
        return undecided(STATISTIC, f"Not every run has {FEWEST} seeds.", len(x))
    power = Known.power(x, quotient)
    if not np.isfinite(power.half):
        return undecided(STATISTIC, "Some norms are unknown or 0.", len(x))
    control = controlled(runs)
    sizes = ", ".join(f"{np.exp(np.log(quotient[x == n]).mean()):.2f} at n = {n}" for n in POINTS.values())
    beside = "There is no control of data that fill all dimensions."
    if control is not None:
        left, (low, high) = np.exp(control.value), np.exp(control.ends)
        beside = f"Where noise fills all dimensions {left:.2f} [{low:.2f}, {high:.2f}] of that is left."
    return Verdict(
        str(word(runs)),
        STATISTIC,
        float(power.value),
        power.ends,
        f"95 % over {len(x)} posteriors",
        len(x),
        f"The part off the data over that along them: {sizes}. {beside} {walked(runs, runs)}",
    )


def word(runs: Runs) -> np.ndarray:
    """The verdict, or those of all trials."""
    power, control = Known.power(*quotients(runs)), controlled(runs)
    no, yes = power.below(FASTER), power.above(FASTER)
    if control is None:
        yes = np.zeros_like(yes)
    else:
        no, yes = no | control.above(math.log(LESS)), yes & control.below(math.log(LESS))
    return np.select([no, yes], [NOT_SUPPORTED, SUPPORTED], UNDECIDED)


def quotients(runs: Runs) -> tuple[np.ndarray, np.ndarray]:
    """Of every posterior the number of points, and the mean norm of a sample's gradient off the data over along."""
    (x, off), (_, along) = (last(runs, POINTS, direction, single=True) for direction in (NORMAL, TANGENTIAL))
    with np.errstate(invalid="ignore", divide="ignore"):
        return x, off / along


def controlled(runs: Runs) -> Known | None:
    """log of the quotient on the data with the most noise over that with the least; None with too few seeds of both."""
    table = SUPPORT.among(runs.get(SUPPORT.name, {}))
    on = np.flatnonzero(table["whole"] & (table["distance"] == 0))
    noise, seed = table["noise"][on], table["seed"][on]
    if not len(on):
        return None
    with np.errstate(invalid="ignore", divide="ignore"):
        value = np.log(table["normal_one"][..., on] / table["tangential_one"][..., on])
    least, most = (
        {one: i for i, one in enumerate(seed.tolist()) if noise[i] == end} for end in (noise.min(), noise.max())
    )
    both = sorted(set(least) & set(most)) if noise.min() < noise.max() else []
    if len(both) < FEWEST:
        return None
    return Known.mean(value[..., [most[one] for one in both]] - value[..., [least[one] for one in both]])
