"""The universal law with its constants: against the formula as it stands, Lemma 3.1, Theorem 2 and brute force."""

import math
from dataclasses import replace

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from explorer.data import synthetic
from explorer.theory import universal
from explorer.theory.mcshane import mcshane
from explorer.theory.universal import Theorem

MNIST = Theorem(n=60_000, d=784, eps=0.5, delta=0.01)
PARAMS = 78_600.0


def at(params: float) -> np.ndarray:
    return np.array([params], np.float64)


def bound(theorem: Theorem, params: float) -> float:
    return float(theorem.bound(at(params))[0])


THEOREMS = st.builds(
    Theorem,
    n=st.integers(1, 10**12),
    d=st.integers(1, 10**9),
    eps=st.floats(1e-6, 0.99),
    delta=st.floats(5e-324, 0.99),
    c=st.floats(1e-3, 1e9),
    mixture=st.integers(1, 10**6),
    weights=st.floats(1, 1e9),
    depth=st.integers(1, 1000),
)


def test_the_numbers_of_mnist() -> None:
    """Written out once more, with W = 20 sqrt(params) and J = (10 params)^2."""
    W, J = 20 * math.sqrt(PARAMS), (10 * PARAMS) ** 2
    logarithm = math.log(60 * W * J / 0.5)
    expected = 0.5 / 2**9 * math.sqrt(60_000 * 784 / (PARAMS * logarithm + math.log(4 / 0.01)))
    assert bound(MNIST, PARAMS) == pytest.approx(expected, rel=1e-12)
    assert f"{bound(MNIST, PARAMS):.2g}" == "0.0038"
    assert float(MNIST.log_net(at(PARAMS))[0]) == pytest.approx(40.6, abs=0.05)
    assert float(universal.shape(60_000, 784, at(PARAMS))[0]) == pytest.approx(24.5, abs=0.05)
    assert float(MNIST.with_logs(at(PARAMS))[0]) == pytest.approx(3.84, abs=0.005)
    assert f"{bound(MNIST, 60_000 * 786):.1g}" == "0.0001"
    assert MNIST.points_needed == pytest.approx(8**4 * math.log(8 / 0.01) / 0.25, rel=1e-12)
    assert not MNIST.enough_points
    assert replace(MNIST, n=110_000).enough_points


def test_the_slope_is_that_of_the_shape_but_for_the_logarithm() -> None:
    params = np.logspace(2, 12, 61)
    slopes = np.diff(np.log(MNIST.bound(params))) / np.diff(np.log(params))
    assert (np.abs(slopes + 0.5) <= 0.06).all()
    assert np.polyfit(np.log(universal.shape(60_000, 784, params)), np.log(params), 1)[0] == pytest.approx(-2)


@given(THEOREMS, st.floats(1, 1e15), st.floats(1.01, 10))
def test_it_is_monotone_in_every_argument(theorem: Theorem, params: float, factor: float) -> None:
    here = bound(theorem, params)
    for name in ("n", "d"):
        assert bound(replace(theorem, **{name: getattr(theorem, name) * factor}), params) > here
    for name in ("eps", "delta"):
        assert bound(replace(theorem, **{name: min(0.99, getattr(theorem, name) * factor)}), params) >= here
    for name in ("weights", "depth"):  # all the same where weights and params are 1
        assert bound(replace(theorem, **{name: getattr(theorem, name) * factor}), params) <= here
    assert bound(replace(theorem, c=theorem.c * factor), params) < here
    assert bound(theorem, params * factor) < here


@given(THEOREMS, st.floats(1, 1e15))
def test_no_size_overflows(theorem: Theorem, params: float) -> None:
    extreme = Theorem(n=1e12, d=1e9, eps=1e-6, delta=5e-324, weights=1e9, depth=1000)
    for each, size in ((theorem, params), (extreme, 1e15), (replace(extreme, n=1, d=1), 1.0)):
        n, d = each.n, each.d
        found = [bound(each, size), each.points_needed, float(each.with_logs(at(size))[0])]
        found += [float(f[0]) for f in (universal.shape(n, d, at(size)), universal.deep(n, d, at(size), each.depth))]
        found += [
            float(f[0]) for f in (universal.any_distribution(n, at(size)), universal.any_function(n, d, at(size)))
        ]
        assert np.isfinite(found).all()
        assert min(found) > 0


