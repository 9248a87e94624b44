"""The figures of the panel circle: declared once, patched from tables, and put into words."""

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look
from explorer.frames import Tables
from explorer.labs.law.circle import CircleSettings
from explorer.labs.law.circle import figure as figures
from tests.figures.said import said as words

SETTINGS = CircleSettings.make()


def tables(lip: np.ndarray, n: int = 20, ratios: dict[int, tuple[float, ...]] | None = None) -> Tables:
    ratios = {2: (0.4, 2.5), 3: (0.5, 1.0), 30: (0.5, 0.9)} if ratios is None else ratios
    d = np.array([d for d, values in ratios.items() for _ in values], np.int64)
    circle = {"seed": np.arange(len(lip)), "n": np.full(len(lip), n), "lip": lip}
    ratio = np.array([value for values in ratios.values() for value in values], np.float64)
    return {"circle": circle, "rigidity": {"seed": np.zeros(len(d), np.int64), "d": d, "ratio": ratio}}


DRAWN = np.random.default_rng(0).lognormal(4, 1, 3000) + 1
FULL = tables(DRAWN)
HALF = tables(np.where(np.arange(1000) % 2, 0.0, 10.0 + np.arange(1000)), n=2)
LOOK = Look(SETTINGS)
PINNED = Look(SETTINGS, "dark", FULL, SETTINGS)
SHOWN = [
    {},
    FULL,
    HALF,
    tables(np.zeros(0), ratios={}),
    tables(np.zeros(5), n=2, ratios={2: (0.3,)}),
    tables(np.full(5, np.nan), ratios={2: (np.nan,), 3: (np.nan,)}),
    tables(np.array([7.0]), ratios={3: (0.5,)}),
]


@pytest.mark.parametrize("look", [LOOK, PINNED], ids=["alone", "pinned"])
@pytest.mark.parametrize("shown", SHOWN, ids=range(len(SHOWN)))
def test_every_source_is_patched_with_what_its_glyph_reads(shown, look, take) -> None:
    take(patch(figures.draw, shown, look))


def test_the_drawn_line_is_the_share_of_data_sets() -> None:
    found = patch(figures.draw, FULL, LOOK)["circle:found"]
    shares = [np.mean(x >= DRAWN) for x in found["x"]]
    np.testing.assert_allclose(found["y"], shares)
    assert len(found["x"]) <= 400
    half = patch(figures.draw, HALF, LOOK)["circle:found"]
    assert half["y"][0] == pytest.approx(0.501)  # half of the data sets need no slope at all
    assert half["y"][-1] == 1


def test_dots_above_the_line_stand_out() -> None:
    patched = patch(figures.draw, FULL, LOOK)
    assert patched["circle-rigidity:above"]["y"].tolist() == [2.5]
    assert len(patched["circle-rigidity:dots"]["y"]) == 5
    assert patched["circle-rigidity:one"]["x"].tolist() == [2, 30]


TOO_LOW = tables(DRAWN, ratios={2: (0.4, 2.5), 3: (0.5, 1.02), 30: (0.5, 1.0)})


def test_a_search_that_ended_too_low_is_a_ring_and_is_told() -> None:
    """From d = 3 on a ratio above 1 is proved to be impossible: it is the constant under it that was not found."""
    patched = patch(figures.draw, TOO_LOW, LOOK)
    assert patched["circle-rigidity:short"]["x"].tolist() == [3]
    assert patched["circle-rigidity:short"]["y"].tolist() == [1.02]
    assert patched["circle-rigidity:above"]["x"].tolist() == [2]
    drawn = [value for name in ("dots", "above", "short") for value in patched[f"circle-rigidity:{name}"]["y"]]
    assert sorted(drawn) == [0.4, 0.5, 0.5, 1.0, 1.02, 2.5]
    said = words(figures, TOO_LOW, LOOK)["circle-rigidity"]
    assert said.endswith("1 (rings) seem to pass 1: there the search for Lip ended too low.")
    assert "seem to pass" not in words(figures, FULL, LOOK)["circle-rigidity"]
    assert patch(figures.draw, FULL, LOOK)["circle-rigidity:short"]["x"].tolist() == []


def test_kinks_that_do_not_hide_are_not_said_to() -> None:
    flat = tables(DRAWN, ratios={2: (0.4, 0.8), 3: (0.5,)})
    said = words(figures, flat, LOOK)["circle-rigidity"]
    assert "cancel in pairs" not in said
    assert said.startswith("In the plane, where kinks may cancel, the largest ratio is 0.8")


def test_sentences_give_the_test_and_both_largest_ratios() -> None:
    said = words(figures, FULL, LOOK)
    assert said["circle"].startswith("Half of the 3,000 data sets of n = 20 need a slope of ")
    assert "p = " in said["circle"]
    assert "cancel in pairs, the largest ratio is 2.5" in said["circle-rigidity"]
    assert "from d = 3 on it is 1, and 1 cannot be passed." in said["circle-rigidity"]


@pytest.mark.parametrize("shown", [SHOWN[0], SHOWN[3], SHOWN[5]], ids=range(3))
def test_nothing_to_say_is_not_said(shown) -> None:
    assert words(figures, shown, LOOK) == {}


def test_no_data_set_needs_a_slope() -> None:
    told = words(figures, SHOWN[4], LOOK)["circle"]
    assert "nan" not in told
