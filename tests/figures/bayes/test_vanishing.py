"""The figures of averaged gradients on every table that can come, and whether what is said is in the tables."""

import re
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
from explorer.labs.bayes.vanishing.plane import ALL
from explorer.labs.bayes.vanishing.shrinking import change, of_scatter
from tests.labs.bayes.lesson.vanishing import (
    EMPTY,
    LOST,
    ONE,
    SIZES_OF,
    START,
    WALKING,
    clouds,
    finished,
    pictures,
    rows,
    run,
)

SETTINGS = VanishingSettings.make()
LOOK = Look(SETTINGS)
BUG = Look(SETTINGS.changed(mini_batch="on"))
WHOLE = run()
LOST_CLOUDS: Tables = {
    name: {n: v * np.nan if v.dtype.kind == "f" else v for n, v in table.items()} for name, table in clouds().items()
}
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
    "one width, one N": clouds(widths=(8,), sizes=(100,)),
    "clouds of no length": clouds(0.0),
    "equal clouds": clouds(1.0, noise=0.0),
    "six widths, four N": clouds(widths=(2, 4, 8, 16, 32, 64), sizes=(22, 44, 88, 176)),
    "lost clouds": LOST_CLOUDS,
    "first dots": {"scatter": clouds(sizes=(100,), widths=(8,))["scatter"]},
    "whole": WHOLE,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for pinned in (None, {}, EMPTY, WHOLE):
        for settings in (SETTINGS, BUG.settings):
            take(patch(draw, CASES[case], Look(settings, theme, pinned, None if pinned is None else settings)))


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_nan(case: str) -> None:
    said = sentences(CASES[case], LOOK)
    assert said.keys() <= {slot.name for slot in SLOTS}
    for sentence in (*said.values(), *sentences(CASES[case], BUG).values()):
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
    alone = Look(SETTINGS.changed(widths=(SETTINGS.k,), sizes=(SETTINGS.n,)))
    assert sentences(ONE, alone)["sizes"].lead.startswith("One posterior only, whose average is 0.7")
    assert "sizes" not in sentences(WALKING, alone)


def test_chains_that_do_not_agree_are_told() -> None:
    said = sentences(CASES["apart"], LOOK)
    assert "R-hat is 1.30 at worst, and above 1.1 in 6 of 6 walks" in said.pop("scatter").details
    for each in said.values():
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


def test_of_one_sample_nothing_is_compared() -> None:
    tables = rows(grid=(1,), sizes=SIZES_OF[:1]) | pictures(upto=1) | finished(1.0, SIZES_OF[:1], samples=1)
    said = sentences(tables, LOOK)
    assert said["vanishing"].lead == "At n = 1 the averaged gradient is 0.7 in the mean, 0.4 at the median image."
    assert "One sample is no average." in said["vanishing"].details
    assert "each 1 sample of 4 chains" in said["vanishing"].details
    assert said["pictures"].lead.startswith("Gradients of one sample at unseen images")
    zero = rows(0.7, 0.0, typical=0.0, grid=(1,))
    assert sentences(zero, LOOK)["vanishing"].lead.endswith("0.7 in the mean, 0 at the median image.")


def test_clouds_that_shrink_grow_or_stay_are_told_width_by_width() -> None:
    def lead(tables: Tables, look: Look = LOOK) -> str:
        return sentences(tables, look)["scatter"].lead

    assert lead(clouds()) == "From N = 100 to 300 the cloud shrinks at k = 8, 32 and 64."
    assert lead(clouds(2.0)) == "From N = 100 to 300 the cloud grows at k = 8, 32 and 64."
    same = "From N = 100 to 300 the cloud does not clearly change at k = 8, 32 and 64."
    assert lead(clouds(1.0)) == lead(clouds(1.0, noise=0.0)) == lead(clouds(0.97, noise=1.0)) == same
    assert lead(clouds(), BUG) == (
        "From N = 100 to 300 the cloud shrinks at k = 8, 32 and 64; "
        "that of the last mini-batch grows at k = 8, 32 and 64."
    )
    for tables in (clouds(widths=(8,), sizes=(100,)), clouds(0.5, sizes=(100,))):
        assert lead(tables).endswith("at N = 100, with nothing to compare it with so far.")


