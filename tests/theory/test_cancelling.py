"""Averages that cancel by chance, beside scipy and simulated weights."""

import numpy as np
import pytest
import torch
from scipy import stats

from explorer.measure.criteria import Misclassified
from explorer.nets.activations import Tanh
from explorer.nets.mlp import initialise
from explorer.theory.cancelling import deviation, mean_norm


@pytest.mark.parametrize("k", [1, 2, 5, 20, 98, 998])
def test_mean_norms_are_those_of_scipy_and_of_draws(k: int) -> None:
    assert mean_norm(k, "l2") == pytest.approx(stats.chi(k).mean(), rel=1e-10)
    draws = np.abs(np.random.default_rng(0).standard_normal((20_000, k))).max(1)
    assert mean_norm(k, "linf") == pytest.approx(draws.mean(), abs=5 * draws.std() / 20_000**0.5)
    assert mean_norm(1, "l2") == pytest.approx(mean_norm(1, "linf")) == pytest.approx((2 / np.pi) ** 0.5)


def test_normal_gradients_are_spread_like_that_when_their_weights_are_drawn_from_the_prior() -> None:
    """Networks whose other weights stay: what the mean gradient does over 4000 draws of those of four coordinates."""
    d, k, S, scale = 6, 5, 7, 1.7
    generator = torch.Generator().manual_seed(3)
    nets = initialise([d, k, 2], range(S), Tanh()).to(torch.float64)
    x = torch.zeros(3, d, dtype=torch.float64)
    x[:, :2] = torch.randn(3, 2, generator=generator, dtype=torch.float64)
    aim = Misclassified(torch.tensor([0, 1, 1]))
    _, r = nets.first_vjp(x.expand(S, -1, -1), aim.slope)
    expected = deviation(r.square().sum((0, 2)).numpy(), S, scale)
    first, *_ = nets.layers
    means = []
    for _ in range(4000):
        first.W[..., 2:] = scale * torch.randn(S, k, d - 2, generator=generator, dtype=torch.float64)
        means.append(nets.vjp(x.expand(S, -1, -1), aim.slope)[1].mean(0)[:, 2:])
    found = torch.stack(means)
    assert found.std(0).numpy() == pytest.approx(np.broadcast_to(expected[:, None], (3, d - 2)), rel=0.06)
    assert (found.mean(0).abs().numpy() < 4 * expected[:, None] / 4000**0.5).all()
    largest = found.abs().amax(-1).mean(0).numpy()
    assert largest == pytest.approx(expected * mean_norm(d - 2, "linf"), rel=0.05)
