"""A bound in words never says more than is known."""

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given

from explorer.figures.numbers import down, listed, percent_down, percent_up, up

positive = st.floats(1e-12, 1e12)


@given(positive)
def test_a_bound_is_rounded_to_the_side_that_holds(value: float) -> None:
    assert float(down(value)) <= value <= float(up(value))
    assert float(down(value)) == pytest.approx(value, rel=0.011)
    assert float(up(value)) == pytest.approx(value, rel=0.011)


@given(st.floats(1e-6, 1))
def test_so_is_a_share(share: float) -> None:
    low, high = (float(said.removesuffix("%")) / 100 for said in (percent_down(share), percent_up(share)))
    assert low <= share * (1 + 1e-15)
    assert high >= share * (1 - 1e-15)


@pytest.mark.parametrize(
    ("value", "below", "above"),
    [(9.6196, "9.61", "9.62"), (11.788, "11.7", "11.8"), (4.25, "4.25", "4.25"), (9.996, "9.99", "10"), (0, "0", "0")],
)
def test_examples(value: float, below: str, above: str) -> None:
    assert (down(value), up(value)) == (below, above)


def test_what_is_no_number_is_still_told() -> None:
    assert (down(np.inf), up(np.nan)) == ("inf", "nan")
    assert percent_down(0.29) == percent_up(0.29) == "29%"  # 100 * 0.29 is 28.999999999999996
    assert percent_down(0.4449) == "44.4%"


def test_a_list_reads_like_one() -> None:
    assert listed([4]) == "4"
    assert listed([4, 8, 16]) == "4, 8 and 16"
