"""The figures of the panel `rebuttal`: three attacks side by side, the difference over the radius, what is said."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.rebuttal import RebuttalSettings
from explorer.labs.bayes.rebuttal.figure import draw, sentences
from tests.labs.bayes.lesson.rebuttal import DOSSIER, PARTLY, table
from tests.labs.bayes.lesson.rebuttal import LOOK as FIRST
from tests.labs.bayes.tables_attack import EMPTY

LOOK = Look(RebuttalSettings.make())
UNKNOWN: Tables = {
    "attack": {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in DOSSIER["attack"].items()}
}


@pytest.mark.parametrize("tables", [{}, EMPTY, UNKNOWN, PARTLY, FIRST, DOSSIER])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    take(patch(draw, tables, Look(LOOK.settings, theme, DOSSIER, LOOK.settings)))


def test_attacks_stand_side_by_side_and_differences_over_the_radius() -> None:
    columns = patch(draw, DOSSIER, LOOK)
    assert list(columns["rebuttal:average"]["y"]) == [0.65, 0.5, 0.5]
    assert list(columns["rebuttal:MAP"]["y"]) == [0.57, 0.53, 0.53]
    assert np.allclose(columns["rebuttal-gap:fgsm"]["y"], [0.002, 0.08, 0.02])
    assert np.allclose(columns["rebuttal-gap:pgd"]["y"], [0.002, -0.03, -0.0075])


def test_the_gap_is_said_under_each_attack_that_is_done() -> None:
    said = sentences(DOSSIER, LOOK)
    assert said["rebuttal"].lead == (
        "Over MAP the average has, at ε = 0.1, +8.0 points under FGSM, −3.0 under PGD, −3.0 under margin PGD."
    )
    assert "FGSM [+3.5, +12.5]; PGD [−7.5, +1.5]" in said["rebuttal"].details
    assert said["rebuttal-gap"].lead == (
        "Under PGD the average and MAP are furthest apart at ε = 0.1: the average keeps 3.0 points fewer."
    )
    ahead = sentences(table((0.65, 0.57), (0.7, 0.5)), LOOK)
    assert ahead["rebuttal-gap"].lead.endswith("the average keeps 20 points more.")
    assert "There +20 points for the average" in ahead["rebuttal-gap"].details
    level = {"attack": {**DOSSIER["attack"], "more": np.zeros(len(DOSSIER["attack"]["more"]))}}
    assert sentences(level, LOOK)["rebuttal-gap"].lead == (
        "Under PGD the average keeps as many right as MAP, at every ε."
    )


def test_before_there_are_samples_map_is_told_of() -> None:
    said = sentences(PARTLY, LOOK)
    assert list(said) == ["rebuttal"]
    assert said["rebuttal"].lead == "FGSM at ε = 0.1 leaves MAP with the same prior 57% right."
    assert sentences({}, LOOK) == sentences(EMPTY, LOOK) == sentences(UNKNOWN, LOOK) == {}


def test_samples_are_counted_not_networks_of_the_ensemble_nor_those_attacked_so_far() -> None:
    few = Look(RebuttalSettings.make(samples=4))
    rows = DOSSIER["attack"]
    defend = np.select([rows["model"] == "ensemble", rows["model"] == "average"], [32, 4], 1)
    for count in (None, 9):  # all; MAP and a part of what stands beside it
        part = {"attack": {name: values[:count] for name, values in (rows | {"n_defend": defend}).items()}}
        assert "4 samples of 8 chains" in sentences(part, few)["rebuttal"].details
