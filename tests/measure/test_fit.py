"""A network at its data, against plain formulas."""

import pytest
import torch

from explorer.measure.fit import ROWS, fit
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise


def test_error_share_and_slope() -> None:
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(ROWS + 5, 4, generator=generator, dtype=torch.float64)
    net = initialise([9], [0], 4, Rectified()).to(torch.float64)
    f = net.outputs(X)[0]
    off = torch.zeros(len(X), dtype=torch.float64)
    off[[3, ROWS + 1]] = torch.tensor([1e-3, -0.5], dtype=torch.float64)
    found = fit(net, X, f + off)
    assert found is not None
    assert found.error == pytest.approx(0.5)
    assert found.misfit == 2 / len(X)
    assert found.slope == pytest.approx(float(net.gradients(X)[0].norm(dim=1).max()))


def test_stopped() -> None:
    net = initialise([3], [0], 2, Rectified()).to(torch.float64)
    X = torch.ones(1, 2, dtype=torch.float64)
    assert fit(net, X, X[:, 0], stop=lambda: True) is None
