"""The mean gradient from points in caps: against the closed form of one neuron, and plain random points."""

import numpy as np
import pytest
import torch
from scipy import stats

from explorer.data import synthetic
from explorer.measure.joint_activation import slopes
from explorer.measure.mean_gradient import batch, measure
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import Ensemble
from explorer.theory.caps import share
from explorer.theory.grouped import grouped
from explorer.vectors import unit
from tests.theory.tangential import tangent


def generator(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def neurons(W: torch.Tensor, level: float, a: torch.Tensor) -> Ensemble:
    """sum a_j ReLU(w_j . x - level), one row of W a neuron."""
    inner = torch.cat([W.T, torch.full((1, len(W)), -level, dtype=W.dtype)])
    return Ensemble(inner, a, (len(W),), (0,), Rectified())


@pytest.mark.parametrize(("d", "size"), [(3, 1.5), (30, 4.0), (1000, 4.0), (1000, 2.0)])
def test_one_neuron_has_the_gradient_of_the_beta_law(d: int, size: float) -> None:
    w = torch.zeros(1, d, dtype=torch.float64)
    w[0, 0] = size
    net = neurons(w, 1.0, torch.tensor([-3.0], dtype=torch.float64))
    found = measure(net, 4000, generator())
    assert found is not None
    on = stats.beta((d - 1) / 2, 0.5).cdf(1 - 1 / size**2) / 2
    assert found.share == pytest.approx(on, rel=1e-9)
    exact = 3 * size * float(tangent(d, np.array([1 / size]))[0])
    low, high = found.interval
    assert low < high
    assert abs(found.mean - exact) <= 2 * (high - low) / 2
    assert found.mean == pytest.approx(exact, rel=0.02)
    assert found.largest <= 3 * size * np.sqrt(1 - 1 / size**2) * (1 + 1e-9)


def test_opposite_caps_never_meet_and_add() -> None:
    w = torch.zeros(2, 20, dtype=torch.float64)
    w[0, 0], w[1, 0] = 3.0, -3.0
    found = measure(neurons(w, 1.0, torch.ones(2, dtype=torch.float64)), 4000, generator())
    assert found is not None
    t = np.array([1 / 3])
    assert found.share == pytest.approx(2 * share(20, t)[0])
    assert found.mean == pytest.approx(6 * tangent(20, t)[0], rel=0.02)


def test_where_caps_meet_it_is_what_plain_random_points_say() -> None:
    X, y = synthetic.sphere(60, 12, noise=1.0, seed=0).tensors(dtype=torch.float64, device=torch.device("cpu"))
    net = grouped(X, y, 3)
    found = measure(net, 20_000, generator())
    assert found is not None
    points = unit(torch.randn(100_000, 12, generator=generator(1), dtype=torch.float64))
    plain = slopes(net, points)[1]
    on = ((net.preactivations(points) > 0).sum(1) > 0).double()
    for value, sample in ((found.mean, plain), (found.share, on)):
        assert abs(value - float(sample.mean())) < 4 * float(sample.std()) / 100_000**0.5 + 0.01 * value
    several = (net.preactivations(points) > 0).sum(1) > 1
    assert several.double().mean() > 0.05, "or nothing is tried"


def test_the_interval_holds_the_plain_mean_in_most_runs() -> None:
    X, y = synthetic.sphere(40, 15, noise=1.0, seed=0).tensors(dtype=torch.float64, device=torch.device("cpu"))
    net = grouped(X, y, 2)
    truth = measure(net, 300_000, generator(99))
    assert truth is not None
    held = 0
    for seed in range(60):
        found = measure(net, 300, generator(seed))
        assert found is not None
        held += found.interval[0] <= truth.mean <= found.interval[1]
    assert held >= 51  # of 60; 0.1 % of the time fewer, for a level of 95 %


def test_a_network_that_is_nowhere_on_has_no_gradient() -> None:
    w = torch.zeros(1, 5, dtype=torch.float64)
    w[0, 0] = 0.5
    found = measure(neurons(w, 1.0, torch.ones(1, dtype=torch.float64)), 100, generator())
    assert found is not None
    assert (found.mean, found.share, found.largest) == (0.0, 0.0, 0.0)


def test_it_stops_between_batches() -> None:
    w = torch.zeros(1, 1000, dtype=torch.float64)
    w[0, 0] = 2.0
    net = neurons(w, 1.0, torch.ones(1, dtype=torch.float64))
    asked = []

    def stop() -> bool:
        asked.append(1)
        return len(asked) > 2

    assert measure(net, 5 * batch(1000, 1), generator(), stop) is None
    assert len(asked) == 3
