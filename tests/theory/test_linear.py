"""The shortest line through points, against least squares, and its constant against the gradient."""

import numpy as np
import pytest
import torch

from explorer.data import synthetic
from explorer.theory.linear import linear, shortest


@pytest.mark.parametrize(("n", "d"), [(1, 1), (5, 5), (10, 30)])
def test_it_is_the_shortest_through_the_points(n: int, d: int) -> None:
    X, y = synthetic.sphere(n, d, 1.0, 2).tensors(dtype=torch.float64)
    w = shortest(X, y)
    assert w is not None
    np.testing.assert_allclose(w.numpy(), np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0], atol=1e-8)
    net = linear(w)
    torch.testing.assert_close(net.outputs(X)[0], y)
    torch.testing.assert_close(net.gradients(X)[0], w.expand(n, d))


def test_there_is_none_through_more_points_than_dimensions_or_dependent_ones() -> None:
    X, y = synthetic.sphere(6, 5, 1.0, 0).tensors(dtype=torch.float64)
    assert shortest(X, y) is None
    assert shortest(torch.zeros(2, 5, dtype=torch.float64), y[:2]) is None
