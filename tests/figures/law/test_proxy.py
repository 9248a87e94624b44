"""The figure of the panel proxy: declared once, patched from tables, and put into words."""

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.frames import Tables
from explorer.labs.law import LAB
from explorer.labs.law.proxy import ProxySettings
from explorer.labs.law.proxy import figure as figures
from tests.figures.said import said as words

K = np.array([8, 16, 32, 64])
SETTINGS = ProxySettings.make(n=100, widths=tuple(K.tolist()))


def tables(product: float = 20.0, fits: tuple[bool, ...] = (False, True, True, True), rank: int = 30) -> Tables:
    floor = 100 / np.sqrt(K) / 9
    floors = {
        "name": np.repeat(["proxy", "proxy-rank", "proxy-search"], 4),
        "n": np.full(12, 100),
        "d": np.full(12, rank),
        "k": np.tile(K, 3),
        "value": np.concatenate([floor, 100 / np.sqrt(np.minimum(K, rank)) / 9, 1.2 * floor]),
        "applies_to": np.full(12, "networks"),
    }
    numbers = {name: np.full(4, 5.0) for name in ("lower", "upper")}
    trained = {
        "n": np.full(4, 100),
        "d": np.full(4, rank),
        "k": K,
        "seed": np.zeros(4, np.int64),
        "trainer": np.full(4, "adam, zero bias"),
        "mse": np.where(fits, 1e-3, 0.1),
        "fits": np.array(fits),
        **numbers,
        "product": np.full(4, product),
        "law": np.sqrt(100 / K),
    }
    return {
        "floors": {c: floors[c] for c in LAB.tables["floors"]},
        "trained": {c: trained[c] for c in LAB.tables["trained"]},
    }


def without_rows(full: Tables) -> Tables:
    return {name: {c: values[:0] for c, values in table.items()} for name, table in full.items()}


FULL = tables()
LOOK = Look(SETTINGS)
PINNED = Look(SETTINGS, "dark", FULL, SETTINGS)


@pytest.mark.parametrize("look", [LOOK, PINNED], ids=["alone", "pinned"])
@pytest.mark.parametrize(
    "shown",
    [{}, without_rows(FULL), FULL, tables(np.nan), tables(fits=(False,) * 4), {"floors": FULL["floors"]}],
    ids=range(6),
)
def test_every_source_is_patched_with_what_its_glyph_reads(shown, look, take) -> None:
    take(patch(figures.draw, shown, look))


def test_lines_rise_with_slope_one_half_and_rings_mark_what_does_not_fit() -> None:
    patched = patch(figures.draw, FULL, LOOK)
    for name in ("floor", "search", "law"):
        x, y = (np.log(patched[f"proxy:{name}"][axis]) for axis in "xy")
        np.testing.assert_allclose(np.diff(y) / np.diff(x), 0.5)
        assert (np.diff(x) > 0).all()
    assert patched["proxy:unfit"]["k"].tolist() == [8]
    assert len(patched["proxy:dots"]["x"]) == 4
    assert patched["proxy:pin"]["x"] == []
    assert len(patch(figures.draw, {}, PINNED)["proxy:pin"]["x"]) == 4


def test_the_line_of_the_rank_is_named_only_where_it_is_another() -> None:
    for rank, named in ((30, True), (100, False)):
        text = patch(figures.draw, tables(rank=rank), LOOK)["proxy:text"]["text"]
        assert any("min(k, d)" in words for words in text) == named


def test_the_sentence_counts_the_networks_that_fit() -> None:
    told = words(figures, FULL, LOOK)["proxy"]
    closest = 20 / (100 / 4 / 9)
    assert "3 of 3" in told
    assert f"k = 16, at {closest:.2g}" in told
    assert "1 ringed does not fit" in told
    assert "0 of 3" in words(figures, tables(0.1), LOOK)["proxy"]
    assert "No network fits:" in words(figures, tables(fits=(False,) * 4), LOOK)["proxy"]


@pytest.mark.parametrize("shown", [{}, without_rows(FULL), {"floors": FULL["floors"]}], ids=range(3))
def test_nothing_to_say_is_not_said(shown) -> None:
    assert words(figures, shown, LOOK) == {}
    assert any(slot.pending for slot in figures.SLOTS)
