"""The figures of the panel `boundary` on every table that can come, and what is said under them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.region.boundary import BASE, DISTANCE, KINDS, PGD_AT, STATIC, BoundarySettings
from explorer.labs.region.boundary.figure import draw, sentences
from explorer.labs.region.boundary.numbers import cells, middles, outline
from tests.labs.region.lesson.boundary import BEGUN, EMPTY, FAR, HALF, LEARNING, LOST, distances, planes, run

LOOK = Look(BoundarySettings.make())
WHOLE = run()


@pytest.mark.parametrize("tables", [{}, EMPTY, LEARNING, BEGUN, HALF, LOST, FAR, WHOLE, run(seeds=1)])
@pytest.mark.parametrize("model", KINDS)
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, model: str) -> None:
    for theme in ("light", "dark"):
        settings = BoundarySettings.make(model=model)
        take(patch(draw, tables, Look(settings, theme, WHOLE, LOOK.settings)))
        said = sentences(tables, Look(settings))
        assert all("nan" not in sentence.text for sentence in said.values())
        assert all(len(sentence.lead) <= 140 for sentence in said.values())


def test_both_planes_are_drawn_from_below_with_their_classes() -> None:
    columns = patch(draw, WHOLE, LOOK)
    for name, at in (("before", 0.2), ("after", 0.4)):
        label = np.asarray(columns[f"boundary:{name}"]["image"][0])
        expected = np.where(np.linspace(-0.6, 0.6, 9) >= at, 3, 6)
        np.testing.assert_array_equal(label[1:], np.tile(expected, (8, 1)))
        assert label[0, 0] == 8
        assert columns[f"boundary:{name}"]["limits"] == [(-0.5, 9.5)]
    other = patch(draw, WHOLE, Look(BoundarySettings.make(model=PGD_AT)))
    assert np.count_nonzero(np.asarray(other["boundary:after"]["image"][0]) == 3) == 9 * 2


def test_what_is_no_class_has_no_colour() -> None:
    boundary = WHOLE["boundary"]
    lost = {**boundary, "label": np.where(boundary["label"] == 6, -1, boundary["label"])}
    label = cells(lost, BASE)
    assert label is not None
    assert np.isnan(label).sum() == (boundary["label"][boundary["model"] == BASE] == 6).sum()
    assert set(middles(label)) == {3}


def test_the_outline_goes_between_cells_of_the_region_and_others() -> None:
    region = np.zeros((4, 4), bool)
    region[1:3, 1:3] = True
    pieces = set(outline(region))
    sides = {(0.25, y, 0.25, y + 0.25) for y in (0.25, 0.5)} | {(0.75, y, 0.75, y + 0.25) for y in (0.25, 0.5)}
    assert pieces == sides | {(x, y, x + 0.25, y) for x in (0.25, 0.5) for y in (0.25, 0.75)}


def test_a_region_is_named_within_itself_and_tiny_ones_are_not() -> None:
    label = cells(planes((BASE,))["boundary"], BASE)
    assert label is not None
    found = middles(label)
    assert set(found) == {3, 6}
    for each, (x, y) in found.items():
        assert label[int(y * 9), int(x * 9)] == each


def test_a_class_and_an_image_are_chosen_by_a_tap() -> None:
    """Both hear of every tap: the one that it does not mean is told what is chosen already."""
    boundary, _ = draw(WHOLE, LOOK)
    assert boundary.choose == {"classes": "target", "images": "image"}
    columns = patch(draw, WHOLE, LOOK)
    classes, images = columns["boundary:classes"], columns["boundary:images"]
    np.testing.assert_array_equal(classes["x"], images["x"])
    np.testing.assert_array_equal(classes["y"], images["y"])
    assert list(classes["target"]) == [3, 6, 3, 6, *range(10), *[LOOK.settings.target] * 10]
    assert list(images["image"]) == [*[LOOK.settings.image] * 14, *range(10)]


def test_the_mark_stands_where_the_region_begins_in_its_picture() -> None:
    columns = patch(draw, WHOLE, LOOK)
    half = 0.6 * (1 + 1 / 8)  # cells reach over their middles
    np.testing.assert_allclose(columns["boundary:begins"]["x"], [0.5 + 0.1 / half, 1.56 + 0.2 / half])
    np.testing.assert_allclose(columns["boundary:image"]["x"], [0.5, 1.56])


def test_what_is_said_of_one_image_and_of_many() -> None:
    said = sentences(run(half=0.0), LOOK)
    lead = "From this 6 along v3, the region of 3 begins: base network 0.20, static RAT 0.40."
    assert said["boundary"].lead == lead
    assert "2.00 times as far" in said["boundary"].details
    assert said["distance"].lead == (
        "After static RAT a class's region begins 2.00 times as far along old vectors, "
        "1.10 times as far along new ones."
    )
    assert "static RAT, old: clearly further" in said["distance"].details
    assert "begin clearly nearer along new vectors" in said["distance"].details
    even = sentences(run({STATIC: (1.02, 1.02)}, half=0.1), LOOK)["distance"].details
    assert "static RAT, old: not clearly further or nearer" in even
    far = sentences(FAR, LOOK)["distance"]
    assert "nowhere near for most images along old vectors" in far.lead
    assert "At least 40 % of the pairs" in far.details


def test_of_networks_that_differ_by_chance_alone_an_effect_is_hardly_ever_said() -> None:
    """One distance for all: of 200 runs of three networks, each sentence in 5 % at most."""
    told = dict.fromkeys(("static RAT, old: clearly", "PGD-AT, new: clearly", "regions begin clearly"), 0)
    for turn in range(200):
        rng = np.random.default_rng(turn)
        rows = [distances(model, (1.0, 1.0), half=0.1, rng=rng) for model in (BASE, STATIC, PGD_AT)]
        tables = {"distance": DISTANCE.joined(rows)}
        text = sentences(tables, LOOK)["distance"].details
        for words in told:
            told[words] += words in text
    assert max(told.values()) <= 10
