"""Numbers as the sentences write them."""

import numpy as np

from explorer.figures.numbers import interval, signed


def test_numbers_have_two_decimals_and_a_minus_sign() -> None:
    assert (signed(1.234), signed(-0.5)) == ("1.23", "−0.50")
    assert interval((-0.5, 1.0)) == "[−0.50, 1.00]"


def test_an_interval_that_is_not_there_is_not_printed_as_numbers() -> None:
    for low, high in ((np.nan, np.nan), (-np.inf, np.inf)):
        assert interval((low, high)) == "(too few for an interval)"
