"""Slabs fit exactly, with the neurons that are counted, and are as steep as they are thin."""

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.data import synthetic
from explorer.measure.fit import fit
from explorer.theory.slabs import slabs, width


def points(n: int, d: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    return synthetic.sphere(n, d, 1.0, seed).tensors(dtype=torch.float64)


@pytest.mark.parametrize(
    ("n", "d", "m"), [(50, 2, 2), (60, 5, 5), (101, 20, 20), (101, 20, 7), (30, 40, 1), (10, 40, 40)]
)
def test_they_fit_with_three_neurons_a_group(n: int, d: int, m: int) -> None:
    X, y = points(n, d)
    net = slabs(X, y, m)
    counts = [int((y == label).sum()) for label in (-1.0, 1.0)]
    assert net.widths == (width(y, m),) == (3 * sum(int(np.ceil(count / m)) for count in counts),)
    found = fit(net, X, y)
    assert found is not None
    assert found.error < 1e-8
    assert found.misfit == 0


def test_a_slab_is_a_hat_around_the_plane_through_its_points() -> None:
    X = torch.eye(3, dtype=torch.float64)
    y = torch.tensor([1.0, 1.0, -1.0], dtype=torch.float64)
    net = slabs(X, y, 2)
    steps = torch.linspace(-1, 1, 41, dtype=torch.float64)
    # w = e1 + e2 for the first two points, e3 for the third; the nearest other point is at distance 1: delta = 1/2
    along = torch.stack([1 + steps, torch.zeros(41), torch.zeros(41)], 1).double()
    expected = np.maximum(0, 1 - np.abs(steps.numpy()) / 0.5)
    np.testing.assert_allclose(net.outputs(along)[0].numpy(), expected, atol=1e-12)


@pytest.mark.parametrize("m", [0, 4])
def test_a_group_has_between_one_and_d_points(m: int) -> None:
    X, y = points(9, 3)
    with pytest.raises(ValueError, match="between 1 and d = 3"):
        slabs(X, y, m)


def test_points_that_are_dependent_or_in_the_way_are_refused() -> None:
    y = torch.tensor([1.0, 1.0, -1.0], dtype=torch.float64)
    twice = torch.tensor([[1.0, 0], [2.0, 0], [0, 1.0]], dtype=torch.float64)
    with pytest.raises(ValueError, match="dependent"):
        slabs(twice, y, 2)
    between = torch.tensor([[1.0, 0], [0, 1.0], [0.5, 0.5]], dtype=torch.float64)
    with pytest.raises(ValueError, match="another point"):
        slabs(between, y, 2)
