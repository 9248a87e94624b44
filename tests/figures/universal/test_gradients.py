"""The figure of the panel `gradients`: both lines of each group size, rings, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.gradients import GRADIENTS, GradientsSettings
from explorer.labs.universal.gradients.figure import draw, sentences
from tests.labs.universal.lesson.gradients import EMPTY, UNFIT, runs

LOOK = Look(GradientsSettings.make())
ONE = runs(1e-8, ds=(200,))
UNKNOWN = runs(np.nan, np.nan)


def half() -> Tables:
    """The first dimension does not fit."""
    table = runs(1e-8)["gradients"]
    return {"gradients": table | {"misfit": np.where(table["d"] == 200, 0.02, 0.0)}}


@pytest.mark.parametrize("tables", [{}, EMPTY, UNFIT, ONE, UNKNOWN, half(), runs(1e-8)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    take(patch(draw, tables, Look(LOOK.settings, theme, half(), LOOK.settings)))


def test_a_line_a_group_size_and_rings_for_what_does_not_fit() -> None:
    columns = patch(draw, half(), LOOK)
    assert [len(x) for x in columns["gradients:mean"]["xs"]] == [6, 6, 6]
    assert [list(y) for y in columns["gradients:max"]["ys"]] == [[4.0 * m] * 6 for m in (1, 2, 4)]
    assert list(columns["gradients:max-missed"]["x"]) == [200] * 3
    assert len(columns["gradients:mean-dots"]["x"]) == 15
    assert len(columns["gradients-max:dots"]["x"]) == 15
    law = np.asarray(columns["gradients-max:law"]["y"])
    assert np.isnan(law[[6, 13, 20]]).all()  # one line is not joined to the next
    assert list(law[[0, 7, 14]]) == [4, 8, 16]
    assert columns["gradients:names"]["text"] == ["max", "mean, m = 1", "mean, m = 2", "mean, m = 4"]
    assert columns["gradients-max:names"]["text"] == ["m = 1", "m = 2", "m = 4"]


def test_the_sentence_is_of_the_largest_groups_that_fit() -> None:
    said = sentences(runs(1e-8), LOOK)["gradients"]
    assert said.lead.startswith("With m = 4, from d = 200 to 1200 the mean gradient goes from 0.1 to ")
    assert said.lead.endswith("the largest found from 16 to 16.")
    assert "are left out" not in said.details
    part = sentences(half(), LOOK)["gradients"]
    assert part.lead.startswith("With m = 4, from d = 300 to 1200")
    assert "left out here: 3." in part.details


def test_the_second_says_how_near_the_largest_is_its_formula() -> None:
    lead = sentences(runs(1e-8, 0.9), LOOK)["gradients-max"].lead
    assert lead == "The largest gradient found is 0.90 times its formula, which does not depend on d."
    table = GRADIENTS.among(runs(1e-8))
    apart = {"gradients": table | {"max": np.where(table["d"] == 200, 1.05, 0.9) * table["law"]}}
    assert "is between 0.90 and 1.05 times its formula" in sentences(apart, LOOK)["gradients-max"].lead
    assert "of 15 networks" in sentences(half(), LOOK)["gradients-max"].details.lower()
    lost = {"gradients": table | {"law": np.full(len(table["d"]), np.nan)}}
    assert list(sentences(lost, LOOK)) == ["gradients"]


def test_few_rows_and_none_are_told_as_they_are() -> None:
    assert sentences({}, LOOK) == sentences(EMPTY, LOOK) == sentences(UNKNOWN, LOOK) == {}
    assert (
        sentences(ONE, LOOK)["gradients"].lead
        == "With m = 4 and d = 200 the mean gradient is 0.1, the largest at least 16."
    )
    assert "No network so far passes through all its points. The best of them misses 10 %" in (
        sentences(UNFIT, LOOK)["gradients"].lead
    )
    table = GRADIENTS.among(UNFIT)
    lost = {"gradients": table | {"misfit": np.full(len(table["d"]), np.nan)}}
    assert sentences(lost, LOOK)["gradients"].lead == "No network so far passes through all its points."