def log_finite_class(theorem: Theorem, log_size: float, lip: float) -> float:
    """Theorem 2: log of the most P(some L-Lipschitz f of a finite class has an error of sigma^2 - eps) can be.

    P <= 4 r exp(-n eps^2 / (8^3 r)) + 2 exp(log|F| - eps^2 n d / (8^4 c L^2)); above 0 it says nothing.
    """
    r, fit = theorem.mixture, theorem.n * theorem.eps**2
    means = math.log(4 * r) - fit / (8**3 * r)
    noise = math.log(2) + log_size - fit * theorem.d / (8**4 * theorem.c * lip**2)
    return float(np.logaddexp(means, noise))


@given(THEOREMS, st.floats(1, 1e12))
def test_theorem_3_follows_from_theorem_2(theorem: Theorem, params: float) -> None:
    """Through a net: with eps/2, twice the constant and log|F| = params log(60 W J / eps), as in the proof."""
    enough = replace(theorem, n=max(theorem.n, theorem.points_needed))
    halved = replace(enough, eps=enough.eps / 2)
    size = params * float(enough.log_net(at(params))[0])
    assert log_finite_class(halved, size, 2 * bound(enough, params)) <= math.log(enough.delta) + 1e-9


@pytest.mark.parametrize("depth", [2, 3, 4])
def test_a_network_moves_by_no_more_than_lemma_3_1_says(depth: int) -> None:
    """|f_w(x) - f_w'(x)| <= (w params)^D |w - w'| on the unit ball, for networks with all their weights in the box."""
    generator = torch.Generator().manual_seed(depth)
    d, k, most = 5, 4, 1.5

    def network(weights: torch.Tensor) -> nn.Sequential:
        layers = [nn.Linear(d, k), *(nn.Linear(k, k) for _ in range(depth - 2)), nn.Linear(k, 1, bias=False)]
        parts = [part for layer in layers for part in (layer, nn.ReLU())][:-1]
        net = nn.Sequential(*parts).double()
        nn.utils.vector_to_parameters(weights, net.parameters())
        return net

    count = universal.parameters(d, k, depth)
    ball = torch.randn(200, d, generator=generator, dtype=torch.float64)
    ball /= ball.norm(dim=1, keepdim=True)
    for size in (1e-3, 1.0):
        one = most * (2 * torch.rand(count, generator=generator, dtype=torch.float64) - 1)
        step = size * (2 * torch.rand(count, generator=generator, dtype=torch.float64) - 1)
        other = (one + step).clamp(-most, most)
        assert sum(p.numel() for p in network(one).parameters()) == count
        with torch.no_grad():
            moved = (network(one)(ball) - network(other)(ball)).abs().max()
        assert float(moved) <= (most * count) ** depth * float((one - other).norm())
        assert float((one - other).norm()) <= 2 * most * math.sqrt(count)


def test_two_points_force_one_on_every_exact_fit_in_the_ball() -> None:
    """What bounds below 1 are held against."""
    for seed in range(5):
        points = synthetic.sphere(40, 3, 1.0, seed)
        assert mcshane(*points.tensors(dtype=torch.float64)) >= 1
    opposite = torch.tensor([[1.0, 0.0], [-1.0, 0.0]])
    assert mcshane(opposite, torch.tensor([1.0, -1.0])) == pytest.approx(1)


def test_shapes_of_others() -> None:
    assert float(universal.deep(60_000, 784, at(PARAMS), 4)[0]) == pytest.approx(math.sqrt(60_000 * 784 / (4 * PARAMS)))
    assert float(universal.any_distribution(60_000, at(600))[0]) == pytest.approx(10)
    assert universal.any_function(1024, 10, np.array([1.0, 9.0])).tolist() == pytest.approx([2, 2])
    k = 100
    expected = math.sqrt(60_000 / (101 * math.log(101 * 60_000 * 784 / 0.5)))
    assert float(universal.two_layers(60_000, 784, at(k * 786), 0.5)[0]) == pytest.approx(expected)
    assert np.isnan(universal.two_layers(60_000, 784, at(785), 0.5)).all()
    assert universal.parameters(784, 100, 2) == 100 * 786
