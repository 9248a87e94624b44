"""The figures of the panel `instrument`: both readings over the radius, bars, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.instrument import InstrumentSettings
from explorer.labs.bayes.instrument.figure import draw, sentences
from tests.labs.bayes.lesson.headline import PAPER
from tests.labs.bayes.lesson.instrument import ALONE, MEASURED, table
from tests.labs.bayes.lesson.instrument import LOOK as LOOKED
from tests.labs.bayes.tables_attack import EMPTY

LOOK = Look(InstrumentSettings.make())
UNKNOWN: Tables = {
    "attack": {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in MEASURED["attack"].items()}
}


@pytest.mark.parametrize("tables", [{}, EMPTY, UNKNOWN, ALONE, LOOKED, MEASURED, PAPER, table(seeds=3)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("attack", ["fgsm", "pgd", "random"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, attack: str) -> None:
    settings = InstrumentSettings.make(attack=attack)
    take(patch(draw, tables, Look(settings, theme, MEASURED, LOOK.settings)))
    assert sentences(tables, Look(settings)).keys() <= {"instrument", "instrument-bars"}


def test_both_readings_are_drawn_over_a_floor() -> None:
    columns = patch(draw, MEASURED, LOOK)
    assert list(columns["instrument:once"]["y"]) == [1, 0.68, 0.34]
    assert np.allclose(columns["instrument:twice"]["y"], [1, 0.95, 0.9])
    assert np.allclose(columns["instrument:floor"]["y"], 0.8533730, atol=1e-6)
    assert list(columns["instrument:accuracy"]["y"]) == [0.98, 0.71, 0.71 / 4]
    assert list(columns["instrument:map"]["y"]) == [1, 0.59, 0.295]
    assert "floor 0.853" in columns["instrument:text"]["text"]


def test_bars_are_what_is_compared_at_the_chosen_radius() -> None:
    columns = patch(draw, MEASURED, LOOK)
    assert np.allclose(columns["instrument-bars:bars"]["y1"], [0.95, 0.68, 0.59, 0.39])
    assert np.allclose(columns["instrument-bars:accuracy"]["y"], [0.71, 0.71, 0.57, 0.38])
    assert np.allclose(columns["instrument-bars:floor"]["x"], [-0.4])
    few = patch(draw, ALONE, LOOK)
    assert list(few["instrument-bars:bars"]["x"]) == [2]
    assert not len(few["instrument-bars:floor"]["x"])


def test_both_readings_and_the_floor_are_said() -> None:
    said = sentences(MEASURED, LOOK)
    assert said["instrument"].lead == (
        "At ε = 0.2 the average has 18% right; robustness reads 0.34 with softmax once, 0.90 with it twice."
    )
    assert "nothing falls below 0.8534 (K = 10); the least of all networks here is 0.8590" in said["instrument"].details
    assert said["instrument-bars"].lead == (
        "At ε = 0.1 softmax robustness is 0.68 for the average, 0.59 for MAP; taken twice it reads 0.95."
    )
    assert "MAP 0.590 [0.570, 0.610]" in said["instrument-bars"].details
    assert "R-hat 1.02." in said["instrument-bars"].details
    assert "PGD, the average along the gradient of its own loss." in (
        sentences(
            {"attack": MEASURED["attack"] | {"attack": np.full(9, "pgd")}}, Look(InstrumentSettings.make(attack="pgd"))
        )["instrument"].details
    )


def test_before_there_are_samples_map_is_told_of() -> None:
    said = sentences(ALONE, LOOK)
    assert list(said) == ["instrument-bars"]
    assert said["instrument-bars"].lead == "At ε = 0.1 softmax robustness is 0.59 for MAP with the same prior."


def test_nothing_is_said_of_nothing_nor_of_another_panel_s_rows() -> None:
    assert sentences({}, LOOK) == sentences(EMPTY, LOOK) == sentences(UNKNOWN, LOOK) == {}
    assert "instrument" not in sentences(PAPER, LOOK)
