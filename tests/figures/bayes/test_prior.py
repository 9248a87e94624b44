"""The figures of the panel `prior` on every table that can come, and whether what is said of them is in the tables."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.prior import AVERAGE, MAP, PriorSettings
from explorer.labs.bayes.prior.figure import draw, sentences
from tests.labs.bayes.lesson.prior import DRAWS, EMPTY, FLAT, LOOKED, LOST, run

LOOK = Look(PriorSettings.make())
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "draws": DRAWS,
    "first look": LOOKED,
    "lost": LOST,
    "one scale": run((0.5,)),
    "ties": run(FLAT),
    "seeds": run(seeds=3),
    "apart": run(rhat=1.4),
    "no R-hat": run(rhat=float("nan")),
    "whole": run(),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for pinned in (None, {}, EMPTY, run()):
        take(patch(draw, CASES[case], Look(LOOK.settings, theme, pinned, None if pinned is None else LOOK.settings)))


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_nan(case: str) -> None:
    for sentence in sentences(CASES[case], LOOK).values():
        assert "nan" not in sentence.text
        assert len(sentence.lead) <= 130


def test_it_is_said_from_where_to_where() -> None:
    said = sentences(run(), LOOK)
    assert said["prior"].lead == (
        "From s = 0.0625 to 2 one sample goes from ≥ 0.195 to ≥ 200 steep, the average of 24 from ≥ 0.0585 to ≥ 60."
    )
    assert said["prior-robust"].lead == (
        "With pixels changed by up to 0.1, the average stays 30% right at s = 0.0625, 59% right at s = 0.25 and "
        "31% right at s = 2."
    )
    assert "At 1 one sample is 50 or more in the mean, the average 30 or less." in said["prior"].details
    assert "R-hat 1.02 at most." in said["prior"].details


def test_of_one_scale_one_number_is_said() -> None:
    said = sentences(run((0.5,)), LOOK)
    assert said["prior-robust"].lead.endswith("stays 50% right at s = 0.0625.")
    assert said["prior"].lead == "At s = 0.0625 one sample is ≥ 0.195 steep, the average of 24 ≥ 0.0585."
    assert set(sentences(DRAWS, LOOK)) == {"prior"}
    assert not sentences(EMPTY, LOOK)


def test_both_ends_are_of_scales_that_both_have() -> None:
    table = run()["prior"]
    behind = {c: v[(table["model"] != AVERAGE) | (table["scale"] < 2)] for c, v in table.items()}
    assert sentences({"prior": behind}, LOOK)["prior"].lead == (
        "From s = 0.0625 to 1 one sample goes from ≥ 0.195 to ≥ 50 steep, the average of 24 from ≥ 0.0585 to ≥ 15."
    )
    apart = {c: v[(table["model"] != AVERAGE) ^ (table["scale"] < 2)] for c, v in table.items()}
    assert "prior" not in sentences({"prior": apart}, LOOK)


def test_map_is_drawn_however_flat_it_is_beside_a_steep_average() -> None:
    steep = run()["prior"]
    flat = {**steep, "lower": np.where(steep["model"] == MAP, 0.01 * steep["lower"], steep["lower"])}
    columns = patch(draw, {"prior": flat}, LOOK)  # MAP goes from 0.0004 to 0.4, the average from 0.06 to 60
    assert list(columns["prior:map"]["x"]) == [0.5, 1, 2]


def test_chains_that_disagree_are_named() -> None:
    said = sentences(run(rhat=1.4), LOOK)["prior"].details
    assert "R-hat is 1.40 at worst, and above 1.1 in 6 of 6 walks" in said
    assert "walks are not done" in sentences(LOOKED, LOOK)["prior"].details


def test_lines_are_means_over_seeds_and_bands_their_intervals() -> None:
    columns = patch(draw, run(seeds=3), Look(LOOK.settings, "light", run(FLAT), LOOK.settings))
    assert list(columns["prior:average"]["y"]) == pytest.approx([15 * s**2 for s in (0.0625, 0.125, 0.25, 0.5, 1, 2)])
    assert len(columns["prior-robust:dots"]["x"]) == 3 * 3 * 6
    assert list(columns["prior-robust:pin"]["y"]) == [0.5] * 6
    band = columns["prior-robust:band-average"]["y"]
    assert band[0] < 0.3 < band[-1]
