"""The figures of the panel `cloud` on every table that can come, and whether what they say is in the tables."""

from collections.abc import Callable

import numpy as np
import pytest
from scipy import stats

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.bayes.cloud import HMC, CloudSettings
from explorer.labs.bayes.cloud.figure import draw, sentences
from tests.labs.bayes.lesson.cloud import EMPTY, FIRST, LOST, run

SETTINGS = CloudSettings.make()
LOOK = Look(SETTINGS)
TIED: Tables = {"cloud": {c: v if v.dtype.kind != "f" else np.full(len(v), 0.5) for c, v in run()["cloud"].items()}}
CASES: dict[str, Tables] = {
    "none": {},
    "empty": EMPTY,
    "first dot": FIRST,
    "lost": LOST,
    "few": run(draws=3),
    "ties": TIED,
    "apart": run(rhat=1.4),
    "no R-hat": run(rhat=float("nan")),
    "whole": run(),
}


@pytest.mark.parametrize("case", CASES)
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_every_source_is_filled(take: Callable[[Patch], None], case: str, theme: str) -> None:
    for settings in (SETTINGS, SETTINGS.changed(dot=(0.9, 0.5))):
        for pinned in (None, {}, EMPTY, run()):
            take(patch(draw, CASES[case], Look(settings, theme, pinned, None if pinned is None else SETTINGS)))


@pytest.mark.parametrize("case", CASES)
def test_no_sentence_says_nan(case: str) -> None:
    for look in (LOOK, Look(SETTINGS.changed(dot=(0.9, 0.5)))):
        for sentence in sentences(CASES[case], look).values():
            assert "nan" not in sentence.text
            assert len(sentence.lead) <= 130


def test_ranks_are_told_with_their_correlation_interval_and_number() -> None:
    table = run()["cloud"]
    rows = table["method"] == HMC
    rho = stats.spearmanr(table["accuracy"][rows], table["softmax_robustness"][rows]).statistic
    said = sentences(run(), LOOK)["cloud-softmax"]
    assert said.lead == (
        f"Of 12 HMC posteriors the more accurate are the more robust by this measure (rank correlation {rho:.2f})."
    )
    assert f"HMC {rho:.2f} [" in said.details
    assert ", n = 12" in said.details
    assert "tells little" in sentences(run(rho=0.0), LOOK)["cloud-softmax"].lead
    assert "the less robust" in sentences(run(rho=-0.95), LOOK)["cloud-softmax"].lead


def test_a_dot_that_is_tapped_is_told_and_ringed() -> None:
    table = run()["cloud"]
    at = int(np.flatnonzero(table["method"] == HMC)[2])
    place = float(table["accuracy"][at]) + 1e-4, float(table["robust"][at])
    look = Look(SETTINGS.changed(dot=place))
    assert sentences(run(), look)["cloud"].lead.startswith("HMC, draw 3: k = 16, prior scale 0.5, 12 networks: ")
    columns = patch(draw, run(), look)
    assert list(columns["cloud:chosen"]["x"]) == [table["accuracy"][at]]
    assert list(columns["cloud-softmax:chosen"]["y"]) == [table["softmax_robustness"][at]]
    assert not len(patch(draw, run(), LOOK)["cloud:chosen"]["x"])


def test_before_hmc_has_walked_dots_are_counted() -> None:
    assert sentences(FIRST, LOOK)["cloud"].lead == "Dots so far: 1 no prior."
    assert not sentences(EMPTY, LOOK)
    assert "above 1.1 in 12 of 12 walks" in sentences(run(rhat=1.4), LOOK)["cloud"].details
