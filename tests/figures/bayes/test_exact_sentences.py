"""The figures of the panel `exact` on every table that can come, and whether what is said of them is in the tables."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.exact import ExactSettings
from explorer.labs.bayes.exact.figure import SLOTS, draw, sentences
from explorer.labs.bayes.told import NO_RHAT
from tests.labs.bayes.lesson.exact import EMPTY, LOST, WALKING, arrows, finished, rows, run

SETTINGS = ExactSettings.make()
LOOK = Look(SETTINGS)
WHOLE = run()
UNKNOWN: Tables = {
    name: {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in table.items()}
    for name, table in WHOLE.items()
}
STILL: Tables = {**WHOLE, "arrows": {n: v * 0 if v.dtype.kind == "f" else v for n, v in WHOLE["arrows"].items()}}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "nan": UNKNOWN,
    "lost": EMPTY | LOST,
    "walking": WALKING,
    "one count": rows(0, 0, grid=(1,)) | arrows((1,)) | finished(),
    "one seed": run(seeds=1),
    "no gradient": STILL,
    "ties": run(0.0, 0.0, spread=0.0),
    "apart": run(rhat=1.3),
    "no R-hat": run(rhat=np.nan),
    "whole": WHOLE,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for settings in (SETTINGS, SETTINGS.changed(samples_shown=1)):
        for pinned in (None, {}, EMPTY, WHOLE):
            take(patch(draw, CASES[case], Look(settings, theme, pinned, None if pinned is None else SETTINGS)))


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_nan(case: str) -> None:
    said = sentences(CASES[case], LOOK)
    assert said.keys() <= {slot.name for slot in SLOTS}
    for sentence in said.values():
        assert not {"nan", "inf"} & set(
            f"{sentence.lead} {sentence.details}".replace(",", " ").replace(".", " ").split()
        )


@pytest.mark.parametrize("case", ["none", "empty"])
def test_nothing_is_said_of_nothing(case: str) -> None:
    assert not sentences(CASES[case], LOOK)


def test_arrows_are_told_of_the_samples_shown() -> None:
    lead = sentences(WHOLE, Look(SETTINGS.changed(samples_shown=20)))["arrows"].lead
    assert "Averaged over 20 samples" in lead
    assert "0.05 times as high" in lead  # 0.5 / 20 of 0.5, see `arrows`
    assert "1.00 times as long" in lead


def test_before_there_is_an_average_a_sample_and_its_mirror_are_told() -> None:
    assert "its mirror's" in sentences(WALKING, LOOK)["arrows"].lead


def test_both_parts_are_told_with_fewest_and_most_samples() -> None:
    table = WHOLE["gradient"]
    ends = {
        direction: [
            table["mean_norm"][(table["n_samples"] == n) & (table["direction"] == direction)].mean() for n in (1, 100)
        ]
        for direction in ("normal", "tangential")
    }
    lead = sentences(WHOLE, LOOK)["fading"].lead
    for first, last in ends.values():
        assert f"{first:.2g} to {last:.2g}" in lead


def test_chains_that_do_not_agree_are_told() -> None:
    assert "above 1.1" in sentences(CASES["apart"], LOOK)["fading"].details
    assert "above 1.1" not in sentences(WHOLE, LOOK)["fading"].details
    assert f"; {NO_RHAT}." in sentences(CASES["no R-hat"], LOOK)["arrows"].details


def test_the_guide_falls_like_the_root_of_n() -> None:
    guide = patch(draw, WHOLE, LOOK)["fading:guide"]
    x, y = np.asarray(guide["x"], float), np.asarray(guide["y"], float)
    assert np.polyfit(np.log(x), np.log(y), 1)[0] == pytest.approx(-0.5)
