"""Cells of an (n, k) picture: where they are, what they say, and that the number can be read."""

import numpy as np
import pytest

from explorer.figures.palette import colour, contrast, rgb
from explorer.figures.texts import COLUMNS
from explorer.labs.law.cells import cells, edges, numbers, short, span

KS, NS = (4, 8, 32), (20, 30)
K, N = np.repeat(KS, 2), np.tile(NS, 3)
VALUE = np.array([1.0, 2.0, 4.0, np.nan, 16.0, 100.0])


def quads(k: np.ndarray, n: np.ndarray, value: np.ndarray, theme: str, **scale: object) -> dict[str, list]:
    columns = cells({"k": k, "n": n, "value": value}, **scale).columns(theme)
    return {name: list(column) for name, column in columns.items()}


def written(k: np.ndarray, n: np.ndarray, value: np.ndarray, theme: str, unknown: str = "") -> dict[str, list]:
    columns = numbers({"k": k, "n": n, "value": value}, unknown=unknown).columns(theme)
    return {name: list(column) for name, column in columns.items()}


def test_cells_meet_at_geometric_means() -> None:
    np.testing.assert_allclose(edges((4, 8, 32)), [4 / 2**0.5, 32**0.5, 16, 64])
    np.testing.assert_allclose(edges((9,)), [9 / 2**0.5, 9 * 2**0.5])


def test_a_cell_is_around_its_place_whatever_else_is_there() -> None:
    whole = quads(K, N, VALUE, "light", ks=KS, ns=NS)
    one = quads(K[2:3], N[2:3], VALUE[2:3], "light", ks=KS, ns=NS, over=span(VALUE))
    assert {name: column[2:3] for name, column in whole.items()} == one
    assert (np.array(whole["left"]) < K).all()
    assert (np.array(whole["right"]) > K).all()
    assert (np.array(whole["bottom"]) < N).all()
    assert (np.array(whole["top"]) > N).all()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_colours_run_over_the_logarithm_and_unknown_is_faint(theme: str) -> None:
    hues = quads(K, N, VALUE, theme, ks=KS, ns=NS)["color"]
    assert hues[3] == colour("faint", theme)
    assert len(set(hues)) == 6
    assert quads(K, N, VALUE**2, theme, ks=KS, ns=NS)["color"] == hues
    assert quads(K, N, VALUE * 0, theme, ks=KS, ns=NS)["color"][0] == hues[0]


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_known_values_are_written_legibly(theme: str) -> None:
    said, behind = written(K, N, VALUE, theme), quads(K, N, VALUE, theme, ks=KS, ns=NS)["color"]
    assert tuple(said) == COLUMNS
    assert said["text"] == ["1.0", "2.0", "4.0", "16", "100"]
    assert written(K, N, VALUE, theme, "×")["text"] == ["1.0", "2.0", "4.0", "×", "16", "100"]
    for ink, hue in zip(said["color"], behind[:3] + behind[4:], strict=True):
        assert contrast(rgb(ink), rgb(hue)) >= 4.5


def test_nothing_known_and_nothing_there() -> None:
    assert span(np.full(2, np.nan)) == span() == (1.0, 1.0)
    assert quads(K, N, np.full(6, np.nan), "light", ks=KS, ns=NS)["color"] == [colour("faint", "light")] * 6
    none = np.zeros(0, int)
    assert all(column == [] for column in quads(none, none, np.zeros(0), "light", ks=KS, ns=NS).values())
    assert all(column == [] for column in written(none, none, np.zeros(0), "light").values())


def test_numbers_are_short() -> None:
    assert list(map(short, (0.352, 0.999, 3.49, 9.96, 351.2, 9999.0, 3.2e5))) == [
        "0.35",
        "1.0",
        "3.5",
        "10",
        "351",
        "9999",
        "3e5",
    ]
