"""The figures of the panel `thresholds`: both frontiers, what was not reached, and what is said of them."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.thresholds import ThresholdsSettings
from explorer.labs.universal.thresholds.figure import draw, sentences
from tests.labs.universal.lesson.thresholds import built, like, table, trained

NAN = math.nan
LOOK = Look(ThresholdsSettings())
PARTLY = table(built((NAN, NAN, 5, 10, 20)), trained((2.0, 3.0, 4.0, NAN, NAN)))


@pytest.mark.parametrize("tables", [{}, table(built((NAN,) * 5)), table(built((5.0,) * 5)), PARTLY, like(1, 0.1)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    look = Look(LOOK.settings, theme, PARTLY, LOOK.settings)
    take(patch(draw, tables, look))


def test_what_was_not_reached_stands_at_the_widest_that_was_tried() -> None:
    columns = patch(draw, PARTLY, LOOK)
    missed = columns["thresholds:unreached"]
    assert sorted({*missed["x"]}) == [100 * 40, 100 * 80]
    assert sorted({*missed["y"]}) == [128 * 42, 128 * 82]
    assert not len(columns["thresholds:unfit"]["x"])
    assert list(columns["thresholds:beyond"]["text"]) == [">", ">"]
    assert np.isfinite(list(columns["thresholds:smooth"]["y"])).all()


def test_what_does_not_fit_stands_there_as_such_and_not_as_rough() -> None:
    columns = patch(draw, table(built((NAN,) * 5), trained((NAN,) * 5, a_point=NAN)), LOOK)
    assert {*columns["thresholds:unfit"]["y"]} == {128 * (d + 2) for d in (5, 10, 20, 40, 80)}
    assert not len(columns["thresholds:unreached"]["x"])


def test_no_line_goes_through_a_dimension_in_which_some_did_not_reach_both() -> None:
    tables = table(built((5.0,) * 5), trained((2.0,) * 5), trained((2.0, 2.0, 2.0, 2.0, NAN), seed=1))
    columns = patch(draw, tables, LOOK)
    assert list(columns["factor:line"]["x"]) == [5, 10, 20, 40]
    assert 80 in list(columns["factor:dots"]["x"])


def test_the_guides_are_n_and_n_d() -> None:
    columns = patch(draw, PARTLY, LOOK)
    assert list(columns["thresholds:n"]["y"]) == [100, 100]
    assert list(columns["thresholds:nd"]["x"]) == list(columns["thresholds:nd"]["y"]) == [500, 8000]


def test_the_sentences_say_how_many_times_and_how_it_grows() -> None:
    said = sentences(like(1, 0.0), LOOK)
    assert said["thresholds"].lead == (
        "In 80 dimensions it takes 32 times the parameters of fitting to be about as smooth as the widest network."
    )
    assert "power 1.00" in said["factor"].lead
    assert "over 15 trainings" in said["factor"].details


def test_of_dimensions_in_which_some_did_not_reach_both_the_sentence_says_so_or_nothing() -> None:
    """Those that did are the cheap ones."""
    some = table(built((5.0,) * 5), trained((2.0,) * 5), trained((2.0, 2.0, 2.0, 2.0, NAN), seed=1))
    assert sentences(some, LOOK)["thresholds"].lead.startswith("In 40 dimensions it takes 2 times")
    every = table(built((5.0,) * 5), trained((2.0,) * 5), trained((NAN,) * 5, seed=1))
    lead = sentences(every, LOOK)["thresholds"].lead
    assert lead.startswith("In 80 dimensions it takes 2 times")
    assert lead.endswith("the widest network, where training comes to it.")
    assert not sentences(like(1, 0.0), LOOK)["thresholds"].lead.endswith("comes to it.")


def test_they_count_what_is_left_out_and_say_when_nothing_was_found() -> None:
    assert "2 trainings more did not reach both thresholds" in sentences(PARTLY, LOOK)["thresholds"].details
    nothing = sentences(table(built((5.0,) * 5)), LOOK)
    assert nothing["thresholds"].lead.endswith("none is trained.")
    rough = sentences(table(built((5.0,) * 5), trained((NAN,) * 5)), LOOK)
    assert rough["thresholds"].lead == "No trained network was found so far that is about as smooth as a wider one."
    assert "up to 5 times" in nothing["factor"].lead
    assert sentences({}, LOOK) == {}
