"""Numbers of the lesson's statements: "at most" and "at least" stay true of what they are rounded to."""

import math

import pytest

from explorer.labs.prunability.curve import CurveSettings
from explorer.labs.prunability.curve.captions import stands_still
from explorer.labs.prunability.flatness import FlatnessSettings
from explorer.labs.prunability.flatness.captions import smooth_as_said, worst_is_far_worse
from explorer.labs.prunability.norms import NormsSettings
from explorer.labs.prunability.norms.captions import frobenius_is_larger, margins_outgrow_norms
from tests.labs.prunability.lesson import curve, flatness, norms


@pytest.mark.parametrize("still", [0.0123, 0.0999])
def test_what_a_network_still_has_is_not_rounded_to_its_favour(still: float) -> None:
    found = stands_still(curve.run(still=still, few=1.256), CurveSettings.make())
    assert found
    assert still <= float(str(found.numbers["still"])) < 1.1 * still
    assert found.numbers["climbed"] == "1.2 or more"


def test_the_least_factor_is_not_more_than_the_least() -> None:
    settings = FlatnessSettings.make()
    assert (found := worst_is_far_worse(flatness.run(worst=99.7), settings))
    assert found.numbers["least"] == "99"
    assert (found := worst_is_far_worse(flatness.run(worst=9.98), settings))
    assert (found.holds, found.numbers["least"]) == (False, "9.9")
    assert (found := smooth_as_said(flatness.run(smooth=1.0432), settings))
    assert found.numbers["off"] == "4.4%"


def test_norms_that_grow_by_at_least_so_much_do() -> None:
    tables = norms.run(spectral=4.5678, margin=8.0, frobenius=2.3456)
    assert (found := margins_outgrow_norms(tables, NormsSettings.make()))
    assert found.numbers == {"least": "4.56", "most": "0.58"}
    assert math.isclose(4.5678 / 8, 0.571, rel_tol=1e-3)
    assert (found := frobenius_is_larger(tables, NormsSettings.make()))
    assert found.numbers["least"] == "2.34"
