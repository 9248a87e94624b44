"""The figures of the gallery on every table that can come, and what is said under them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.figures.texts import Labels
from explorer.frames import Tables
from explorer.labs.region.gallery import GallerySettings
from explorer.labs.region.gallery.figure import draw, sentences
from tests.labs.region.lesson.gallery import EMPTY, FIRST, LOST, at, run

LOOK = Look(GallerySettings.make())


@pytest.mark.parametrize("tables", [{}, EMPTY, FIRST, LOST, run(), run(seeds=1)])
@pytest.mark.parametrize("theme", ["light", "dark"])
@pytest.mark.parametrize("target", [0, 9])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str, target: int) -> None:
    settings = GallerySettings.make(target=target, image=9)
    take(patch(draw, tables, Look(settings, theme, run(), LOOK.settings)))
    said = sentences(tables, Look(settings))
    assert said.keys() <= {"gallery", "added", "success", "meaning"}
    assert all("nan" not in sentence.text for sentence in said.values())
    assert all(len(sentence.lead) <= 140 for sentence in said.values())


def test_the_ten_pictures_are_those_of_the_radius_that_is_looked_at() -> None:
    """In the lesson's tables v_t is delta bright in the corner t % 4, and -delta elsewhere."""
    for delta in (0.1, 0.3):
        columns = patch(draw, run(), Look(GallerySettings.make(delta=delta)))
        for t in range(10):
            image = np.asarray(columns[f"gallery:v{t}"]["image"][0])[::-1]  # row 0 at the top
            assert np.unravel_index(image.argmax(), image.shape) == divmod(t % 4, 2)
            assert image.max() == pytest.approx(delta)
            assert image.min() == pytest.approx(-delta)


def test_the_sum_of_image_and_perturbation_stays_between_black_and_white() -> None:
    """Image 0 is black, image 9 is .9 grey; v_1 brightens the upper right corner."""
    for image, expected in ((0, [[0, 0.3], [0, 0]]), (9, [[0.6, 1.0], [0.6, 0.6]])):
        columns = patch(draw, run(), Look(GallerySettings.make(delta=0.3, target=1, image=image)))
        np.testing.assert_allclose(np.asarray(columns["added:sum"]["image"][0])[::-1], expected, atol=1e-6)


def test_a_picture_is_chosen_by_a_tap() -> None:
    gallery, added, success, _ = draw(run(), LOOK)
    assert gallery.choose == {"places": "target"}
    assert added.choose == {"places": "image"}
    assert success.pick == {"dots": "delta"}
    columns = patch(draw, run(), LOOK)
    assert list(columns["gallery:places"]["target"]) == list(range(10))
    assert list(columns["added:places"]["image"]) == list(range(10))


def test_the_name_of_the_mean_leaves_room_for_that_of_the_random_signs() -> None:
    """At .47 of an axis 68 px high, as in a small card, names of 9 px; else one of them is pushed to the top."""
    *_, labels = draw(run(), LOOK)[2].marks
    assert isinstance(labels, Labels)
    above = {label.text: label.above for label in labels.labels}
    assert 0.47 * 68 + above["mean"] - 9 / 2 > above["random signs"] + 9 / 2


@pytest.mark.parametrize("name", ["gallery", "added"])
def test_words_and_dots_beside_pictures_are_within_the_figure(name: str) -> None:
    """Left to itself the axis ends with the pictures."""
    figure = {each.name: each for each in draw(run(), LOOK)}[name]
    columns, (low, high) = patch(draw, run(), LOOK), figure.y.ends
    heights = [np.ravel(columns[f"{name}:{mark}"]["y"]) for mark in ("text", "places")]
    assert len(heights[0]) == {"gallery": 10, "added": 3}[name]
    assert low < np.concatenate(heights).min()
    assert np.concatenate(heights).max() < high


def test_what_is_said_is_in_the_tables() -> None:
    said = sentences(run((0.1, 0.2, 0.5, 0.8), spread=0.0), LOOK)
    assert said["gallery"].lead == (
        "One vector at δ = 0.2 turns 50 % of unseen images into a class (mean of 10; most for 9: 60 %); "
        "random signs as long, 2 %."
    )
    assert said["success"].lead == "The share that follows rises with every radius: 10 % at δ = 0.05, 80 % at 0.3."
    assert "not public" in said["gallery"].details
    falling = sentences(run((0.1, 0.2, 0.6, 0.5)), LOOK)["success"].lead
    assert "does not rise with every radius" in falling
    assert sentences(FIRST, LOOK)["success"].lead.startswith("At δ = 0.2 5")


def test_an_image_that_stays_moves_or_goes_elsewhere_is_told_apart() -> None:
    tables = run()
    own = GallerySettings.make(target=1, image=7, delta=0.2)
    assert sentences(tables, Look(own))["added"].lead == "This 7 becomes a 1 for the network with v1 at δ = 0.2."
    weak = GallerySettings.make(target=1, image=7, delta=0.05)
    assert sentences(tables, Look(weak))["added"].lead == "This 7 is still read as 7 with v1 at δ = 0.05."
    verdict = tables["verdict"]
    elsewhere = tables | {"verdict": verdict | {"predicted": np.where(verdict["target"] < 0, verdict["predicted"], 5)}}
    assert "neither its own class nor the target" in sentences(elsewhere, Look(own))["added"].lead


def test_of_cosines_of_one_law_it_is_hardly_ever_said_that_one_is_more() -> None:
    """Of 200 runs of three networks whose own and other cosines differ by chance alone."""
    told = 0
    for i in range(200):
        rng = np.random.default_rng(i)
        said = sentences(run(cosine=0.0, other=0.0, spread=0.1, rng=rng), LOOK)["meaning"].lead
        told += "not clearly more" not in said
    assert told <= 10


def test_a_vector_that_points_elsewhere_is_said_to() -> None:
    assert "looks less like its own class" in sentences(run(cosine=-0.5), LOOK)["meaning"].lead
    assert "looks like its class" in sentences(run(), LOOK)["meaning"].lead
    assert "not clearly more" in sentences(at(0.5, seeds=1), LOOK)["meaning"].lead
