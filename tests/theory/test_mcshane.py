"""The floor of any function against brute force, and against functions that we can build."""

import math

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from scipy.spatial.distance import pdist

from explorer.theory import mcshane as module
from explorer.theory.mcshane import mcshane


def points(n: int, d: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor]:
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, d, generator=generator, dtype=torch.float64)
    return X, torch.randn(n, generator=generator, dtype=torch.float64)


@pytest.mark.parametrize(("n", "d"), [(2, 1), (7, 3), (60, 4)])
@pytest.mark.parametrize("mse", [0.0, 0.01])
def test_brute_force(n: int, d: int, mse: float, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "ROWS", 16)
    X, y = points(n, d)
    rise = np.maximum(pdist(y[:, None].numpy(), "cityblock") - math.sqrt(2 * n * mse), 0)
    assert mcshane(X, y, mse) == pytest.approx((rise / pdist(X.numpy())).max(), rel=1e-9)


def test_no_function_lies_below_it() -> None:
    X, y = points(40, 2)
    whole = mcshane(X, y)
    for share in (0.99, 0.9, 0.7, 0.0):  # share * y has an extension with constant share * whole
        mse = float(((1 - share) * y).square().mean())
        assert mcshane(X, y, mse) <= share * whole + 1e-12


def test_equal_points_and_equal_labels() -> None:
    X = torch.tensor([[1.0, 0.0], [1.0, 0.0], [0.0, 1.0]], dtype=torch.float64)
    assert mcshane(X, torch.tensor([1.0, -1.0, 1.0], dtype=torch.float64)) == math.inf
    assert mcshane(X, torch.tensor([1.0, 1.0, -1.0], dtype=torch.float64)) == pytest.approx(math.sqrt(2))
    assert mcshane(X, torch.ones(3, dtype=torch.float64)) == 0
    assert mcshane(X[:1], torch.ones(1, dtype=torch.float64)) == 0


@pytest.mark.parametrize("mse", [-1e-9, math.nan])
def test_an_error_that_cannot_be_is_refused(mse: float) -> None:
    with pytest.raises(ValueError, match="mse"):
        mcshane(*points(3, 2), mse)


def test_what_it_has_seen_when_stopped_still_holds() -> None:
    X, y = points(1200, 3)
    asked = iter([False, True])
    assert mcshane(X, y, stop=lambda: True) == 0
    assert 0 < mcshane(X, y, stop=lambda: next(asked)) <= mcshane(X, y)


@given(across=st.integers(-500, 500), up=st.integers(-500, 500), mse=st.sampled_from([0.0, 0.01]))
def test_units_change_nothing_but_the_unit(across: int, up: int, mse: float) -> None:
    X, y = points(30, 3)
    assert mcshane(X * 2.0**across, y * 2.0**up, mse * 4.0**up) == mcshane(X, y, mse) * 2.0 ** (up - across)


def test_the_closest_pairs_are_told_apart_though_the_squares_of_their_distances_are_not() -> None:
    """|x_i|^2 + |x_j|^2 - 2 x_i . x_j knows no distance below 1e-8."""
    X = torch.tensor([[1.0, 0.0], [1.0, 3e-9], [1.0, 4e-9], [0.0, 1.0]], dtype=torch.float64)
    y = torch.tensor([1.0, -1.0, 1.0, -1.0], dtype=torch.float64)
    assert mcshane(X, y) == pytest.approx(2e9)
    tiny = torch.tensor([[1.0, 1e-200], [1.0, 3e-200]], dtype=torch.float64)
    assert mcshane(tiny, y[:2]) == pytest.approx(1e200)


def test_labels_at_the_edge() -> None:
    X, y = torch.tensor([[0.0], [0.5]], dtype=torch.float64), torch.tensor([1e308, -1e308], dtype=torch.float64)
    assert mcshane(8 * X, y) == pytest.approx(5e307)
    assert mcshane(X, y) == math.inf
    assert mcshane(X, y, mse=math.inf) == 0
    for bad in (math.nan, math.inf):
        assert math.isnan(mcshane(X, torch.tensor([bad, 1.0], dtype=torch.float64)))
        assert math.isnan(mcshane(torch.tensor([[bad], [1.0]], dtype=torch.float64), y))
