"""The figures of the exact case: arrows and their shadows, both parts, and what is said of them."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.exact import ExactSettings
from explorer.labs.bayes.exact.figure import draw, sentences
from explorer.labs.bayes.exact.floor import LENGTH, UPRIGHT, Arrows, flat, roomiest, shown, units
from tests.labs.bayes.lesson.exact import EMPTY, LOST, WALKING, arrows, finished, rows, run

LOOK = Look(ExactSettings.make())
NOTHING: Tables = EMPTY | {"moons": arrows()["moons"]}
WARM: Tables = NOTHING | {
    "arrows": {
        name: np.zeros_like(values) if name == "n_samples" else values for name, values in arrows(())["arrows"].items()
    }
}
FLAT: Tables = run() | {"arrows": arrows()["arrows"] | {c: np.zeros(18) for c in ("along_x", "along_y", "off")}}


def seen(most: int) -> Look:
    return Look(ExactSettings.make(samples_shown=most))


@pytest.mark.parametrize("tables", [{}, EMPTY, NOTHING, WARM, WALKING, LOST, FLAT, run(seeds=1), run(z=np.nan), run()])
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], tables: Tables, theme: str) -> None:
    take(patch(draw, tables, Look(LOOK.settings, theme, run(), LOOK.settings)))


def test_an_arrow_leads_where_the_gradient_does_and_its_shadow_lies_below() -> None:
    table = arrows()["arrows"]
    one, mirror, average = shown(table, 100)
    unit = units(table)
    single = Arrows.of(one, unit)
    length = np.sqrt(0.3**2 + 0.4**2 + 0.5**2)
    assert unit == pytest.approx({3: length, 7: length})
    x, y = flat(one["x"] + LENGTH / length * 0.3, one["y"] - LENGTH / length * 0.4)
    assert single.x1 == pytest.approx(x)
    assert single.shadow_y == pytest.approx(y)
    assert single.y1 - single.shadow_y == pytest.approx(np.full(2, UPRIGHT * LENGTH / length * 0.5))
    below = Arrows.of(mirror, unit)
    assert below.shadow_y - below.y1 == pytest.approx(single.y1 - single.shadow_y)
    assert below.shadow_x == pytest.approx(single.shadow_x)
    rest = Arrows.of(average, unit)
    assert rest.y1 - rest.shadow_y == pytest.approx((single.y1 - single.shadow_y) / 100)


def test_the_chosen_number_of_samples_is_averaged_or_the_next_below_that_there_is() -> None:
    table = arrows((1, 2, 5, 10))["arrows"]
    assert [int(shown(table, most)[2]["n_samples"][0]) for most in (1, 2, 4, 5, 100)] == [1, 2, 2, 5, 10]
    assert not len(shown(WARM["arrows"], 100)[2]["point"])
    assert len(shown(WARM["arrows"], 100)[0]["point"]) == 2
    columns = patch(draw, run(), seen(2))
    stems = columns["arrows:stems"]
    tall = np.asarray(stems["y1"]) - np.asarray(stems["y"])
    fewer = patch(draw, run(), seen(100))["arrows:stems"]
    assert tall == pytest.approx(50 * (np.asarray(fewer["y1"]) - np.asarray(fewer["y"])))


def test_both_parts_a_dot_a_seed_and_the_guides() -> None:
    columns = patch(draw, run(-0.5, 0.0, 0.0), Look(LOOK.settings, "light", run(0.0), LOOK.settings))
    assert list(columns["fading:normal"]["x"]) == [1, 2, 5, 10, 20, 50, 100]
    assert columns["fading:normal"]["y"][-1] == pytest.approx(0.04)
    assert columns["fading:tangential"]["y"][-1] == pytest.approx(0.4)
    assert columns["fading:guide"]["y"] == pytest.approx(columns["fading:normal"]["y"])
    assert columns["fading:exact"]["y"] == pytest.approx(columns["fading:normal"]["y"])
    assert len(columns["fading:normal-dots"]["x"]) == 21
    assert columns["fading:pin"]["y"][-1] == pytest.approx(0.4, rel=0.1)
    assert columns["fading:text"]["text"] == ["along the data", "off the data", "1/√n"]
    assert not len(patch(draw, run(seeds=1), LOOK)["fading:band-normal"]["x"])


def test_the_first_sentence_compares_the_average_with_one_sample() -> None:
    said = sentences(run(), LOOK)["arrows"]
    assert said.lead == (
        "Averaged over 100 samples, arrows are 0.01 times as high as one sample's, and 1.00 times as long on the floor."
    )
    assert "logits of mirrors differ by at most 0, and normal gradients add up to at most 0." in said.details
    assert sentences(run(), seen(2))["arrows"].lead.startswith("Averaged over 2 samples, arrows are 0.50 times")
    for tables in (run(), WARM, FLAT):
        assert sentences(tables, seen(1))["arrows"].lead.startswith("One sample's gradient leaves the plane")
    assert "mirrors differ" not in sentences(run(output=np.nan), LOOK)["arrows"].details


def test_the_second_says_how_both_parts_go() -> None:
    said = sentences(run(-0.5, 0.0, 0.0), LOOK)["fading"]
    assert (
        said.lead == "From 1 to 100 samples the gradient goes from 0.4 to 0.04 off the data, from 0.4 to 0.4 along it."
    )
    assert "mean of 3 seeds: −0.50 [−0.50, −0.50] off the data, 0.00 [0.00, 0.00] along it" in said.details
    assert "are 0.80 from 0 in the mean (0.80 if samples are independent), and 0.3 % of them beyond 3." in said.details
    assert said.details.endswith(
        "3 seeds, each 100 samples of 8 chains, acceptance 0.93, 99.0 % of unseen points right, R-hat 1.01."
    )
    assert (
        sentences(WALKING, LOOK)["fading"].lead == "At n = 1 the averaged gradient is 0.4 off the data, 0.4 along it."
    )
    assert sentences(WALKING, LOOK)["fading"].details.endswith("The first walk is not done.")
    one = sentences(run(seeds=1), LOOK)["fading"].details
    assert "mean of 1 seed: −0.45 (too few for an interval) off the data" in one
    assert "1 seed, each 100" in one


def test_chains_that_do_not_agree_are_told() -> None:
    said = sentences(run(rhat=np.array([1.0, 1.3, 1.0])), LOOK)
    for each in said.values():
        assert each.details.endswith("R-hat is 1.30, above 1.1: chains do not agree, the posterior may be another.")
    assert sentences(run(rhat=np.nan), LOOK)["fading"].details.endswith(
        "; no R-hat, which takes two chains and four draws of each."
    )


def test_nothing_is_said_of_nothing() -> None:
    for tables in ({}, EMPTY, NOTHING, LOST):
        assert "fading" not in sentences(tables, LOOK)
    assert sentences(EMPTY, LOOK) == {}
    part = rows(-0.5, 0.0) | finished()
    assert list(sentences(part, LOOK)) == ["fading"]


def test_both_parts_are_told_of_the_same_numbers_of_samples() -> None:
    tables = run()
    rows = tables["gradient"]
    lost = (rows["direction"] == "normal") & (rows["n_samples"] == 1)
    none = tables | {"gradient": rows | {"mean_norm": np.where(lost, 0.0, rows["mean_norm"])}}
    second = (rows["direction"] == "tangential") & (rows["n_samples"] == 2)
    lead = sentences(none, LOOK)["fading"].lead
    assert lead.startswith("From 2 to ")
    assert f"from {rows['mean_norm'][second].mean():.2g} to " in lead


def test_words_stand_at_the_arrow_beside_which_there_is_room() -> None:
    steep = np.array([0.0, 0.5, 2.0])  # the second tip stands right of the first, and nothing right of the others
    up = Arrows(steep, np.zeros(3), steep, np.array([1.0, 1.0, 0.8]), steep, np.zeros(3))
    nowhere = np.zeros(0), np.zeros(0)
    assert roomiest(up, (up,), nowhere) == 1
    assert roomiest(up, (up,), (np.array([0.9]), np.array([1.0]))) == 2
    flat_one = Arrows(steep, np.zeros(3), steep, np.array([1.0, 1.0, 0.1]), steep, np.zeros(3))
    assert roomiest(flat_one, (flat_one,), (np.array([0.9]), np.array([1.0]))) == 1  # a dot is less than an arrow
