"""The figures of the panel `norms`, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.prunability.norms import MEASURES, NormsSettings
from explorer.labs.prunability.norms.figure import draw, sentences
from tests.labs.prunability.lesson.norms import EMPTY, LEARNING, LOST, run

LOOK = Look(NormsSettings.make(step=24))


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, LOST, run(), run(nets=1), run(looks=1), run(looks=3)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("measure", ["l2", "log_prod_of_spec"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, measure: str) -> None:
    settings = NormsSettings.make(norm=measure)
    take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
    assert sentences(tables, Look(settings)).keys() <= {"norms", "learning"}


@pytest.mark.parametrize("measure", MEASURES)
def test_every_measure_can_be_drawn(measure: str) -> None:
    look = Look(NormsSettings.make(norm=measure))
    assert np.isfinite(patch(draw, run(), look)["norms:measure"]["y"]).all()
    assert sentences(run(), look)["norms"].lead.startswith(f"After 48 steps the network has {MEASURES[measure]} = ")
    assert ", after" not in sentences(run(), look)["norms"].lead


def test_a_measure_is_drawn_in_powers_of_ten_over_the_steps() -> None:
    columns = patch(draw, run(2.0, spread=0.0), LOOK)
    np.testing.assert_allclose(columns["norms:measure"]["x"], [1, 12, 24, 36, 48])
    np.testing.assert_allclose(columns["norms:measure"]["y"][[0, -1]], [1, np.log10(20)])
    assert list(columns["norms:learnt"]["x"]) == [24, 24]
    assert len(columns["norms:others"]["xs"]) == 3


def test_what_it_has_done_since_the_loss_was_small_is_said() -> None:
    tables = run(2.0, spread=0.0)
    said = sentences(tables, Look(NormsSettings.make(step=500)))
    assert said["norms"].lead == "After 48 steps the network has |w| = 20; it was 10 when the loss had reached 0.1."
    assert "From a loss of 0.1 to the end it grows 2-fold" in said["norms"].details
    assert said["learning"].lead == "After 48 steps the training loss is 0.001, on unseen images 0.101."


def test_the_step_that_is_looked_at_is_told_first() -> None:
    tables = run(2.0, spread=0.0)
    said = sentences(tables, LOOK)
    assert said["norms"].lead == "After 24 steps the network has |w| = 10, after 48 20."
    assert said["learning"].lead.startswith("After 24 steps the training loss is 0.09, on unseen")
    early = sentences(tables, Look(NormsSettings.make(step=12)))["norms"].lead
    assert early == "After 12 steps the network has |w| = 10, after 48 20; it was 10 when the loss had reached 0.1."


def test_what_is_not_learnt_yet_is_not_said_to_grow() -> None:
    assert sentences(LEARNING, LOOK)["norms"].lead == "After 12 steps the network has |w| = 10."
    assert "4 networks did not reach 0.001." in sentences(run(looks=3), LOOK)["learning"].details
    assert sentences(LOST, LOOK).keys() == {"learning"}
