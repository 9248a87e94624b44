"""The figures of the panel `headline`: curves, bars, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.headline import HeadlineSettings
from explorer.labs.bayes.headline.figure import draw, sentences
from explorer.labs.bayes.told import NO_RHAT
from tests.labs.bayes.lesson.headline import LOOK as FIRST
from tests.labs.bayes.lesson.headline import PAPER, PARTLY, table
from tests.labs.bayes.tables_attack import EMPTY

LOOK = Look(HeadlineSettings.make())
UNKNOWN: Tables = {
    "attack": {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in PAPER["attack"].items()}
}


@pytest.mark.parametrize("tables", [{}, EMPTY, UNKNOWN, PARTLY, FIRST, PAPER, table(0.2, 0.65, seeds=3)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("attack", ["fgsm", "pgd", "random"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, attack: str) -> None:
    settings = HeadlineSettings.make(attack=attack)
    take(patch(draw, tables, Look(settings, theme, PAPER, LOOK.settings)))


def test_curves_have_all_radii_and_bars_the_one_that_is_chosen() -> None:
    columns = patch(draw, PAPER, LOOK)
    assert list(columns["headline:average"]["x"]) == [0, 0.1, 0.2]
    assert list(columns["headline:one"]["y"]) == [0.89, 0.2, 0.1]
    assert list(columns["headline:at"]["x"]) == [0.1, 0.1]
    assert list(columns["headline-bars:bars"]["y1"]) == [0.2, 0.65, 0.57, 0.38]
    assert np.allclose(columns["headline-bars:clean"]["y"], [0.89, 0.98, 0.97, 0.97])
    columns = patch(draw, PAPER, Look(HeadlineSettings.make(eps=0.3)))  # the nearest is 0.2
    assert columns["headline-bars:bars"]["y1"][0] == 0.1


def test_the_paper_s_attack_is_drawn_where_the_average_has_two_losses() -> None:
    other = {n: v.copy() for n, v in PAPER["attack"].items()}
    other["loss"] = np.where(other["loss"] == "expected", "cross-entropy", other["loss"])
    assert list(patch(draw, {"attack": other}, LOOK)["headline:average"]["x"]) == []


def test_both_are_said_with_their_clean_accuracies() -> None:
    said = sentences(PAPER, LOOK)["headline"]
    assert said.lead == ("Under FGSM at ε = 0.1 the average stays 65% right, one sample 20% (unattacked 98% and 89%).")
    assert "A difference of +45 points, 95% interval [+40.5, +49.5] over 297 test images" in said.details
    assert "the attack flips 34% and 78%" in said.details
    assert "100 samples of 8 chains, acceptance 0.90, R-hat 1.02." in said.details
    assert "over test images and 3 seeds" in sentences(table(0.2, 0.65, seeds=3), LOOK)["headline"].details


def test_all_four_are_said_under_the_bars_or_those_there_are() -> None:
    lead = sentences(PAPER, LOOK)["headline-bars"].lead
    assert lead == ("Under FGSM at ε = 0.1 one sample has 20% right, the average 65%, MAP 57%, without a prior 38%.")
    few = sentences(PARTLY, LOOK)
    assert list(few) == ["headline-bars"]
    assert few["headline-bars"].lead == ("Under FGSM at ε = 0.1 MAP has 57% right, without a prior 38%.")


def test_chains_that_do_not_agree_and_first_looks_are_told() -> None:
    details = sentences(table(0.2, 0.65, rhat=1.31), LOOK)["headline"].details
    assert "R-hat is 1.31, above 1.1: chains do not agree" in details
    assert f"; {NO_RHAT}." in sentences(table(0.2, 0.65, rhat=np.nan), LOOK)["headline"].details
    assert "A first look at part of the images" in sentences(FIRST, LOOK)["headline"].details


def test_nothing_is_said_of_nothing() -> None:
    assert sentences({}, LOOK) == sentences(EMPTY, LOOK) == sentences(UNKNOWN, LOOK) == {}
    assert sentences(PAPER, Look(HeadlineSettings.make(attack="pgd"))) == {}
