"""What is said of widths, tried on curves in which it is not so: directions, an early fall, the place of a rise."""

import numpy as np
import pytest

from explorer.frames import Tables
from explorer.labs.prunability.double_descent import captions, numbers, words
from explorer.labs.prunability.double_descent.numbers import Grid
from tests.labs.prunability.tables_descent import (
    AFTER_A_PLATEAU,
    DESCENT,
    ONLY_A_HILL,
    RISING_AGAIN,
    SETTINGS,
    UP_FROM_A_PLATEAU,
    WIDTHS,
    run,
)

RUNS = 120


def lead(tables: Tables) -> str:
    said = words.of_losses(tables["double_descent"], SETTINGS)
    assert said is not None
    return said.lead


def test_it_is_not_said_to_fall_before_it_rises_where_it_does_not() -> None:
    """Of equal widths one is the least by chance."""
    rng = np.random.default_rng(3)
    said = [lead(run(AFTER_A_PLATEAU, spread=0.05, draws=rng)) for _ in range(RUNS)]
    assert sum(each.startswith("Test loss falls") for each in said) <= 0.05 * RUNS
    assert sum(each.startswith("Test loss rises") for each in said) >= 0.8 * RUNS
    fallen = [lead(run(DESCENT, spread=0.05, draws=rng)) for _ in range(RUNS)]
    assert sum(each.startswith("Test loss falls") for each in fallen) >= 0.8 * RUNS


def test_no_answer_has_a_fall_that_is_chance() -> None:
    rng = np.random.default_rng(4)
    found = [captions.loss_with_width(run(UP_FROM_A_PLATEAU, spread=0.05, draws=rng), SETTINGS) for _ in range(RUNS)]
    assert sum(each is not None and each.answer == captions.RISES for each in found) <= 0.05 * RUNS


def test_a_curve_that_rises_to_its_end_is_told_from_its_best_width() -> None:
    loss = (
        1.40,
        1.20,
        1.10,
        1.00,
        0.95,
        0.90,
        0.86,
        0.82,
        0.79,
        0.76,
        0.70,
        1.00,
    )  # no inner place has a dip before it
    found = captions.loss_with_width(run(loss, spread=0.01), SETTINGS)
    assert found is not None
    assert found.answer == captions.RISES
    assert (found.numbers["dip"], found.numbers["at_dip"]) == (WIDTHS[-2], "0.70")


def test_the_highest_rise_over_a_narrower_width_may_be_anywhere() -> None:
    """The place that stands out from both sides is here the second, below the first; the highest rise is the last."""
    y = np.repeat(np.array([1.0, 0.97, 0.30, 0.31, 0.33])[:, None], 4, 1)
    found, peak = numbers.rise(Grid(np.arange(1, 6), y)), numbers.peak(Grid(np.arange(1, 6), y))
    assert found is not None
    assert peak is not None
    assert peak.ratio < 1
    np.testing.assert_allclose(found.most, np.log(1.1))
    np.testing.assert_allclose(found.end, np.log(1.1))
    np.testing.assert_allclose(found.fallen, np.log(1 / 0.3))
    assert (found.best, found.at_best) == (3, pytest.approx(0.3))


@pytest.mark.parametrize("loss", [DESCENT, RISING_AGAIN, ONLY_A_HILL])
def test_a_rise_is_counted_seed_by_seed(loss: tuple[float, ...]) -> None:
    """At places that the means of the other seeds choose."""
    grid = numbers.grid(run(loss, spread=0.3, draws=np.random.default_rng(1))["double_descent"], 0.2, "test_loss")
    found = numbers.rise(grid)
    assert found is not None
    for seed in range(grid.values.shape[1]):
        others = np.delete(grid.values, seed, 1).mean(1)
        pairs = [(others[j] / others[i], i, j) for i in range(len(WIDTHS)) for j in range(i + 1, len(WIDTHS))]
        _, low, high = max(pairs)
        own = grid.values[:, seed]
        assert found.most[seed] == pytest.approx(np.log(own[high] / own[low]))
        best = others[:-1].argmin()
        assert found.end[seed] == pytest.approx(np.log(own[-1] / own[best]))
        assert found.fallen[seed] == pytest.approx(np.log(own[0] / own[best]))


@pytest.mark.parametrize("seeds", [2, 3, 5])
def test_no_direction_is_said_of_shares_that_scatter_by_steps_of_the_grid(seeds: int) -> None:
    rng, chosen, said = np.random.default_rng(5), SETTINGS.changed(seeds=seeds), 0
    for _ in range(RUNS):
        share = 0.6 + 0.02 * rng.standard_normal((len(WIDTHS), seeds))
        share = (50 * share).round() / 50
        sentence = words.of_count(run(DESCENT, share=share, spread=0, seeds=seeds)["double_descent"], chosen)
        assert sentence is not None
        said += "share needed goes" not in sentence.lead
    assert said <= 0.05 * RUNS


def test_three_widths_have_no_order_to_speak_of() -> None:
    """Past the last but two: their tau is one of four numbers, on which three seeds agree by chance."""
    errors = (0.3,) * 9 + (0.0,) * 3
    assert captions.share_falls_count_grows(run(DESCENT, errors=errors), SETTINGS) is None
    assert captions.share_falls_count_grows(run(DESCENT, errors=(0.3,) * 8 + (0.0,) * 4), SETTINGS) is not None
