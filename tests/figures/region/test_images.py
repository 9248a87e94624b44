"""The figures of the panel `images` on every table that can come, and what is said under them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.region.images import LADDER, ImagesSettings
from explorer.labs.region.images.figure import draw, sentences, shown
from explorer.labs.region.images.words import of_gap, of_success
from tests.labs.region.lesson.images import COUNTS, EMPTY, FIRST, HALF, LOST, NONE, UNSEEN, rows, run

LOOK = Look(ImagesSettings.make())


@pytest.mark.parametrize("tables", [{}, EMPTY, FIRST, HALF, LOST, NONE, run(), run(seeds=1)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("target", [0, 9])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, target: int) -> None:
    settings = ImagesSettings.make(target=target)
    take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
    said = sentences(tables, Look(settings))
    assert said.keys() <= {"images", "gap", "made"}
    assert all("nan" not in sentence.text for sentence in said.values())
    assert all(len(sentence.lead) <= 130 for sentence in said.values())


def test_the_curves_are_means_over_classes_and_networks_and_the_pictures_those_of_each_number() -> None:
    columns = patch(draw, run(spread=0.0), LOOK)
    np.testing.assert_array_equal(columns["images:unseen"]["x"], COUNTS)
    np.testing.assert_allclose(columns["images:unseen"]["y"], list(UNSEEN.values()), atol=1e-12)
    np.testing.assert_allclose(columns["images:eta"]["y"], 0.95)
    assert len(columns["images:classes"]["x"]) == 5 * len(COUNTS)  # the chosen class of every network
    for i in range(len(COUNTS)):
        picture = np.asarray(columns[f"made:v{i}"]["image"][0])[::-1]  # row 0 at the top
        assert np.unravel_index(picture.argmax(), picture.shape) == divmod(i % 4, 2)


def test_a_class_of_which_no_own_image_counts_is_no_part_of_the_gap() -> None:
    """The only image is of class 0, whose share of unseen images is .1 below the mean of the ten."""
    columns = patch(draw, run(own={1: 0.9}, spread=0.0), LOOK)
    np.testing.assert_allclose(columns["gap:gap"]["y"][0], 0.75, atol=1e-12)


def test_of_many_numbers_the_first_and_the_last_are_shown() -> None:
    assert shown(list(LADDER)) == [1, 3, 10, 30, 100, 300, 1000, 30_000]
    assert shown([1, 3, 7]) == [1, 3, 7]


def test_what_is_said_is_in_the_tables() -> None:
    said = sentences(run(spread=0.0), LOOK)
    assert said["images"].lead == (
        "A vector from 100 images turns 47 % of unseen images, one from 1,000 48 %: clearly above four fifths of that."
    )
    assert said["gap"].lead == "From 1 image the gap is +75 points, from 1,000 0: clearly smaller."
    assert said["made"].lead == (
        "Made from 1 image, the vector towards 3 turns 12 % of unseen images, made from 1,000 45 %."
    )
    assert "is 0.98 of the second" in said["images"].details
    assert "not public" in said["images"].details
    assert sentences(FIRST, LOOK)["images"].lead.startswith("A vector from 1 image turns 1")
    assert "one from 100" in sentences(HALF, LOOK)["images"].lead
    assert "four fifths" not in sentences(HALF, LOOK)["images"].text
    few = sentences(run({100: 0.1}), LOOK)["images"].lead
    assert few.endswith("clearly below four fifths of that.")


def test_of_too_few_networks_nothing_is_clear() -> None:
    """Of which an interval can be had, too."""
    for seeds in (1, 2):
        said = sentences(run(seeds=seeds), LOOK)
        assert "clearly" not in said["images"].lead
        assert said["gap"].lead.endswith("not clearly smaller.")


def test_of_networks_that_differ_by_chance_alone_an_effect_is_hardly_ever_said() -> None:
    """From 100 images exactly four fifths; the same gap from one image as from most: of 500 runs of five networks."""
    told = {"images": 0, "gap": 0}
    for i in range(500):
        rng = np.random.default_rng(i)
        table = rows({1: 0.4, 100: 0.4, 1000: 0.5}, {1: 0.5, 1000: 0.6}, counts=(1, 100, 1000), spread=0.03, rng=rng)
        success, gap = of_success(table, LOOK.settings), of_gap(table, LOOK.settings)
        assert success
        assert gap
        told["images"] += "clearly" in success.lead
        told["gap"] += "not clearly" not in gap.lead
    assert max(told.values()) <= 25, told
