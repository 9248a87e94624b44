"""The figures of the panel `tolerance`: two sweeps, what is undefined, and what may be said of chance."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.tolerance import BETAS, SMALLEST, ToleranceSettings
from explorer.labs.prunability.tolerance.figure import draw, sentences
from explorer.measure.rank import kendall
from tests.labs.prunability.lesson.tolerance import EMPTY, FLAT_OUT, LEARNING, LOST, run

LOOK = Look(ToleranceSettings.make())


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, LOST, FLAT_OUT, run()])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("rule", ["absolute", "relative"])
@pytest.mark.parametrize("levels", ["closer near all", "every 50th"])
def test_every_source_is_filled(
    take: Callable[[Patch], None], tables: Tables, theme: str, rule: str, levels: str
) -> None:
    settings = ToleranceSettings.make(rule_shown=rule, beta_shown=10.0, levels=levels)
    take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
    said = sentences(tables, Look(settings))
    assert said.keys() <= {"tolerance", "ties"}
    assert all("nan" not in sentence.text for sentence in said.values())
    assert all(len(sentence.lead) <= 130 for sentence in said.values())


def test_what_is_undefined_is_a_ring_below_and_no_point_of_the_line() -> None:
    columns = patch(draw, run(), LOOK)
    assert np.isnan(columns["tolerance:smallest"]["y"][-2:]).all()
    np.testing.assert_allclose(columns["tolerance:undefined"]["x"], BETAS[-2:])
    assert list(columns["tolerance:undefined"]["y"]) == [-1, -1]
    assert "undefined" in columns["tolerance:text"]["text"]
    assert "undefined" not in patch(draw, run(undefined=0), LOOK)["tolerance:text"]["text"]


def test_what_prunability_orders_is_said_at_the_tolerance_shown() -> None:
    said = sentences(run(), LOOK)
    assert said["tolerance"].lead == (
        "With the loss + 0.1, τ of P with test loss is 0.20 (clearly above 0) smallest first, 0.20 (clearly above 0) "
        "at random."
    )
    assert "Smallest first: τ = 0.20 [0.10, 0.30], within one width 0.10" in said["tolerance"].details
    assert "τ is undefined at 2 tolerances: one P for all." in said["tolerance"].details
    assert "9 networks missed the training loss" in said["tolerance"].details
    assert said["ties"].lead == "With the loss + 0.1 allowed, 6% of the pairs of networks share one P, at random 90%."
    low = sentences(run(), Look(ToleranceSettings.make(beta_shown=0.001, rule_shown="relative")))["tolerance"].lead
    assert low.startswith("With 1.001 × the loss, τ of P with test loss is −0.20 (clearly below 0) smallest first")
    none = sentences(run(), Look(ToleranceSettings.make(beta_shown=10.0)))["tolerance"].lead
    assert none == "With the loss + 10, τ of P with test loss is undefined smallest first, undefined at random."
    assert "so far" in sentences(LEARNING, LOOK)["tolerance"].lead


def test_P_drawn_at_random_is_hardly_ever_said_to_be_clear_of_0() -> None:
    """Smallest first and at random, together: of 100 populations of 48 networks, P on a grid of 20 shares."""
    clear = 0
    for run_ in range(100):
        rng = np.random.default_rng(run_)
        table = {name: values.copy() for name, values in run(0.0, 0.0)["tolerance"].items()}
        target = rng.normal(size=48)
        for way in dict.fromkeys(table["way"].tolist()):
            tau = kendall(rng.integers(20, size=48) / 20, target, resamples=200)
            here = table["way"] == way
            for name, value in (("tau", tau.tau), ("low", tau.interval[0]), ("high", tau.interval[1])):
                table[name][here] = value
        clear += "clearly" in sentences({"tolerance": table}, LOOK)["tolerance"].lead
    assert clear <= 5


def test_the_way_that_is_drawn_in_black_is_the_smallest_first() -> None:
    table = run()["tolerance"]
    marked = {"tolerance": table | {"tau": np.where(table["way"] == SMALLEST, 0.7, -0.7)}}
    columns = patch(draw, marked, LOOK)
    assert set(columns["tolerance:smallest"]["y"]) == {0.7}
    assert set(columns["tolerance:random"]["y"]) == {-0.7}