@pytest.mark.parametrize("seeds", [1, 3])
@pytest.mark.parametrize("look", [LOOK, BUG])
@pytest.mark.parametrize("spread", [1.0, 1.7])  # of the logarithm; the clouds of a run have the larger
def test_of_clouds_of_one_law_a_sentence_hardly_ever_says_more(look: Look, seeds: int, spread: float) -> None:
    """In all that it names together: six widths, with and without the bug."""
    rng, told, runs = np.random.default_rng(0), 0, 60 // seeds
    tables = clouds(widths=(2, 4, 8, 16, 32, 64), seeds=seeds)
    for _ in range(runs):
        length = np.exp(spread * rng.normal(size=len(tables["scatter"]["seed"])))
        dots = tables["scatter"] | {"along_x": length, "along_y": 0 * length}
        said = of_scatter(dots, tables["spread"], look.settings)
        assert said
        told += "shrinks" in said.lead or "grows" in said.lead
    assert told <= 0.05 * runs


def test_intervals_are_those_of_all_changes_together_from_the_first_width_on() -> None:
    def told(tables: Tables, look: Look) -> str:
        return re.findall(r"k = 8: .*?(\[.*?\])", sentences(tables, look)["scatter"].details)[0]

    first, whole = clouds(widths=(8,), noise=0.5), clouds(noise=0.5)
    assert told(first, LOOK) == told(whole, LOOK)
    for look, count in ((LOOK, 4), (BUG, 8)):  # three widths and from the first to the last, of either kind
        found = change(whole["scatter"], ALL, (8, 100), (8, 300), 1 - 0.05 / count)
        assert told(whole, look) == found.told.split(maxsplit=1)[1]
        assert "95 % for all of them together" in sentences(whole, look)["scatter"].details
    assert "together" not in sentences(clouds(sizes=(100,), widths=(8,)), LOOK)["scatter"].details


def test_the_bug_is_told_as_that_of_published_code_and_not_as_the_papers() -> None:
    off, on = (sentences(clouds(), look)["scatter"].details for look in (LOOK, BUG))
    assert "mini-batch" not in off
    assert "904, 784 and 664. Whether the paper's own figure was made so is not known." in on
    assert "16 of 100 " in on
    assert "6 of 300 " in on
    assert "bug" not in "".join(patch(draw, clouds(), LOOK)["scatter:text"]["text"])
    texts = patch(draw, clouds(), BUG)["scatter:text"]["text"]
    assert {"all N points learned", "the bug: last mini-batch only"} < {*texts}
    assert {"N = 100", "N = 300", "16 of 100", "6 of 300"} < {*texts}


def test_a_dot_stands_at_the_root_of_its_length_in_its_own_direction() -> None:
    tables = clouds(widths=(5,), sizes=(100,))
    table = {n: v[tables["scatter"]["kind"] == ALL] for n, v in tables["scatter"].items()}
    for look in (LOOK, BUG):
        columns = patch(draw, {"scatter": table}, look)["scatter:dots"]
        x, y = (columns[low] + columns[high] for low, high in (("left", "right"), ("bottom", "top")))
        x, y = x / 2, y / 2
        length = np.hypot(table["along_x"], table["along_y"])
        assert np.hypot(x, y) == pytest.approx(np.sqrt(length / length.max()))
        assert np.arctan2(y, x) == pytest.approx(np.arctan2(table["along_y"], table["along_x"]))
    whole = patch(draw, clouds(), LOOK)["scatter:dots"]
    assert len(whole["left"]) == 3 * 2 * 100
    assert len(set(whole["color"])) == 2
    assert len(patch(draw, clouds(), BUG)["scatter:dots"]["left"]) == 2 * len(whole["left"])
    assert len(patch(draw, clouds(seeds=3), LOOK)["scatter:dots"]["left"]) == len(whole["left"])
