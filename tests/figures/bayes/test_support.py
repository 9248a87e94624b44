"""The figures of the panel `support` on every table that can come, and whether what they say is in the tables."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.support import SupportSettings
from explorer.labs.bayes.support.figure import draw, sentences
from explorer.labs.bayes.support.numbers import change, over
from tests.labs.bayes.lesson.support import CLIMBED, EMPTY, LEVELS, LOST, ONE_SEED, WALKING, run

LOOK = Look(SupportSettings.make())
SINGLE: Tables = {"support": {c: v[:1] for c, v in run()["support"].items()}}
STILL: Tables = {"support": run()["support"] | {"normal": np.zeros(90), "normal_one": np.zeros(90)}}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "climbed": CLIMBED,
    "walking": WALKING,
    "lost": LOST,
    "one row": SINGLE,
    "no gradient": STILL,
    "one seed": ONE_SEED,
    "ties": run(1.0, 1.0, 1.0, 0.0),
    "apart": run(rhat=1.4),
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


def test_shares_are_said_from_the_least_noise_to_the_largest() -> None:
    said = sentences(run(spread=0.0), LOOK)
    assert said["support-share"].lead == (
        "On the curve averaging leaves 30% of a sample's normal gradient under noise 0.01, 54% under 0.16."
    )
    assert said["support"].lead == (
        "Under noise 0.01 the average's normal gradient is 0.24 at distance 0 and 1.2 at 0.8."
    )
    assert said["support-sizes"].lead == (
        "One sample's normal gradient on the curve is 0.8 under noise 0.01, 0.4 under 0.16."
    )
    assert "Along the curve 95% to 95% are left." in said["support-share"].details
    assert "3 seeds, a posterior each noise: 60 samples of 4 chains" in said["support"].details


def test_before_samples_are_drawn_map_is_told() -> None:
    said = sentences(CLIMBED, LOOK)
    assert set(said) == {"support-sizes"}
    assert said["support-sizes"].lead.startswith("MAP's normal gradient on the curve is 0.9")
    assert not sentences(EMPTY, LOOK)


def test_lines_are_geometric_means_and_thick_where_data_lie() -> None:
    table = run(spread=0.4)["support"]
    here = (table["noise"] == LEVELS[0]) & (table["distance"] == 0)
    columns = patch(draw, run(spread=0.4), LOOK)
    wanted = np.exp(np.log(table["normal"][here]).mean())
    assert columns["support:lines"]["ys"][0][0] == pytest.approx(wanted)
    assert [len(xs) for xs in columns["support:inside"]["xs"]] == [1, 2, 3, 4, 5]  # reach is 4 noise in these tables
    assert len(columns["support:lines"]["xs"][0]) == 6
    assert len(columns["support-share:dots"]["x"]) == 15


def test_a_change_is_taken_seed_by_seed() -> None:
    table = run(share=2.0, spread=0.0)["support"]
    on = {c: v[table["distance"] == 0] for c, v in table.items()}
    middle, (low, high), seeds = change(on, "noise", "normal", "normal_one")
    assert (middle, low, high) == pytest.approx((np.log(2),) * 3)
    assert seeds == 3
    assert over(on, "noise", "normal", "normal_one").value == pytest.approx(0.3 * 2 ** (np.arange(5) / 4))


def test_averages_of_few_samples_are_not_mixed_with_those_of_all() -> None:
    begun = {c: v.copy() for c, v in WALKING["support"].items()} | {"seed": np.full(90, 3)}
    begun["normal"] = 3 * begun["normal"]  # what few samples leave
    both = {"support": {c: np.concatenate([v, begun[c]]) for c, v in run()["support"].items()}}
    said, done = (sentences(tables, LOOK) for tables in (both, run()))
    assert {name: one.text for name, one in said.items()} == {name: one.text for name, one in done.items()}
    columns, before = (patch(draw, tables, LOOK) for tables in (both, run()))
    assert np.array_equal(columns["support-share:near"]["y"], before["support-share:near"]["y"])
    assert len(columns["support-share:dots"]["x"]) == 2 * len(before["support-share:dots"]["x"])
