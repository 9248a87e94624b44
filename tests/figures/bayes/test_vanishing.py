"""The figures of averaged gradients on every table that can come, and whether what is said is in the tables."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.told import NO_RHAT
from explorer.labs.bayes.vanishing import VanishingSettings
from explorer.labs.bayes.vanishing.figure import SLOTS, draw, sentences
from explorer.labs.bayes.vanishing.gallery import GAP, TALL, TEXT
from tests.labs.bayes.lesson.vanishing import EMPTY, LOST, ONE, START, WALKING, finished, pictures, rows, run

SETTINGS = VanishingSettings.make()
LOOK = Look(SETTINGS)
WHOLE = run()
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "images alone": START,
    "walking": WALKING,
    "one posterior": ONE,
    "lost": LOST,
    "nothing selected": run(picked=0) | pictures(0) | finished(0.0),
    "ties": run(1.5, 0.1, spread=0.0),
    "zeros": run(0.0, 0.0),
    "apart": run(rhat=1.3),
    "no R-hat": run(rhat=np.nan),
    "two seeds": run(seeds=2),
    "whole": WHOLE,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for pinned in (None, {}, EMPTY, WHOLE):
        take(patch(draw, CASES[case], Look(SETTINGS, theme, pinned, None if pinned is None else SETTINGS)))


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_nan(case: str) -> None:
    said = sentences(CASES[case], LOOK)
    assert said.keys() <= {slot.name for slot in SLOTS}
    for sentence in said.values():
        words = f"{sentence.lead} {sentence.details}".replace(",", " ").replace(".", " ").split()
        assert not {"nan", "inf", "[nan", "nan]"} & set(words)


@pytest.mark.parametrize("case", ["none", "empty"])
def test_nothing_is_said_of_nothing(case: str) -> None:
    assert not sentences(CASES[case], LOOK)


def test_the_mean_and_the_median_are_told_with_fewest_and_most_samples() -> None:
    said = sentences(WHOLE, LOOK)["vanishing"]
    assert said.lead == (
        "From 1 to 100 samples the averaged gradient goes from 1.5 to 0.7 in the mean, 0.1 to 0.4 at the median."
    )
    assert "With 100 samples 0.47 of the mean norm of one is left, chance alone would leave 0.10" in said.details
    assert "halves" not in said.lead
    assert "mean cosine of 0.50" in said.details
    assert "Selected images (see the pictures): 6 to 2.8." in said.details
    assert "With probabilities taken for logits: 0.38 to 0.17." in said.details
    assert said.details.endswith("297 unseen images, acceptance 0.90, R-hat 1.02 at most.")
    assert sentences(rows(grid=(1,)), LOOK)["vanishing"].lead == (
        "At n = 1 the averaged gradient is 0.7 in the mean, 0.4 at the median image."
    )


def test_how_many_images_are_like_the_selected_one_is_told() -> None:
    said = sentences(WHOLE, LOOK)["pictures"]
    assert said.lead.startswith("At 11% of unseen images the average never grows")
    assert "Of 297 images the norm never rises at 11%, never falls at 10%." in said.details
    assert "6 to 2.8 of the selected, 1.5 to 0.7 of all." in said.details
    assert sentences(CASES["nothing selected"], LOOK)["pictures"].lead.startswith("At no unseen image")
    assert sentences(WALKING, LOOK)["pictures"].lead.startswith("Gradients of the loss")


def test_width_and_data_are_told_where_there_are_two() -> None:
    said = sentences(WHOLE, LOOK)["sizes"]
    assert said.lead == "From width 8 to 64 the average goes from 0.61 to 0.84, from 50 to 400 images from 1.1 to 0.7."
    assert "chance alone would leave 0.10" in said.details
    assert "sizes" not in sentences(ONE, LOOK)


def test_chains_that_do_not_agree_are_told() -> None:
    for each in sentences(CASES["apart"], LOOK).values():
        assert each.details.endswith("R-hat is 1.30, above 1.1: chains do not agree, a posterior may be another.")
    assert sentences(CASES["no R-hat"], LOOK)["sizes"].details.endswith(f"; {NO_RHAT}.")


def test_pictures_of_a_row_share_one_scale_and_stand_upright() -> None:
    columns = patch(draw, WHOLE, LOOK)
    sheet = columns["pictures:gradient-selected"]
    (image,) = sheet["image"]
    assert sheet["limits"] == [(-1.0, 1.0)]  # -2 halved once: the largest of all stages
    assert image[1, :2].tolist() == [0.5, -1.0]  # row 0 of the picture is the upper one
    assert image[0, :2].tolist() == [0.25, 0.0]
    assert np.isnan(image[:, 2]).all()
    assert image[1, 3:5].tolist() == [0.25, -0.5]
    assert sheet["y"] == [TALL + TEXT]
    assert sheet["x"] == [1 + GAP]
    assert len(columns["pictures:gradient-random"]["image"]) == 1
    texts = columns["pictures:text"]["text"]
    assert texts.count("n = 10") == 2
    assert texts.count("0.25") == 2  # 2 halved three times, of either kind
    none = patch(draw, CASES["nothing selected"], LOOK)
    assert none["pictures:gradient-selected"]["image"] == []
    assert "selected: its norm never rises: none" in none["pictures:text"]["text"]


def test_the_picture_is_the_chosen_one_or_the_last_before_it() -> None:
    def shown(tables: Tables, rank: int) -> list[str]:
        return list(patch(draw, tables, Look(SETTINGS.changed(picture=rank)))["pictures:text"]["text"])

    assert shown(WHOLE, 5) == shown(WHOLE, 2)


def test_the_guide_falls_like_the_root_of_n_and_lines_follow_the_first_posterior() -> None:
    columns = patch(draw, WHOLE, LOOK)
    guide = columns["vanishing:guide"]
    assert np.polyfit(np.log(guide["x"]), np.log(guide["y"]), 1)[0] == pytest.approx(-0.5)
    assert columns["vanishing:mean"]["y"][-1] == pytest.approx(0.7)
    assert columns["vanishing:median"]["y"][-1] == pytest.approx(0.4)
    assert list(columns["sizes-k:mean"]["x"]) == [8, 32, 64]
    assert list(columns["sizes-n:mean"]["x"]) == [50, 400]
    assert columns["sizes-n:single"]["y"][-1] == pytest.approx(1.5)


def test_a_median_of_0_is_told_as_such_and_not_that_of_more_samples() -> None:
    said = sentences(run(typical=0.0), LOOK)["vanishing"]
    assert said.lead.startswith("From 1 to 100 samples")
    assert said.lead.endswith(" in the mean, 0 to 0.4 at the median.")
