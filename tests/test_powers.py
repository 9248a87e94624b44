"""Against C's frexp and ldexp, by way of NumPy."""

import numpy as np
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.powers import NOTHING, exponent, shifted

NUMBERS = st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=1, max_size=9)


@given(numbers=NUMBERS)
def test_exponents(numbers: list[float]) -> None:
    expected = [int(np.frexp(x)[1]) if x else NOTHING for x in numbers]
    assert exponent(torch.tensor(numbers, dtype=torch.float64)).tolist() == expected


@given(numbers=NUMBERS, by=st.integers(-5000, 5000))
def test_shifts_round_only_where_the_result_is_no_normal_number(numbers: list[float], by: int) -> None:
    found = shifted(torch.tensor(numbers, dtype=torch.float64), torch.tensor(by)).numpy()
    with np.errstate(over="ignore"):
        np.testing.assert_allclose(found, np.ldexp(numbers, by), rtol=0, atol=1e-323)


def test_what_is_not_finite_has_no_exponent_and_stays() -> None:
    x = torch.tensor([torch.nan, torch.inf, -torch.inf], dtype=torch.float64)
    assert exponent(x).tolist() == [0, 0, 0]
    torch.testing.assert_close(shifted(x, torch.tensor(-3000)), x, equal_nan=True)
