"""Figures of the finite class panel: sources, lines, and the sentences."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.finite_class import FINITE_CLASS, FiniteClassSettings
from explorer.labs.universal.finite_class import figure as finite_class
from explorer.theory.finite_class import massart, smooth
from tests.figures.said import said as words

SETTINGS = FiniteClassSettings.make(n=500, d=50, N=1000, lip=1.0)
LOOK = Look(SETTINGS)


def tables(times: float = 0.9, seeds: int = 3) -> Tables:
    """The smaller bound so many times; 10 % more with every seed."""
    sizes = [(500, d, N, 1.0) for d in (25, 50, 100) for N in (10, 100, 1000)]
    sizes += [(n, 50, 1000, 1.0) for n in (125, 250)] + [(500, 50, 1000, L) for L in (0.5, 20.0)]
    rows = []
    for seed in range(seeds):
        for n, d, N, L in sizes:
            bounds = float(smooth(n, d, N, L)), float(massart(n, N))
            rows.append((n, d, N, L, seed, times * min(bounds) * (1 + 0.1 * seed), *bounds))
    return {"finite_class": FINITE_CLASS.of(rows)}


CASES: dict[str, Tables] = {
    "none": {},
    "empty": {"finite_class": FINITE_CLASS.empty()},
    "nan": tables(np.nan),
    "first": {"finite_class": {name: values[:1] for name, values in tables()["finite_class"].items()}},
    "negative": tables(-0.1),
    "whole": tables(),
}


@pytest.mark.parametrize("case", CASES)
def test_every_source_is_patched_with_what_its_glyph_reads(case: str, take: Callable[[Patch], None]) -> None:
    for look in (LOOK, Look(SETTINGS, "dark", tables(), SETTINGS), Look(SETTINGS, "dark", {}, SETTINGS)):
        take(patch(finite_class.draw, CASES[case], look))
        assert words(finite_class, CASES[case], look).keys() <= {slot.name for slot in finite_class.SLOTS}
    said = words(finite_class, CASES[case], LOOK)
    assert not any("nan" in text for text in said.values())
    assert (said == {}) == (case in ("none", "empty", "nan", "first"))  # the first row is of another d


def test_lines_are_means_over_seeds_below_their_bound() -> None:
    sources = patch(finite_class.draw, tables(), LOOK)
    lines = sources["finite-class:curves"]
    for x, y, d in zip(lines["xs"], lines["ys"], (25, 50, 100), strict=True):
        np.testing.assert_allclose(y, 0.9 * 1.1 * smooth(500, d, x, 1.0))
    np.testing.assert_allclose(sources["finite-class:chosen"]["y"], lines["ys"][1])
    np.testing.assert_allclose(sources["finite-class:theory"]["y"], smooth(500, 50, lines["xs"][1], 1.0))
    steep = sources["finite-class-steep:line"]
    np.testing.assert_allclose(steep["x"], [0.5, 1, 20])
    assert list(sources["finite-class-steep:root"]["x"]) == [50**0.5] * 2
    assert list(sources["finite-class-steep:point"]["x"]) == [1.0]


def test_a_mean_that_a_log_axis_cannot_show_is_left_out() -> None:
    sources = patch(finite_class.draw, tables(-0.1), LOOK)
    assert not len(sources["finite-class:chosen"]["x"])
    assert all(not len(x) for x in sources["finite-class:curves"]["xs"])


def test_sentences_tell_the_ratio_the_powers_and_which_bound_is_smaller() -> None:
    said = words(finite_class, tables(), LOOK)
    assert "0.0233 with noise, 0.99 times the smooth bound" in said["finite-class"]
    assert "Mean of 3 seeds at n = 500, d = 50, L = 1, 95 % interval" in said["finite-class"]
    assert "d to the power −0.50 [−0.50, −0.50]" in said["finite-class"]
    assert "n to the power −0.50 [−0.50, −0.50]" in said["finite-class"]
    assert "From L = √d = 7.07 on Massart's bound is the smaller: at L = 20" in said["finite-class-steep"]
    alone = words(finite_class, tables(seeds=1), LOOK)
    assert "One seed at n = 500" in alone["finite-class"]
    assert "interval [" not in alone["finite-class"]
    flat = {"finite_class": {name: values[:-1] for name, values in tables(seeds=1)["finite_class"].items()}}
    assert words(finite_class, flat, LOOK)["finite-class-steep"].startswith("Up to L = √d = 7.07")
