"""The figures of `one-neuron`: declared once, patched from any table, and put into words."""

import re

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.labs.law.constructions import Construction, columns
from explorer.labs.law.one_neuron import OneNeuronSettings
from explorer.labs.law.one_neuron import figure as figures
from explorer.theory import one_neuron as theory
from tests.figures.said import said as words

STAR, GRID = 0.8, (0.5, 0.7, 0.8, 0.9)


def row(t: float, n: int = 1000, found: float = 1.0) -> Construction:
    sphere = ((1 + t) / (1 - t)) ** 0.5
    return Construction(
        "one-neuron",
        n,
        200,
        n,
        fit_error=0.0,
        misfit=0.2 if t < 0.6 else 0.0,
        lip_data=found / (1 - t),
        lip_sphere=found * sphere,
        lip_ball=found / (1 - t),
        formula_sphere=sphere if t >= STAR else np.nan,
        formula_ball=1 / (1 - t),
    )


def tables(*rows: Construction, floors: tuple[float, ...] = ()) -> dict[str, dict[str, np.ndarray]]:
    n = np.array([250 * (i + 1) for i in range(len(floors))], np.int64)
    names = {"name": np.array(["mcshane"] * len(n), "<U7"), "n": n, "d": n, "k": n, "value": np.array(floors, float)}
    words = {"applies_to": np.array(["any function"] * len(n), "<U12")}
    return {"constructions": dict(columns(rows)), "floors": {**names, **words}}


FORMULAS = tables(*(row(t, found=np.nan) for t in GRID))
WHOLE = tables(*map(row, GRID), row(STAR, 250), row(STAR, 500), floors=(1.5, 0.0, 1.7))
CROWDED = tables(row(0.5), row(0.7), floors=(1.5,))
ROOMY = tables(row(0.85), row(0.9))
ALL = [{}, tables(), FORMULAS, WHOLE, CROWDED, ROOMY]
SETTINGS = OneNeuronSettings.make()
LOOK = Look(SETTINGS)
PINNED = Look(SETTINGS, "dark", WHOLE, SETTINGS)


@pytest.mark.parametrize(
    "look", [LOOK, PINNED, Look(SETTINGS, "light", {}, SETTINGS)], ids=["alone", "pinned", "empty"]
)
@pytest.mark.parametrize("given", ALL, ids=range(len(ALL)))
def test_every_source_is_patched_with_what_its_glyph_reads(given, look, take):
    take(patch(figures.draw, given, look))


def test_the_tip_reads_columns_that_are_patched():
    patched = patch(figures.draw, WHOLE, LOOK)
    for source in ("one-neuron:ball", "one-neuron:sphere", "one-neuron:unfit"):
        assert set(re.findall(r"@(\w+)", str(figures.TIP))) <= patched[source].keys()


def test_thresholds_formulas_and_the_marker():
    patched = patch(figures.draw, WHOLE, LOOK)
    np.testing.assert_allclose(patched["one-neuron:ball"]["x"], GRID)
    np.testing.assert_allclose(patched["one-neuron:ball"]["y"], [1 / (1 - t) for t in GRID])
    np.testing.assert_allclose(patched["one-neuron:star"]["x"], [STAR, STAR])
    assert "t* = 0.8" in patched["one-neuron:text"]["text"]
    assert len(patched["one-neuron:unfit"]["x"]) == 2
    for given in (CROWDED, ROOMY):  # caps meet at every t, or at none
        assert len(patch(figures.draw, given, LOOK)["one-neuron:star"]["x"]) == 0


def of_points(least: float, thresholds: tuple[float, ...], star: float) -> dict[str, dict[str, np.ndarray]]:
    """What the lab tabulates of points the smallest of which has this norm."""
    rows = [
        Construction(
            "one-neuron",
            1000,
            200,
            1000,
            misfit=0.0,
            formula_sphere=theory.on_sphere(t, least) if t >= star else np.nan,
            formula_ball=theory.in_ball(t),
        )
        for t in thresholds
    ]
    return tables(*rows)


@pytest.mark.parametrize("least", [1.0, 0.93, 0.4, 0.12])
@pytest.mark.parametrize("star", [0.8, 0.0], ids=["caps meet below t*", "caps meet nowhere"])
def test_the_line_is_the_formula_of_the_points_own_norms(least: float, star: float):
    """At every t, also where t* is not among the thresholds, and where the widest cap is a half ball (rim 0)."""
    given = of_points(least, (0.5, 0.8, 0.9, 0.97), star)
    line = patch(figures.draw, given, LOOK)["one-neuron:sphere-formula"]
    exact = [theory.on_sphere(t, least) for t in line["x"]]
    np.testing.assert_allclose(line["y"], exact, rtol=1e-6)
    (label,) = [text for text in patch(figures.draw, given, LOOK)["one-neuron:text"]["text"] if "on the sphere" in text]
    assert ("(1 + t)" in label) == (least == 1)


def test_a_constant_that_grows_is_not_said_to_stay():
    growing = tables(*map(row, GRID), row(STAR, 250, 0.5))
    said = words(figures, growing, LOOK)["one-neuron-points"]
    assert said == "From 250 to 1,000 points the gradient found in the ball goes from 2.5 to 5."
    assert "stays 5" in words(figures, WHOLE, LOOK)["one-neuron-points"]


def test_more_points_at_the_same_threshold():
    patched = patch(figures.draw, WHOLE, LOOK)
    assert list(patched["one-neuron-points:ball"]["x"]) == [250, 500, 1000]
    np.testing.assert_allclose(patched["one-neuron-points:ball"]["y"], 5)
    floor = patched["one-neuron-points:floor"]["y"]
    np.testing.assert_array_equal(floor, [1.5, np.nan, 1.7])  # a log axis has no 0
    assert len(patch(figures.draw, FORMULAS, LOOK)["one-neuron-points:ball"]["x"]) == 0


def test_run_a_is_dashed():
    pinned = patch(figures.draw, ROOMY, PINNED)
    assert len(pinned["one-neuron:pin"]["x"]) == len(GRID)
    assert len(pinned["one-neuron-points:pin"]["x"]) == 3


def test_sentences():
    assert words(figures, {}, LOOK) == words(figures, tables(), LOOK) == {}
    said = words(figures, WHOLE, LOOK)
    assert "0.800" in said["one-neuron"]
    assert "[1.000, 1.000] at 2 thresholds" in said["one-neuron"]
    assert "From 250 to 1,000 points" in said["one-neuron-points"]
    assert "both formulas are exact" in words(figures, FORMULAS, LOOK)["one-neuron"]
    assert "overlap at every t" in words(figures, CROWDED, LOOK)["one-neuron"]
    assert "t = 0.85" in words(figures, ROOMY, LOOK)["one-neuron"]
    assert "one-neuron-points" not in words(figures, ROOMY, LOOK)
