"""The figures of attacks off the data on every table that can come, and whether what is said is in the tables."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.directions import DirectionsSettings
from explorer.labs.bayes.directions.figure import SLOTS, draw, sentences
from explorer.labs.bayes.told import NO_RHAT
from tests.labs.bayes.lesson.directions import EMPTY, FIRST, LOOK, PARTLY, collapsed, run, table

SETTINGS = DirectionsSettings.make(eps=0.2)
SEEN = Look(SETTINGS)
WHOLE = run()
UNKNOWN: Tables = {
    name: {n: np.full(len(v), np.nan) if v.dtype.kind == "f" else v for n, v in columns.items()}
    for name, columns in WHOLE.items()
}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "first look": LOOK,
    "partly": PARTLY,
    "first posterior": FIRST,
    "attacks alone": EMPTY | table(0.76, 0.97),
    "lost": UNKNOWN,
    "ties": run(0.97, spread=0.0),
    "all fall": run(0.0, 0.0, one=0.0, full=0.0),
    "apart": run() | collapsed(rhat=1.3),
    "no R-hat": run(rhat=np.nan) | collapsed(rhat=np.nan),
    "two seeds": run(seeds=2),
    "whole": WHOLE,
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for pinned in (None, {}, EMPTY, WHOLE):
        take(patch(draw, CASES[case], Look(SETTINGS, theme, pinned, None if pinned is None else SETTINGS)))


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_nan_and_every_lead_is_short(case: str) -> None:
    said = sentences(CASES[case], SEEN)
    assert said.keys() <= {slot.name for slot in SLOTS}
    for sentence in said.values():
        assert "nan" not in sentence.text
        assert len(sentence.lead) <= 130


@pytest.mark.parametrize("case", ["none", "empty", "lost"])
def test_nothing_is_said_of_nothing(case: str) -> None:
    assert not sentences(CASES[case], SEEN)


def test_one_sample_the_average_and_map_are_told() -> None:
    said = sentences(WHOLE, SEEN)["directions"]
    assert said.lead == (
        "At ε = 0.2 off the data one sample keeps 10% right, the average 76%, MAP 97%; "
        "in all directions the average 30%."
    )
    assert "Off the data the average has −21 points beside MAP, 95% interval [−25.5, −16.5]" in said.details
    assert "random signs off the data leave the average 95%" in said.details
    assert said.details.endswith("100 samples of 8 chains, acceptance 0.90, R-hat 1.02 at most.")
    assert "A first look" in sentences(LOOK, SEEN)["directions"].details
    assert sentences(PARTLY, SEEN)["directions"].lead == "Off the data, at ε = 0.2, MAP stays 97% right."


def test_how_far_posteriors_lie_apart_is_told() -> None:
    said = sentences(WHOLE, SEEN)["collapse"]
    assert said.lead == (
        "Where s ε √dims is the same, 5 posteriors give the label the same probability, to within 0.010."
    )
    assert said.details.startswith("Shares that are right lie 0.005 apart at most.")
    assert "The lines lie at most 0.010 from that." in said.details
    assert "(1, 20), (0.5, 20), (2, 20), (1, 5), (1, 80)" in said.details
    first = sentences(FIRST, SEEN)["collapse"].lead
    assert first == "Moved by s ε √dims = 1.3 off the data, the average gives the label 0.74."


def test_chains_that_do_not_agree_are_told() -> None:
    assert "R-hat is 1.30, above 1.1" in sentences(CASES["apart"], SEEN)["collapse"].details
    assert sentences(CASES["no R-hat"], SEEN)["directions"].details.endswith(f"; {NO_RHAT}.")


def test_lines_follow_the_tables() -> None:
    columns = patch(draw, WHOLE, SEEN)
    assert columns["directions:average"]["y"][-1] == pytest.approx(0.76)
    assert columns["directions:map"]["y"][-1] == pytest.approx(0.97)
    assert columns["directions-full:average"]["y"][-1] == pytest.approx(0.3)
    assert list(columns["directions:at"]["x"]) == [0.2, 0.2]
    lines = columns["collapse:confidence"]
    assert len(lines["xs"]) == 5
    for xs in lines["xs"]:
        assert xs == pytest.approx(lines["xs"][0])
    apart = columns["collapse-eps:confidence"]["xs"]
    assert apart[1][-1] == pytest.approx(2 * apart[0][-1])
    assert columns["collapse:law"]["y"] == pytest.approx(WHOLE["collapse"]["predicted_confidence"][:7])
    assert not len(columns["collapse-eps:law"]["x"])


def test_samples_are_counted_and_no_networks_of_the_ensemble() -> None:
    rows = WHOLE["attack"]
    defend = np.select([rows["model"] == "ensemble", rows["model"] == "average"], [32, 4], 1)
    look = Look(DirectionsSettings.make(eps=0.2, samples=4))
    details = sentences(WHOLE | {"attack": rows | {"n_defend": defend}}, look)["directions"].details
    assert "unseen points, 4 samples of 8 chains" in details
