"""Figures of the capacity panel: sources, guides, the gallery, and sentences that hold whatever comes out."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import filled, patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.capacity import CAPACITY
from explorer.labs.universal.capacity import figure as capacity
from explorer.labs.universal.capacity.closer import draw_gallery, gallery_sentence
from explorer.labs.universal.capacity.numbers import contrast, guides
from tests.figures.said import said as words
from tests.labs.universal.lesson.capacity import EVEN, FALLING, NOTHING_FITS, ONLY_THE_LARGEST, RISING
from tests.labs.universal.tables_capacity import SETTINGS, run, wave

LOOK = Look(SETTINGS)
ROW = {name: values[:1] for name, values in run(RISING)["capacity"].items()}
TRAINING = {"capacity": {**run(RISING)["capacity"], "robust_fit": np.full(30, np.nan), "lower": np.full(30, np.nan)}}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": {"capacity": CAPACITY.empty()},
    "row": {"capacity": ROW},
    "training": TRAINING,
    "unknown": run([np.nan] * 6, lower=[np.nan] * 6),
    "no-dimension": {"capacity": {**run(RISING)["capacity"], "d_neighbours": np.full(30, np.nan)}},
    "nothing-fits": run(RISING, fit=NOTHING_FITS),
    "one-fits": run(RISING, fit=ONLY_THE_LARGEST),
    "ties": run(EVEN),
    "whole": run(RISING, noise=wave(0.01)),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("hidden", [1, 2])
def test_every_source_is_patched_with_what_its_glyph_reads(
    case: str, hidden: int, take: Callable[[Patch], None]
) -> None:
    settings, pictures = SETTINGS.changed(hidden=hidden), filled(draw_gallery({}), "light")
    for look in (
        Look(settings),
        Look(settings, "dark", CASES["whole"], SETTINGS),
        Look(settings, "dark", {}, SETTINGS),
    ):
        take(patch(capacity.draw, CASES[case], look) | pictures)
        said = words(capacity, CASES[case], look)
        assert said.keys() <= {"capacity", "capacity-lip"}
        assert not any("nan" in text for text in said.values())
        assert ("capacity" in said) == (case not in ("none", "empty"))


def test_means_are_of_the_seeds_and_only_of_finished_networks() -> None:
    table = run(RISING, noise=wave(0.01))["capacity"]
    columns = patch(capacity.draw, {"capacity": table}, LOOK)
    np.testing.assert_allclose(columns["capacity:robust"]["y"], table["robust"].reshape(6, 5).mean(1))
    np.testing.assert_array_equal(columns["capacity:robust"]["x"], np.unique(table["params"]))
    assert len(patch(capacity.draw, TRAINING, LOOK)["capacity:robust"]["x"]) == 0
    assert len(patch(capacity.draw, TRAINING, LOOK)["capacity:attacked"]["x"]) == 30


def test_n_is_marked_with_each_dimension_where_it_is_near() -> None:
    table = run(RISING)["capacity"]
    assert guides(table) == {"n": 500, "9n": 4300, "29n": 14500, "64n = nd": 32000}
    columns = patch(capacity.draw, {"capacity": table}, LOOK)
    assert list(columns["capacity:at-nd"]["x"]) == [32000] * 2
    assert list(columns["capacity:guides"]["text"]) == ["n", "9n", "29n", "64n = nd"]
    many = {"capacity": {**table, "n": np.full(30, 5000)}}
    columns = patch(capacity.draw, many, LOOK)
    assert len(columns["capacity:at-nd"]["x"]) == 0
    assert list(columns["capacity:guides"]["text"]) == ["n", "9n"]


@pytest.mark.parametrize(("robust", "sign"), [(RISING, "+8.0"), (FALLING, "−8.0"), (EVEN, "+0.0")])
def test_the_difference_is_said_whatever_its_sign(robust: tuple[float, ...], sign: str) -> None:
    said = words(capacity, run(robust), LOOK)["capacity"]
    assert f"Robust accuracy is {100 * robust[-1]:.1f}% with 38,410 parameters and {100 * robust[2]:.1f}%" in said
    assert f"Difference {sign} points, 95% interval [" in said
    assert "over 5 seeds" in said
    assert "8x8 digits, not MNIST" in said
    assert "on 297 unseen images" in said


def test_the_difference_is_paired_by_seed() -> None:
    both = contrast(run(RISING, noise=wave(0.02))["capacity"], "robust")
    assert both is not None
    assert (both.small, both.large) == (4810, 38410)
    middle, (low, high) = both.difference
    np.testing.assert_allclose(middle, (both.after - both.before).mean())
    assert low < middle < high


def test_without_two_sizes_that_fit_it_says_so() -> None:
    assert "no size fits all" in words(capacity, CASES["nothing-fits"], LOOK)["capacity"]
    assert "only 38,410 parameters fit" in words(capacity, CASES["one-fits"], LOOK)["capacity"]
    assert words(capacity, TRAINING, LOOK)["capacity"].startswith("The first networks are being trained.")


@pytest.mark.parametrize(
    ("lower", "said"),
    [
        ((4, 7, 9, 12, 15, 19), "Larger is steeper: at most 4.8 with 1,210 parameters, at least 19 with 38,410"),
        ((19, 15, 12, 9, 7, 4), "Larger is flatter: at least 19 with 1,210 parameters, at most 4.8 with 38,410"),
        ((9, 9, 9, 9, 9, 10), "With 38,410 parameters a logit difference is 10 to 12 steep."),
    ],
)
def test_how_steep_is_said_as_far_as_the_brackets_tell(lower: tuple[float, ...], said: str) -> None:
    assert said in words(capacity, run(RISING, lower=lower), LOOK)["capacity-lip"]


def found(small: list[float], large: list[float]) -> dict[str, np.ndarray]:
    rng = np.random.default_rng(0)
    pictures = {name: rng.random((len(small), 8, 8)).astype(np.float32) for name in ("image", "small", "large")}
    names = {name: np.array(list("0123")[: len(small)]) for name in ("label", "taken_small", "taken_large")}
    sizes = {"eps_small": np.array(small), "eps_large": np.array(large), "widths": np.array([16, 512])}
    return {**pictures, **names, **sizes}


def test_the_gallery_shows_images_and_says_which_network_it_takes_more_to_fool() -> None:
    look = found([0.1, 0.1, 0.2, np.nan], [0.2, 0.05, 0.3, 0.1])
    columns = filled(draw_gallery(look), "light")
    (sheet,) = columns["small:image"]["image"]
    np.testing.assert_array_equal(sheet[-8:, :8], look["small"][0])  # the first stands on the left
    assert list(columns["image:text"]["text"]) == ["“0”", "“1”"]
    assert list(columns["small:text"]["text"]) == [".100", ".100"]
    assert list(filled(draw_gallery(found([np.nan], [0.1])), "light")["small:text"]["text"]) == ["none"]
    assert "width 512 than width 16 on 2 of these 3 images." in gallery_sentence(look).text
    assert "No unseen image" in gallery_sentence(found([], [])).text


def test_a_gallery_of_nothing_is_empty(take: Callable[[Patch], None]) -> None:
    for look in ({}, found([], []), found([0.1], [0.2])):
        take(patch(capacity.draw, {}, LOOK) | filled(draw_gallery(look), "dark"))
