"""Figures of the features panel: sources, the upright lines, and the sentences."""

from collections.abc import Callable

import numpy as np
import pytest

from explorer.figures.columns import patch
from explorer.figures.look import Look, Patch
from explorer.frames import Tables
from explorer.labs.universal.features import NTK, RANDOM, FeaturesSettings
from explorer.labs.universal.features import figure as drawn
from tests.figures.said import said
from tests.labs.universal.lesson.features import NOTHING, ONLY_RANDOM, models, seeds, table

LOOK = Look(FeaturesSettings.make())


def unknown() -> Tables:
    whole = seeds()["features"]
    nan = np.full(len(whole["n"]), np.nan)
    return {"features": whole | {"lip": nan, "norm": nan, "test_mse": nan}}


CASES = {
    "none": {},
    "empty": NOTHING,
    "first": {"features": {name: values[:1] for name, values in seeds()["features"].items()}},
    "nan": unknown(),
    "random": ONLY_RANDOM,
    "ntk": table(models(NTK)),
    "one seed": seeds(count=1),
    "whole": seeds(spread=0.1),
}


@pytest.mark.parametrize("case", CASES)
def test_every_source_is_patched_with_what_its_glyph_reads(case: str, take: Callable[[Patch], None]) -> None:
    for look in (
        LOOK,
        Look(LOOK.settings, "dark", seeds(), LOOK.settings),
        Look(LOOK.settings, "dark", {}, LOOK.settings),
    ):
        take(patch(drawn.draw, CASES[case], look))
        words = said(drawn, CASES[case], look)
        assert words.keys() <= {slot.name for slot in drawn.SLOTS}
        assert "nan" not in " ".join(words.values()).lower()
    assert (said(drawn, CASES[case], LOOK) == {}) == (case in ("none", "empty", "nan"))


def test_an_upright_line_stands_at_n_and_at_n_d() -> None:
    columns = patch(drawn.draw, seeds(), LOOK)
    assert list(columns["features:at-n"]["x"]) == [1, 1]
    assert list(columns["features:at-n"]["y"]) == [min(columns["features:dots"]["lip"]), 10.1]
    assert list(columns["features-lip:at-nd"]["x"]) == [1000, 1000]


def test_only_more_params_than_points_stand_beyond() -> None:
    columns = patch(drawn.draw, seeds(), LOOK)
    assert min(columns["features-lip:random-dots"]["params"]) == 110
    np.testing.assert_allclose(columns["features-lip:random-fit"]["y"], [1, 4**-0.2])
    np.testing.assert_allclose(columns["features-lip:random-fit"]["x"], [400, 1600])


def test_the_sentences_tell_where_the_peak_is_and_the_slopes() -> None:
    words = said(drawn, seeds(), LOOK)
    assert words["features"].startswith(
        "The norm is largest with 100 parameters, one a point: 10 times what it is with 400."
    )
    assert said(drawn, seeds(top=200), LOOK)["features"].startswith(
        "The norm is largest with 200 parameters; with 100, one a point, it is 10 times what it is with 400."
    )
    assert words["features-lip"].startswith(
        "From 400 parameters on the steepness found goes like params to the power −0.20 for random features, −0.10 for"
        " the NTK."
    )
    assert "1600 parameters: falls" in words["features-lip"]
    alone = said(drawn, seeds(count=1), LOOK)
    assert "too few for an interval" in alone["features-lip"]
    assert "not told from flat" in alone["features-lip"]
    first = said(drawn, table(models(RANDOM, without=(400,))), LOOK)
    assert first["features"].startswith(
        "So far the norm of random features is largest with 100 parameters, for 100 points."
    )
