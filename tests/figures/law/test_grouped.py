"""The figures of `grouped`: declared once, patched from any table, and put into words."""

import re

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.labs.law.constructions import Construction, columns
from explorer.labs.law.grouped import GroupedSettings
from explorer.labs.law.grouped import figure as figures
from tests.figures.said import said as words

SIZES = (1, 2, 4, 8)


def row(m: int, d: int = 2000, misfit: float = 0.0, **given: float) -> Construction:
    known = {"fit_error": misfit, "lip_data": 2 * m**0.5, "lip_sphere": 2.1 * m, "lip_ball": 3.9 * m}
    return Construction(
        "grouped", 2000, d, 2000 // m, misfit=misfit, formula_sphere=2 * m, formula_ball=4 * m, **(known | given)
    )


def tables(*rows: Construction) -> dict[str, dict[str, np.ndarray]]:
    return {"constructions": dict(columns(rows))}


FORMULAS = tables(
    *(Construction("grouped", 2000, 2000, 2000 // m, formula_sphere=2 * m, formula_ball=4 * m) for m in SIZES)
)
SMALLER = [row(m, 250, min(1.0, m / 8), lip_sphere=np.nan, lip_ball=np.nan) for m in (4, 8, 16)]
WHOLE = tables(*map(row, SIZES), *SMALLER, Construction("one-neuron", 2000, 2000, 2000, formula_ball=5.0))
UNFIT = tables(*(row(m, misfit=0.5) for m in SIZES))
ONE = tables(row(2))
ALL = [{}, tables(), FORMULAS, WHOLE, UNFIT, ONE]
SETTINGS = GroupedSettings.make()
LOOK = Look(SETTINGS)
PINNED = Look(SETTINGS, "dark", WHOLE, SETTINGS)


@pytest.mark.parametrize(
    "look", [LOOK, PINNED, Look(SETTINGS, "light", {}, SETTINGS)], ids=["alone", "pinned", "empty"]
)
@pytest.mark.parametrize("given", ALL, ids=range(len(ALL)))
def test_every_source_is_patched_with_what_its_glyph_reads(given, look, take):
    take(patch(figures.draw, given, look))


def test_the_tip_reads_columns_that_are_patched(renderers):
    patched = patch(figures.draw, WHOLE, LOOK)
    for tip, sources in (
        (figures.TIP, ("grouped:ball-dots", "grouped:unfit")),
        (figures.CELLS, ("grouped-transition:dots",)),
    ):
        names = set(re.findall(r"@(\w+)", str(tip)))
        assert all(names <= patched[source].keys() for source in sources)


def test_curves_are_those_of_the_chosen_dimension():
    patched = patch(figures.draw, WHOLE, LOOK)
    assert list(patched["grouped:ball"]["x"]) == list(SIZES)
    assert list(patched["grouped:ball"]["y"]) == [3.9 * m for m in SIZES]
    assert list(patched["grouped:conjecture"]["y"]) == [m**0.5 for m in SIZES]
    assert len(patched["grouped:unfit"]["x"]) == 0
    assert len(patch(figures.draw, UNFIT, LOOK)["grouped:unfit"]["x"]) == 3 * len(SIZES)
    assert "4n/k" in str(patched["grouped:text"]["text"])


def test_the_fit_of_every_dimension_is_drawn_over_density():
    patched = patch(figures.draw, WHOLE, LOOK)
    xs = patched["grouped-transition:lines"]["xs"]
    assert [len(x) for x in xs] == [4, 3]
    np.testing.assert_allclose(xs[1], [250 / (m * np.log(2000)) for m in (4, 8, 16)])
    assert patched["grouped-transition:text"]["text"] == ["2000", "d = 250"]
    assert patch(figures.draw, FORMULAS, LOOK)["grouped-transition:lines"]["xs"] == []


def test_run_a_is_dashed():
    assert list(patch(figures.draw, ONE, PINNED)["grouped:pin"]["y"]) == [3.9 * m for m in SIZES]
    assert list(patch(figures.draw, ONE, LOOK)["grouped:pin"]["y"]) == []


def test_slopes_are_of_networks_that_fit_and_have_a_gradient():
    x = np.array([1.0, 2.0, 4.0, 8.0, 16.0])
    table = {"misfit": np.array([0, 0, 0, 0.1, 0]), "lip_ball": np.array([3.0, 6.0, 12.0, 99.0, 0.0])}
    found = figures.Measured(x, table).power("lip_ball")
    assert found.n == 3
    assert found.slope == pytest.approx(1)
    assert found.slope_interval == pytest.approx((1, 1))


def test_exponents_that_cannot_be_told_apart_are_not():
    alike = tables(*(row(m, lip_ball=4 * m**0.5 * (1 + 0.1 * (m == 2))) for m in SIZES))
    said = words(figures, alike, LOOK)["grouped"]
    assert "0.50 at the data and 0.49 at worst, not told apart here." in said
    assert words(figures, WHOLE, LOOK)["grouped"].startswith(
        "The gradient grows like n/k to the power 0.50 at the data and "
    )
    assert "told apart" not in words(figures, WHOLE, LOOK)["grouped"]


def test_where_the_fit_ends_is_said_of_networks_that_were_built():
    """k d / (n log n) of 250-dimensional ones is 250 / (m log 2000): 8.2, 4.1 and 2.06 at m = 4, 8 and 16."""
    said = words(figures, WHOLE, LOOK)["grouped-transition"]
    assert said == (
        "Every point is fitted from k d = 32.9 n log n on. "
        "The sparsest, at k d = 2.06 n log n, misses 100% of the points."
    )


def test_of_networks_that_fit_but_are_not_measured_it_is_not_said_that_none_fits():
    some = tables(*(row(m, misfit=0.1 * (m == 8), lip_data=np.nan, lip_sphere=np.nan, lip_ball=np.nan) for m in SIZES))
    said = words(figures, some, LOOK)
    assert "being built and measured" in said["grouped"]
    assert said["grouped-transition"].startswith("Every point is fitted from")


def test_sentences():
    assert words(figures, {}, LOOK) == words(figures, tables(), LOOK) == {}
    said = words(figures, WHOLE, LOOK)
    assert "0.50 [0.50, 0.50] at the data" in said["grouped"]
    assert "4 widths" in said["grouped"]
    assert "Every point is fitted from" in said["grouped-transition"]
    assert words(figures, FORMULAS, LOOK).keys() == {"grouped"}
    assert "formulas" in words(figures, FORMULAS, LOOK)["grouped"]
    assert "No network fits" in words(figures, UNFIT, LOOK)["grouped"]
    assert "No network fits" in words(figures, UNFIT, LOOK)["grouped-transition"]
    assert "7.8" in words(figures, ONE, LOOK)["grouped"]
    assert "down to" in words(figures, ONE, LOOK)["grouped-transition"]
