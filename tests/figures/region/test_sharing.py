"""The figures of the panel `sharing`: over sizes of groups, what it costs, and what may be said of chance."""

import math
import re
from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.region.sharing import EVERYBODY, SharingSettings
from explorer.labs.region.sharing.figure import LAST, draw, sentences
from explorer.labs.region.sharing.numbers import chosen, furthest, hardened
from tests.labs.region.lesson.sharing import BEGUN, CUTS, EMPTY, ENDS, EVEN, LEARNING, LOST, ONE, run

LOOK = Look(SharingSettings.make())
WHOLE = run()


def at(group: int) -> Look:
    return Look(SharingSettings.make(group=group))


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, BEGUN, ONE, ENDS, LOST, WHOLE, run(seeds=1)])
@pytest.mark.parametrize("group", [1, 7, 100, EVERYBODY])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, group: int) -> None:
    for theme in ("light", "dark"):
        take(patch(draw, tables, Look(at(group).settings, theme, WHOLE, LOOK.settings)))
    said = sentences(tables, at(group))
    assert all("nan" not in sentence.text for sentence in said.values())
    assert all(len(sentence.lead) <= 130 for sentence in said.values())


def test_curves_go_over_the_sizes_and_universal_at_stands_apart() -> None:
    columns = patch(draw, WHOLE, LOOK)
    np.testing.assert_array_equal(columns["sharing:pgd"]["x"], CUTS)
    np.testing.assert_allclose(columns["sharing:pgd"]["y"], [0.75, 0.74, 0.72, 0.7, 0.65, 0.62, 0.6], atol=0.03)
    np.testing.assert_allclose(columns["sharing:all-pgd"]["x"], [LAST])
    np.testing.assert_allclose(columns["sharing:all-pgd"]["y"], [0.52], atol=0.03)
    np.testing.assert_allclose(columns["sharing:before-pgd"]["y"], [0.4, 0.4], atol=0.03)
    np.testing.assert_allclose(columns["cost:work"]["y"], np.ones(len(CUTS)))
    np.testing.assert_allclose(columns["cost:dots"]["y"][columns["cost:dots"]["x"] == LAST], [1 / 3] * 3)
    np.testing.assert_allclose(columns["cost:seconds"]["y"][columns["cost:seconds"]["x"] == LAST], [3 / 8] * 3)


def test_a_tap_takes_the_nearest_size() -> None:
    """All dots that are tapped stand at one height; their column says the size."""
    for name in ("sharing", "cost"):
        sizes = patch(draw, WHOLE, LOOK)[f"{name}:sizes"]
        assert sizes["group"].tolist() == [EVERYBODY, *CUTS]
        np.testing.assert_array_equal(sizes["x"], [LAST, *CUTS])
        assert not np.any(sizes["y"])
    assert [figure.choose for figure in draw({}, LOOK)] == [{"sizes": "group"}] * 2


@pytest.mark.parametrize(("group", "there"), [(0, EVERYBODY), (1, 1), (3, 2), (30, 20), (33, 50), (70, 50), (80, 100)])
def test_the_size_that_is_looked_at_is_the_nearest_in_the_ratio(group: int, there: int) -> None:
    assert chosen(hardened(WHOLE), at(group).settings) == there
    place = LAST if there == EVERYBODY else there
    assert patch(draw, WHOLE, at(group))["sharing:at"]["x"] == [place, place]


def test_a_size_that_is_not_there_yet_gives_way_to_one_that_is() -> None:
    assert chosen(hardened(ONE), at(EVERYBODY).settings) == 1
    assert chosen(hardened(ENDS), at(EVERYBODY).settings) == 100
    assert chosen(hardened(BEGUN), LOOK.settings) is None


def test_what_is_said_of_the_size_that_is_looked_at() -> None:
    said = sentences(WHOLE, LOOK)["sharing"]
    shares = re.fullmatch(
        r"Where 100 images share a perturbation, (\d+) % are right under PGD; one v for all turns (\d+) %\.", said.lead
    )
    assert shares
    np.testing.assert_allclose([int(each) for each in shares.groups()], [60, 21], atol=2)
    assert "clearly fewer are right under PGD" in said.details
    assert "clearly more are turned by one v" in said.details
    assert "-1" not in sentences(WHOLE, at(1))["sharing"].details
    assert sentences(WHOLE, at(1))["sharing"].lead.startswith("Where each image has its own perturbation,")
    assert sentences(WHOLE, at(0))["sharing"].lead.startswith("Where all images share one perturbation,")
    even = sentences(run(EVEN, EVEN, half=0.05), LOOK)["sharing"].details
    assert "not clearly more or fewer are right" in even
    assert "not clearly more or fewer are turned" in even


def test_what_is_said_before_there_is_a_size() -> None:
    assert sentences(LEARNING, LOOK)["sharing"].lead.startswith("Networks that still learn have")
    assert sentences(BEGUN, LOOK)["sharing"].lead.startswith("Before they are trained on,")
    assert "cost" not in sentences(BEGUN, LOOK)


def test_the_mean_is_said_to_fall_only_where_it_does() -> None:
    for values, most in (
        ([3, 2, 1], -1),
        ([1, 1], 0),
        ([1, 3, 2], 2),
        ([3, 1, 2], 1),
        ([math.nan, 2, math.nan, 1], -1),
    ):
        assert furthest(np.array(values, float)) == most
    assert math.isnan(furthest(np.array([1, math.nan])))
    assert "never rises with the size" in sentences(run(half=0), LOOK)["sharing"].details
    up = sentences(run({50: 0.8}, half=0), LOOK)["sharing"].details
    assert "rises by 15.0 points at most with the size: it is not said to fall" in up
    assert "rises by 2.0 points at most with the size." in sentences(run({5: 0.76}, half=0), LOOK)["sharing"].details
    assert "Over the" not in sentences(ONE, LOOK)["sharing"].details


def test_what_is_said_of_the_cost() -> None:
    assert sentences(WHOLE, LOOK)["cost"].lead == (
        "Groups of 100 take 9 gradients at each image a step, as many as one perturbation each: sharing saves none."
    )
    said = sentences(WHOLE, at(EVERYBODY))["cost"]
    assert said.lead == "One perturbation for all takes 3 gradients at each image a step, not 9."
    assert "An epoch of one network took 30 ms (0.38 times that of one each)." in said.details
    assert sentences(WHOLE, at(1))["cost"].lead == "One perturbation each takes 9 gradients at each image a step."


def test_of_networks_that_differ_by_chance_alone_an_effect_is_hardly_ever_said() -> None:
    """One share for all sizes: of 200 runs of three networks, each sentence in 5 % at most."""
    said = dict.fromkeys(("fewer are right", "more are right", "fewer are turned", "more are turned"), 0)
    for turn in range(200):
        tables = run(EVEN, EVEN, sizes=(1, 100), half=0.05, rng=np.random.default_rng(turn))
        details = sentences(tables, LOOK)["sharing"].details
        for words in said:
            said[words] += f"clearly {words}" in details.replace("not clearly more or fewer", "alike")
    assert max(said.values()) <= 10
    assert said["fewer are right"] + said["more are right"] <= 10
    assert said["fewer are turned"] + said["more are turned"] <= 10
