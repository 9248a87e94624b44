"""The figures of the panel `defence`: old and new perturbations over steps, and what may be said of chance."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.region.defence import DYNAMIC, EXTRA, KINDS, STATIC, DefenceSettings
from explorer.labs.region.defence.figure import draw, sentences
from explorer.labs.region.tables import DEFENCE
from tests.labs.region.lesson.defence import BEGUN, EMPTY, HALF, LEARNING, LOOKS, LOST, run, trained

LOOK = Look(DefenceSettings.make())


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, BEGUN, HALF, LOST, run(), run(seeds=1)])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    for kind in KINDS:
        settings = DefenceSettings.make(model=kind)
        take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
        said = sentences(tables, Look(settings))
        assert all("nan" not in sentence.text for sentence in said.values())
        assert all(len(sentence.lead) <= 130 for sentence in said.values())


def test_old_and_new_perturbations_are_those_of_the_kind_that_is_looked_at() -> None:
    columns = patch(draw, run(), Look(DefenceSettings.make(model=DYNAMIC)))
    assert list(columns["defence:new"]["x"]) == LOOKS
    assert columns["defence:old"]["y"][-1] == pytest.approx(0.1, abs=0.05)
    assert columns["defence:new"]["y"][-1] == pytest.approx(0.16, abs=0.05)
    assert len(columns["defence:new-dots"]["x"]) == 3 * len(LOOKS)


def test_while_they_learn_for_the_first_time_that_is_drawn_to_the_left_of_0() -> None:
    columns = patch(draw, LEARNING, LOOK)
    assert list(columns["defence:before"]["x"]) == [-720, -360, 0]
    assert not len(columns["defence:new"]["x"])
    said = sentences(LEARNING, LOOK)["defence"].lead
    assert said == "After 720 steps of their first training networks have 97 % of unseen images right."


def test_all_kinds_stand_side_by_side_once_they_are_done() -> None:
    columns = patch(draw, run(), LOOK)
    np.testing.assert_allclose(columns["kinds:new"]["y"], [0.35, 0.16, 0.48, 0.5], atol=0.03)
    np.testing.assert_allclose(columns["kinds:old"]["y"], [0.04, 0.1, 0.42, 0.5], atol=0.03)
    lead = sentences(run(), LOOK)["kinds"].lead
    assert all(kind in lead for kind in KINDS)
    assert "kinds" not in sentences(HALF, LOOK)


def test_what_is_said_of_old_and_new_ones() -> None:
    said = sentences(run(), LOOK)["defence"]
    assert said.lead.startswith("After 480 steps of static RAT old perturbations turn")
    assert "the networks know the old ones, not all there are" in said.details
    even = sentences(run((0.2, 0.2), half=0.05), LOOK)["defence"]
    assert "New ones do not clearly more or less" in even.details
    fewer = sentences(run((0.4, 0.1)), LOOK)["defence"]
    assert "New ones do clearly less" in fewer.details
    begun = sentences(BEGUN, LOOK)["defence"].lead
    assert begun.startswith("Before they are trained on, ten perturbations turn 47 %")
    one = sentences(run(seeds=1), LOOK)
    assert "clearly" not in one["defence"].details.replace("not clearly", "")


def test_attacks_are_told_at_their_radius_and_compared_with_the_start() -> None:
    said = sentences(run(), LOOK)["attacks"]
    assert said.lead == "At ε = 0.1 static RAT leaves 60 % of images right under FGSM and 50 % under PGD."
    begun = sentences(BEGUN, LOOK)["attacks"].lead
    assert begun.startswith("Before they are trained on, 50 % of images right under FGSM")


def test_of_networks_that_differ_by_chance_alone_an_effect_is_hardly_ever_said() -> None:
    """Old and new ones alike, and two kinds alike: of 200 runs of three networks."""
    said = {"gap": 0, "kinds": 0}
    ends = [LOOKS[0], LOOKS[-1]]
    for turn in range(200):
        rng = np.random.default_rng(turn)
        parts = [trained(kind, 0.3, 0.3, half=0.05, looks=ends, rng=rng) for kind in (STATIC, EXTRA)]
        found = sentences({"defence": DEFENCE.joined(parts)}, LOOK)
        said["gap"] += "New ones do clearly" in found["defence"].details
        said["kinds"] += "turn clearly" in found["kinds"].details
    assert max(said.values()) <= 10
