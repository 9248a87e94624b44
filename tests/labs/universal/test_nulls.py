"""Statements about a trend are hardly ever made of noise, nor denied by it: shares of simulated runs, side by side.

As `tests.figures.test_chance` for the other labs. What answers to questions make of noise is in `test_predictions`.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np
import pytest

from explorer.figures.look import Look
from explorer.frames import Tables
from explorer.labs.captions import lesson
from explorer.labs.universal import LAB
from explorer.labs.universal.capacity import figure as capacity_figure
from explorer.labs.universal.features import RANDOM
from tests.labs.universal.lesson import features, finite_class, generalisation, thresholds
from tests.labs.universal.tables_capacity import SEEDS, SETTINGS, WIDTHS, run

RUNS = 300
Draw = Callable[[np.random.Generator], Tables]


class Null(NamedTuple):
    """Runs in which a statement does not hold, or in which it does, at the edge of it: `wrong` says what is false.

    Args:
        wrong: "holds", "fails", or both. right: what at least 80 % of runs must say, if there is one.
    """

    preset: str
    check: str
    draw: Draw
    wrong: tuple[str, ...]
    right: str = ""


def plateau(upto: float, spread: float) -> Draw:
    """Norm and steepness are alike up to so many times n, and fall from there on: no peak, and yet more than at 4n."""

    def draw(rng: np.random.Generator) -> Tables:
        parts = []
        for seed in range(5):
            one = features.models(RANDOM, seed=seed)
            level = np.minimum(1.0, upto * features.N / one["params"])
            noise = np.exp(spread * rng.normal(size=len(level)))
            parts.append(one | {"norm": level * noise, "lip": level * noise})
        return features.table(*parts)

    return draw


def peaked(top: int, spread: float, times: float = 10.0) -> Draw:
    def draw(rng: np.random.Generator) -> Tables:
        parts = []
        for seed in range(5):
            one = features.models(RANDOM, seed=seed)
            column = np.where(one["params"] == top, times, 1.0) * np.exp(spread * rng.normal(size=len(one["params"])))
            parts.append(one | {"norm": column, "lip": column})
        return features.table(*parts)

    return draw


def slopes(random: float, ntk: float, spread: float) -> Draw:
    return lambda rng: features.seeds(1.0, random, ntk, spread=spread, seed=int(rng.integers(2**31)))


def best(size: float, steep: float = 0.85) -> Draw:
    """Correlations that are so many times their bounds, scattered as those of the default run are."""
    return lambda rng: finite_class.runs(-0.5, size, steep, spread=0.12, rng=rng)


def agreement(bound: float) -> Draw:
    """0.1 at every size, scattered, beside a bound that is the same at every size."""

    def draw(rng: np.random.Generator) -> Tables:
        tables = generalisation.found(0.0, with_n=0.0, bound=bound)
        values = tables["generalisation"]["estimate"]
        values *= 1 + 0.3 * rng.normal(size=len(values))
        return tables

    return draw


def both_fall(own: float, every: float) -> Draw:
    def draw(rng: np.random.Generator) -> Tables:
        tables = generalisation.found(0.0, with_n=own, every=every)
        values = tables["generalisation"]["estimate"]
        values *= np.exp(0.2 * rng.normal(size=len(values)))
        return tables

    return draw


def constructions(power: float, spread: float) -> Draw:
    """Three data sets a dimension."""

    def draw(rng: np.random.Generator) -> Tables:
        ds = np.repeat(thresholds.DS, 3)
        rows = thresholds.built(5 * (ds / 5) ** power * np.exp(spread * rng.normal(size=len(ds))), ds.tolist())
        return thresholds.table(rows | {"seed": np.tile(np.arange(3), len(thresholds.DS))})

    return draw


def brackets(power: float, above: float, spread: float) -> Draw:
    """Constants that go like a power of the parameters, each scattered, in brackets this wide."""

    def draw(rng: np.random.Generator) -> Tables:
        params = np.array([SETTINGS.params(k) for k in WIDTHS], float)
        tables = run([0.7] * len(WIDTHS), lower=(10 * (params / params[0]) ** power).tolist(), above=above)
        noise = np.exp(spread * rng.normal(size=len(WIDTHS) * SEEDS))
        for column in ("lower", "upper"):
            tables["capacity"][column] *= noise
        return tables

    return draw


def learned(more: float, spread: float) -> Draw:
    """Of what they learned as much stays right whatever the size, but for this with the largest."""
    shares = (0.8,) * (len(WIDTHS) - 1) + (0.8 + more,)
    return lambda rng: run([0.7] * len(WIDTHS), robust_fit=shares, noise=spread * rng.normal(size=(len(WIDTHS), SEEDS)))


EITHER = ("holds", "fails")
NULLS = {
    "level up to n": Null("features", "peaks-at-n", plateau(1.0, 0.1), EITHER),
    "level up to n, twice as loose": Null("features", "peaks-at-n", plateau(1.0, 0.2), EITHER),
    "level beyond n": Null("features", "peaks-at-n", plateau(1.1, 0.1), EITHER),
    "no peak": Null("features", "peaks-at-n", peaked(100, 0.3, 1.0), EITHER),
    "a peak at 2n": Null("features", "peaks-at-n", peaked(200, 0.2), ("holds",), "fails"),
    "a peak at n": Null("features", "peaks-at-n", peaked(100, 0.3), ("fails",), "holds"),
    "flat beyond 4n": Null("features", "more-still-helps", slopes(0, 0, 0.1), EITHER[:1]),
    "one kind is flat": Null("features", "more-still-helps", slopes(-0.5, 0, 0.1), EITHER[:1]),
    "both fall": Null("features", "more-still-helps", slopes(-0.5, -0.5, 0.1), ("fails",), "holds"),
    "just too far below": Null("finite-class", "near-the-smooth-bound", best(0.6), EITHER),
    "just above": Null("finite-class", "near-the-smooth-bound", best(1.1), EITHER),
    "as measured": Null("finite-class", "near-the-smooth-bound", best(0.85), ("fails",), "holds"),
    "at Massart's": Null("finite-class", "size-alone-beyond-root-d", best(0.85, 1.0), EITHER),
    "below Massart's": Null("finite-class", "size-alone-beyond-root-d", best(0.85, 0.8), ("fails",), "holds"),
    "at what is proved": Null("generalisation", "networks-below-the-bound", agreement(0.1), EITHER),
    "below what is proved": Null("generalisation", "networks-below-the-bound", agreement(0.2), ("fails",), "holds"),
    "twice what is proved": Null("generalisation", "networks-below-the-bound", agreement(0.05), ("holds",), "fails"),
    "no faster": Null("generalisation", "networks-fall-faster", both_fall(-0.3, -0.3), EITHER[:1]),
    "faster": Null("generalisation", "networks-fall-faster", both_fall(-0.6, -0.1), ("fails",), "holds"),
    "constructions alike": Null("thresholds", "built-like-d", constructions(0.0, 0.5), EITHER[:1]),
    "constructions like d": Null("thresholds", "built-like-d", constructions(1.0, 0.3), ("fails",), "holds"),
    "as steep": Null("capacity", "larger-is-flatter", brackets(0.0, 1 + 1e-6, 0.1), EITHER),
    "as steep, wide brackets": Null("capacity", "larger-is-flatter", brackets(0.0, 1.1, 0.1), EITHER),
    "steeper": Null("capacity", "larger-is-flatter", brackets(0.5, 1.1, 0.1), ("holds",), "fails"),
    "flatter": Null("capacity", "larger-is-flatter", brackets(-0.5, 1.1, 0.1), ("fails",), "holds"),
    "five points, no more": Null("capacity", "fitting-is-not-robust-fitting", learned(0.05, 0.02), EITHER[:1]),
    "ten points": Null("capacity", "fitting-is-not-robust-fitting", learned(0.1, 0.01), ("fails",)),
}


def said(null: Null) -> dict[str, float]:
    """Shares of runs of which the statement holds, and fails."""
    settings = LAB.settings.make(**LAB.preset(null.preset).settings).of_panel()
    check = lesson(LAB).checks[null.check]
    found = [check(null.draw(np.random.default_rng(turn)), settings) for turn in range(RUNS)]
    holds = [each.holds for each in found if each is not None]
    return {"holds": sum(holds) / RUNS, "fails": (len(holds) - sum(holds)) / RUNS}


@pytest.mark.parametrize("name", NULLS)
def test_what_is_false_is_hardly_said(name: str) -> None:
    shares = said(NULLS[name])
    assert all(shares[wrong] <= 0.05 for wrong in NULLS[name].wrong), shares
    assert not NULLS[name].right or shares[NULLS[name].right] >= 0.8, shares


@pytest.mark.parametrize("above", [1 + 1e-6, 1.1])
def test_networks_that_are_as_steep_are_hardly_said_to_differ(above: float) -> None:
    draw, leads = brackets(0.0, above, 0.1), []
    for turn in range(RUNS):
        tables = draw(np.random.default_rng(turn))
        leads.append(capacity_figure.sentences(tables, Look(SETTINGS))["capacity-lip"].lead)
    assert sum("flatter" in lead for lead in leads) <= 0.05 * RUNS
    assert sum("steeper" in lead for lead in leads) <= 0.05 * RUNS
