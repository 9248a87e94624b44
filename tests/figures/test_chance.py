"""Statements about a trend are hardly ever made of noise, and nearly always of the trend: shares of simulated runs."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.frames import Tables
from explorer.labs import find
from explorer.labs.captions import lesson
from tests.figures import examples_law
from tests.figures.examples_law import ways
from tests.figures.examples_live import live

RUNS = 300
FIVE = np.repeat([32, 64, 128, 256, 512], 2)  # two networks a width
Draw = Callable[[np.random.Generator], Tables]


def networks(falls: float, spread: float, loose: float) -> Draw:
    """Constants about 10 at k = 32 that fall with this power of k, in brackets this loose."""

    def draw(rng: np.random.Generator) -> Tables:
        lower = 10 * (FIVE / 32) ** -falls * np.exp(spread * rng.normal(size=len(FIVE)))
        share = np.clip(0.6 * (FIVE / 32) ** -falls * np.exp(spread * rng.normal(size=len(FIVE))), 0, 1)
        return live(
            *((int(k), low, low * (1 + loose), True) for k, low in zip(FIVE, lower, strict=True)),
            success=[(0, each, each) for each in share],
        )

    return draw


def on_a_line(rises: float) -> Draw:
    return lambda rng: {
        "trained": examples_law.trained(
            examples_law.WIDTHS,
            10 + rises * np.sqrt(400 / examples_law.WIDTHS) + rng.normal(size=len(examples_law.WIDTHS)),
        )
    }


def on_the_way(noise: float, falls: float = 0.0) -> Draw:
    """Ends 4 without noise, that many times steeper with it, and falling with k."""

    def draw(rng: np.random.Generator) -> Tables:
        other, own = np.exp(0.2 * rng.normal(size=(2, 4)))
        k = np.array(examples_law.FOUR) / 64
        return ways(tuple(4 * noise * own * k**-falls), tuple(4 * other))

    return draw


def built(at_data: float, in_ball: float) -> Draw:
    def draw(rng: np.random.Generator) -> Tables:
        tables = examples_law.grouped(at_data, in_ball, sizes=(1, 2, 4, 8, 16))
        for column in ("lip_data", "lip_ball"):
            tables["constructions"][column] *= np.exp(0.1 * rng.normal(size=5))
        return tables

    return draw


#: Lab, check, runs in which it is false, and runs in which it holds.
CASES = [
    ("live", "narrow-is-steep", networks(0, 0.05, 1e-3), networks(0.3, 0.05, 1e-3)),
    ("live", "narrow-is-steep", networks(0, 0.3, 1e-3), networks(0.5, 0.1, 0.1)),
    ("live", "edge-is-steepest", networks(0, 0.05, 0.3), networks(0.3, 0.05, 0.3)),
    ("live", "edge-is-easiest", networks(0, 0.2, 0.3), networks(0.3, 0.1, 0.3)),
    ("live", "no-flatter", networks(0.4, 0.05, 1.0), networks(-0.2, 0.05, 0.05)),
    ("law", "line-with-intercept", on_a_line(0.0), on_a_line(3.0)),
    ("law", "steeper-below-the-noise", on_the_way(1.0), on_the_way(3.0)),
    ("law", "alike-then-apart", on_the_way(3.0), on_the_way(3.0, falls=0.6)),
    ("law", "two-exponents", built(0.0, 0.0), built(0.5, 1.0)),
    ("law", "two-exponents", built(0.5, 0.5), built(0.5, 1.0)),
]


def share(lab: str, check: str, draw: Draw) -> float:
    """Of simulated runs in which the check finds that its statement holds."""
    of = find(lab)
    preset = next(each for each in of.presets if check in {statement.check for statement in each.statements})
    chosen = of.settings.make(**preset.settings).of_panel()
    found = [lesson(of).checks[check](draw(np.random.default_rng(run)), chosen) for run in range(RUNS)]
    return float(np.mean([each is not None and each.holds for each in found]))


@pytest.mark.parametrize(
    ("lab", "check", "noise", "trend"), CASES, ids=[f"{case[1]}-{i}" for i, case in enumerate(CASES)]
)
def test_a_trend_is_seen_where_there_is_one(lab: str, check: str, noise: Draw, trend: Draw) -> None:
    assert share(lab, check, noise) <= 0.05
    assert share(lab, check, trend) >= 0.8
