"""What the tables say of chains and steps; for figures and captions. No torch."""

import math
from dataclasses import dataclass

import numpy as np

from explorer.frames import Columns, Tables
from explorer.labs.bayes.sampler import DIAGNOSTICS, SLOPES
from explorer.measure.regression import UNKNOWN, Interval, mean


@dataclass(frozen=True)
class Agreement:
    """How chains agree, and how they walk.

    Attributes:
        chains, draws: how many; draws of a chain, after the warm-up. rhat: of the test log-likelihood. worst: the
            largest of four functions. ess: of the test log-likelihood, all chains. accept, step: means over chains.
        divergences: of all chains.
    """

    chains: int
    draws: int
    rhat: float
    worst: float
    ess: float
    accept: float
    step: float
    divergences: int


def agreement(tables: Tables) -> Agreement | None:
    """None where there are no chains."""
    table = DIAGNOSTICS.among(tables)
    if not len(table["chain"]):
        return None
    return Agreement(
        len(table["chain"]),
        int(table["draws"].min()),
        float(table["rhat"][0]),
        float(table["rhat_most"][0]),
        float(table["ess_all"][0]),
        float(table["accept"].mean()),
        float(table["step_size"].mean()),
        int(table["divergences"].sum()),
    )


@dataclass(frozen=True)
class Orders:
    """Slopes of the error of one step on two logarithmic axes, each with its 95 % interval, and their difference."""

    tanh: tuple[float, Interval]
    relu: tuple[float, Interval]
    difference: tuple[float, Interval]  # that of ReLU less that of tanh


def slopes(table: Columns, family: str) -> tuple[float, Interval]:
    """The slope of a family and its interval; NaN where it is unknown."""
    values = table["slope"][table["family"] == family]
    return mean(values) if len(values) and np.isfinite(values).all() else (math.nan, UNKNOWN)


def orders(tables: Tables) -> Orders | None:
    """None unless both slopes have an interval."""
    table = SLOPES.among(tables)
    own, other = (table["slope"][table["family"] == family] for family in ("tanh", "rectified"))
    found = Orders(
        slopes(table, "tanh"),
        slopes(table, "rectified"),
        mean(other - own) if len(own) == len(other) else (math.nan, UNKNOWN),
    )
    ends = (*found.tanh[1], *found.relu[1], *found.difference[1])
    return found if all(map(math.isfinite, ends)) else None
