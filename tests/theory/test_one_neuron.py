"""One neuron a point: its fit, when caps meet, and its exact constants."""

import math

import pytest
import torch
from torch import Tensor

from explorer.data import synthetic
from explorer.measure.fit import fit
from explorer.theory import one_neuron as theory
from explorer.theory.one_neuron import disjoint_from, one_neuron, overlaps


def points(n: int, d: int, data: str = "sphere") -> tuple[Tensor, Tensor]:
    return getattr(synthetic, data)(n, d, 1.0, 0).tensors(dtype=torch.float64)


def test_on_the_sphere_it_is_the_ramp_of_the_threshold() -> None:
    X, y = points(20, 6)
    net = one_neuron(X, y, 0.9)
    x = torch.nn.functional.normalize(torch.randn(50, 6, generator=torch.Generator().manual_seed(1))).double()
    torch.testing.assert_close(net.outputs(x)[0], torch.relu(10 * x @ X.T - 9) @ y)


@pytest.mark.parametrize("data", ["sphere", "gaussian"])
def test_it_fits_from_the_threshold_on_and_caps_do_not_meet(data: str) -> None:
    X, y = points(200, 300, data)
    radius = max(1.0, float(X.norm(dim=1).max()))
    least = disjoint_from(X, radius)
    assert 0.5 < least < 1
    found = fit(one_neuron(X, y, least), X, y)
    assert found is not None
    assert (found.misfit, found.error < 1e-9) == (0, True)
    assert found.slope == pytest.approx(1 / (1 - least), rel=1e-6)
    net = one_neuron(X, y, least + 1e-9)
    on = net.preactivations(radius * overlaps(X, 500)) > 0
    assert int(on.sum(1).max()) <= 1


def test_just_below_the_threshold_two_caps_meet() -> None:
    X, y = points(200, 300)
    rho = float((X @ X.T).fill_diagonal_(-1).max())
    least = disjoint_from(X)
    assert least == pytest.approx(math.sqrt((1 + rho) / 2), abs=2e-12)
    on = one_neuron(X, y, least - 1e-6).preactivations(overlaps(X, 1)) > 0
    assert int(on.sum()) == 2


@pytest.mark.parametrize("data", ["sphere", "gaussian"])
@pytest.mark.parametrize("t", [0.85, 0.95])
def test_the_constant_on_the_sphere_is_that_of_the_widest_rim(data: str, t: float) -> None:
    X, y = points(40, 200, data)
    net = one_neuron(X, y, t)
    U = torch.nn.functional.normalize(X)
    rims = -net.b * (1 - t)  # u_i . x at the rim of cap i
    across = torch.nn.functional.normalize(U.roll(1, 0) - (U.roll(1, 0) * U).sum(1, keepdim=True) * U)
    height = (rims + 1e-9).clamp_max(1).unsqueeze(1)
    x = height * U + (1 - height.square()).sqrt() * across
    g = net.gradients(x)[0]
    tangential = (g - (g * x).sum(1, keepdim=True) * x).norm(dim=1)
    assert float(tangential.max()) == pytest.approx(theory.on_sphere(t, float(X.norm(dim=1).min())), rel=1e-5)


def test_closed_forms() -> None:
    assert theory.on_sphere(0.9) == pytest.approx(math.sqrt(19))
    assert theory.on_sphere(0.8) == pytest.approx(3)
    assert theory.in_ball(0.9) == pytest.approx(10)
    assert theory.on_sphere(0.5, 2.0) == 0  # the cap lies outside the sphere


def test_one_point_and_none_that_can_be_taken() -> None:
    X, y = points(1, 4)
    assert disjoint_from(X) == 0
    torch.testing.assert_close(overlaps(X, 3), X)
    for t in (-0.1, 1.0, math.nan):
        with pytest.raises(ValueError, match="threshold"):
            one_neuron(X, y, t)
    with pytest.raises(ValueError, match="direction"):
        one_neuron(0 * X, y, 0.5)
