"""Figures of the heat map: sources, what stands in cells, and the sentences."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.law.heat_map import HeatMapSettings
from explorer.labs.law.heat_map import figure as heat_map
from tests.figures.said import said as words

SETTINGS = HeatMapSettings.make(ns=(20, 80), widths=(2, 8, 32), d=4)
LOOK = Look(SETTINGS)


def tables(value: float = 1.0) -> Tables:
    """Two seeds; constants value * sqrt(n), unfit where k(d + 2) < n and, for one seed, at (20, 8)."""
    seed, n, k = (column.ravel() for column in np.meshgrid([0, 1], [20, 80], [2, 8, 32], indexing="ij"))
    fits = (k * 6 >= n) & ~((n == 20) & (k == 8) & (seed == 1))
    lower = value * np.sqrt(n) * (1 + seed)
    return {
        "trained": {
            "n": n,
            "d": np.full(12, 4),
            "k": k,
            "seed": seed,
            "trainer": np.full(12, "adam"),
            "mse": np.where(fits, 1e-4, 0.1),
            "fits": fits,
            "lower": lower,
            "upper": 1.1 * lower,
            "product": 2 * lower,
            "law": np.sqrt(n / k),
        }
    }


EMPTY = {name: values[:0] for name, values in tables()["trained"].items()}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": {"trained": EMPTY},
    "nan": tables(np.nan),
    "first": {"trained": {name: values[:1] for name, values in tables()["trained"].items()}},
    "whole": tables(),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_patched_with_what_its_glyph_reads(
    case: str, theme: str, take: Callable[[Patch], None]
) -> None:
    for look in (Look(SETTINGS, theme), Look(SETTINGS, theme, tables(), SETTINGS), Look(SETTINGS, theme, {}, SETTINGS)):
        take(patch(heat_map.draw, CASES[case], look))
        assert words(heat_map, CASES[case], look).keys() <= {slot.name for slot in heat_map.SLOTS}
    assert (words(heat_map, CASES[case], LOOK) == {}) == (case in ("none", "empty"))


def test_cells_hold_the_mean_of_the_networks_that_fit_or_a_cross() -> None:
    grid = heat_map.Grid.of(tables())
    assert list(zip(grid.n, grid.k, strict=True)) == [(n, k) for n in (20, 80) for k in (2, 8, 32)]
    np.testing.assert_array_equal(grid.fitting, [0, 1, 2, 0, 0, 2])
    np.testing.assert_array_equal(grid.networks, [2] * 6)
    root = np.sqrt([20, 20, 80])
    np.testing.assert_allclose(grid.value[[1, 2, 5]], root * [1, 1.5, 1.5])
    np.testing.assert_allclose(grid.product, 2 * grid.value)
    assert np.isnan(grid.value[[0, 3, 4]]).all()
    text = patch(heat_map.draw, tables(), LOOK)["heat-map:numbers"]["text"]
    assert sorted(text) == sorted(["4.5", "6.7", "13", "×", "×", "×"])


def test_lines_of_the_diagonal_run_along_n_over_k() -> None:
    lines = patch(heat_map.draw, tables(), LOOK)["heat-map-diagonal:rows"]
    assert [list(x) for x in lines["xs"]] == [[20 / 32, 20 / 8], [80 / 32]]
    assert len(set(lines["color"])) == 2


def test_sentences_count_cells_and_give_exponents() -> None:
    said = words(heat_map, tables(), LOOK)
    assert "4.47 to 13.4" in said["heat-map"]
    assert (
        "3 of 6 cells (×) did not fit in 3,000 steps: 3 with fewer parameters than points, 0 with enough"
        in (said["heat-map"])
    )
    assert "too few for exponents" in said["heat-map-diagonal"]
    n, k = (column.ravel() for column in np.meshgrid([20, 40, 80], [4, 8, 16]))
    scatter = np.exp(np.random.default_rng(0).normal(0, 1e-3, 9))
    more = {"n": n, "k": k, "fits": np.full(9, True), "lower": 3 * (n / k) ** 0.5 * k**-0.25 * scatter}
    whole = {"trained": more | {"upper": more["lower"], "product": more["lower"]}}
    said = words(heat_map, whole, LOOK)
    assert "(n/k)0.50 k−0.25" in said["heat-map-diagonal"]
    assert "so n/k alone does not decide" in said["heat-map-diagonal"]
    assert "over 9 cells taken as independent" in said["heat-map-diagonal"]
    assert "did not fit" not in said["heat-map"]
