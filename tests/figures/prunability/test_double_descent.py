"""Figures of the panel `double-descent`: sources, means, and sentences that hold whatever comes out."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Columns, Tables
from explorer.labs.prunability.double_descent import DOUBLE_DESCENT
from explorer.labs.prunability.double_descent import figure as descent
from tests.figures.said import said as words
from tests.labs.prunability.tables_descent import (
    CLEAN,
    DESCENT,
    FALLING,
    FLAT,
    NOTHING_FITS,
    ONLY_A_HILL,
    SEEDS,
    SETTINGS,
    WIDTHS,
    run,
)

LOOK = Look(SETTINGS)


def some(table: Columns, rows: np.ndarray | slice) -> Tables:
    return {"double_descent": {name: values[rows] for name, values in table.items()}}


def without(*columns: str) -> Tables:
    table = dict(run(DESCENT)["double_descent"])
    return {"double_descent": table | {name: np.full(len(table[name]), np.nan) for name in columns}}


WHOLE = run(DESCENT)
NEEDS = ("prunability_magnitude", "prunability_random", "flatness", "count")
CASES: dict[str, Tables] = {
    "none": {},
    "empty": {"double_descent": DOUBLE_DESCENT.empty()},
    "row": some(WHOLE["double_descent"], slice(1)),
    "one-width": some(WHOLE["double_descent"], WHOLE["double_descent"]["width"] == 20),
    "two-widths": some(WHOLE["double_descent"], WHOLE["double_descent"]["width"] <= 4),
    "training": without(*NEEDS),
    "some-measured": some(WHOLE["double_descent"], slice(0, 32)),
    "no-share": without("prunability_magnitude", "count"),
    "no-flatness": without("flatness"),
    "unknown": run([np.nan] * 12, share=[np.nan] * 12),
    "zero": run([0.0] * 12, share=[0.0] * 12, spread=0),
    "one-seed": run(DESCENT, seeds=1),
    "one-level": run(DESCENT, clean=None),
    "nothing-fits": run(DESCENT, errors=NOTHING_FITS),
    "falls": run(FALLING),
    "flat": run(FLAT),
    "hill": run(ONLY_A_HILL),
    "ties": run(DESCENT, share=[0.5] * 12, spread=0),
    "whole": WHOLE,
}


@pytest.mark.parametrize("case", CASES)
def test_every_source_is_patched_with_what_its_glyph_reads(case: str, take: Callable[[Patch], None]) -> None:
    for look in (LOOK, Look(SETTINGS, "dark", CASES["whole"], SETTINGS), Look(SETTINGS, "dark", {}, SETTINGS)):
        take(patch(descent.draw, CASES[case], look))
        said = words(descent, CASES[case], look)
        assert said.keys() <= {"double-descent", "prunability", "share-and-count"}
        assert not any(word in text for text in said.values() for word in ("nan", "inf ", "infinite"))
        assert ("double-descent" in said) == (case not in ("none", "empty"))


def test_lines_are_means_of_seeds_and_bands_their_intervals() -> None:
    columns = patch(descent.draw, run(DESCENT, spread=0.1), LOOK)
    table = run(DESCENT, spread=0.1)["double_descent"]
    noisy = table["noise"] == 0.2
    np.testing.assert_array_equal(columns["double-descent:test"]["x"], WIDTHS)
    means = table["test_loss"][noisy].reshape(len(WIDTHS), SEEDS).mean(1)
    np.testing.assert_allclose(columns["double-descent:test"]["y"], means)
    clean = table["test_loss"][~noisy].reshape(len(WIDTHS), SEEDS).mean(1)
    np.testing.assert_allclose(columns["double-descent:control"]["y"], clean)
    assert len(columns["double-descent:band"]["x"]) == 2 * len(WIDTHS)
    assert list(columns["double-descent:fits"]["x"]) == [20, 20]
    assert len(patch(descent.draw, CASES["one-seed"], LOOK)["double-descent:band"]["x"]) == 0


def test_multiples_are_one_where_networks_begin_to_fit() -> None:
    columns = patch(descent.draw, run(DESCENT, spread=0), LOOK)
    at = WIDTHS.index(20)
    for name in ("share", "count", "weights"):
        assert columns[f"share-and-count:{name}"]["y"][at] == pytest.approx(1)
    assert columns["share-and-count:weights"]["y"][-1] == pytest.approx(512 / 20)


def test_while_networks_learn_there_are_losses_and_nothing_else() -> None:
    columns = patch(descent.draw, CASES["training"], LOOK)
    assert np.isfinite(columns["double-descent:test"]["y"]).all()
    assert len(columns["prunability:dots"]["x"]) == 0
    said = words(descent, CASES["training"], LOOK)
    assert said.keys() == {"double-descent"}
    assert said["double-descent"].startswith("The first networks are being trained.")


@pytest.mark.parametrize(
    ("case", "lead"),
    [
        ("whole", "Test loss falls, rises to 1.34 at width 32, 1.45 times that at width 8, and falls again to 0.61."),
        ("hill", "Test loss rises to 1.34 at width 32, 1.91 times that at width 3, and falls to 0.61."),
        ("falls", "No peak stands out from chance: test loss is 1.41 at width 3 and 0.61 at width 512."),
        ("flat", "No peak stands out from chance: test loss is"),
        ("one-seed", "With one seed a peak is not told from chance: test loss is"),
        ("one-width", "At width 20 the test loss is 1.28."),
        ("unknown", "No test loss is a number."),
    ],
)
def test_a_peak_is_said_where_it_stands_out(case: str, lead: str) -> None:
    assert words(descent, CASES[case], LOOK)["double-descent"].startswith(lead)


def test_where_networks_begin_to_fit_is_said_with_both_counts() -> None:
    said = words(descent, WHOLE, LOOK)["double-descent"]
    assert "From width 20 on (dotted) 99% of the training images are right or more: 1,510 parameters" in said
    assert "n is 400 and n times 10 classes 4,000." in said
    assert (
        "No width has 99% of its training images right from there on."
        in (words(descent, CASES["nothing-fits"], LOOK)["double-descent"])
    )


def test_without_noise_stands_beside_it_where_there_is_such_a_run() -> None:
    assert "Without label noise it is 0.9" in words(descent, WHOLE, LOOK)["double-descent"]
    assert "Without label noise" not in words(descent, CASES["one-level"], LOOK)["double-descent"]
    assert "Without label noise" not in words(descent, run(DESCENT, clean=[np.nan] * 12), LOOK)["double-descent"]


def test_what_they_need_is_said_with_the_rank_of_the_width_beside_that_of_the_share() -> None:
    said = words(descent, WHOLE, LOOK)["prunability"]
    assert said.startswith("Networks need the largest share of their weights at width 32, 72%, and 46% at width 512.")
    assert "From width 8 on Kendall's tau of P with the test loss is 0.91, 95% [0.87, 0.95]" in said
    assert "that of the width alone −0.36" in said
    assert "Kendall" not in words(descent, CASES["falls"], LOOK)["prunability"]
    assert "1/σ² is largest at width 32" in said
    assert words(descent, CASES["no-share"], LOOK)["prunability"].startswith("No prunability is a number here.")


@pytest.mark.parametrize(
    ("share", "lead"),
    [
        (None, "the share needed falls from 70% to 46%, while the weights kept grow from"),
        ([0.6] * 12, "the share needed goes from 60% to 60%, while the weights kept grow from"),
        (np.linspace(0.3, 0.9, 12), "the share needed grows from 63% to 90%, and the weights kept grow from"),
        ([0.9 / k**1.5 for k in WIDTHS], "and the weights kept fall from"),
    ],
)
def test_directions_are_said_where_chance_does_not_explain_them(share: object, lead: str) -> None:
    tables = run(DESCENT, spread=0.02) if share is None else run(DESCENT, share=share, spread=0.02)  # type: ignore[arg-type]
    said = words(descent, tables, LOOK)["share-and-count"]
    assert said.startswith("From width 20 to 512 ")
    assert lead in said


def test_where_no_width_fits_all_are_compared() -> None:
    said = words(descent, CASES["nothing-fits"], LOOK)["share-and-count"]
    assert said.startswith("From width 3 to 512 ")
    assert "No width interpolates from there on, so all are compared." in said
    assert words(descent, run(DESCENT, clean=CLEAN, seeds=1), LOOK)["share-and-count"].startswith(
        "From width 20 to 512"
    )
