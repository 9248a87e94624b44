"""The figures of the panel `bound`, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.bound import BoundSettings
from explorer.labs.prunability.bound.figure import draw, sentences
from tests.labs.prunability.lesson.bound import EMPTY, LEARNING, LOST, run

LOOK = Look(BoundSettings.make())


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, LOST, run(), run(nets=1), run(1.5, 2.0)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    take(patch(draw, tables, Look(BoundSettings.make(width=30), theme, run(), LOOK.settings)))
    assert sentences(tables, LOOK).keys() <= {"bound", "least"}


def test_network_0_of_the_chosen_width_is_drawn_and_the_least_of_each() -> None:
    columns = patch(draw, run(spread=0.0), LOOK)
    np.testing.assert_allclose(columns["bound:bound"]["x"], [10, 100, 592])
    np.testing.assert_allclose(columns["bound:bound"]["y"], [0.8, 0.7, 1.0])
    assert list(columns["bound:least"]["x"]) == [100]
    np.testing.assert_allclose(columns["least:most"]["x"], [8, 16, 32, 64])
    np.testing.assert_allclose(columns["least:most"]["y"], np.linspace(0.7, 1.2, 4))
    assert len(columns["least:fewer"]["xs"]) == 1


def test_a_bound_below_1_is_said_and_a_vacuous_one_is_called_so() -> None:
    said = sentences(run(spread=0.0), LOOK)
    assert said["bound"].lead == "With 100 of 592 weights the error is at most 0.7; on unseen images it is 10%."
    assert "at 900 bits" in said["bound"].details
    assert said["least"].lead == ("From 1500 images the least bound is 0.7, of width 8: far above the error, 10%.")
    assert "n = 375: none" in said["least"].details
    wide = sentences(run(spread=0.0), Look(BoundSettings.make(width=64)))
    assert wide["bound"].lead == "Of width 64 every bound is vacuous: the least is 1.2, and no error is above 1."
    assert sentences(run(1.5, 2.0, spread=0.0), LOOK)["least"].lead.endswith("is 1.5, of width 8: vacuous.")


def test_what_fails_is_said_and_what_is_unknown_is_not() -> None:
    assert "test errors above its bound" in sentences(run(test_error=0.9), LOOK)["least"].details
    assert "No test error is above its bound." in sentences(run(), LOOK)["least"].details
    assert "not far from the error" in sentences(run(test_error=0.5), LOOK)["least"].lead
    assert not sentences(LOST, LOOK)
    assert not sentences(EMPTY, LOOK)
