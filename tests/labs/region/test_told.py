"""How numbers of the Region lab are said."""

import math

import pytest

from explorer.labs.region.told import doubt, span
from explorer.measure.regression import side


def test_no_interval_ends_at_minus_zero() -> None:
    assert span((-0.014, -0.001)) == "95 % [-1, 0] %"
    assert span((-0.104, 0.002)) == "95 % [-10, 0] %"
    assert span((math.nan, 0.2)) == ""


@pytest.mark.parametrize("ends", [(0.01, 0.23), (-0.23, -0.01)])
def test_an_interval_that_keeps_clear_of_0_and_is_not_called_clear_says_why(ends: tuple[float, float]) -> None:
    assert side(ends, 0) == 0
    assert doubt(ends) == ", a quarter wider it reaches 0"
    assert doubt(ends, "1") == ", a quarter wider it reaches 1"


@pytest.mark.parametrize("ends", [(0.1, 0.2), (-0.2, -0.1), (-0.1, 0.2), (math.nan, math.nan)])
def test_nothing_is_explained_of_one_that_is_clear_reaches_0_or_is_unknown(ends: tuple[float, float]) -> None:
    assert doubt(ends) == ""
