"""What chains of Hamiltonian Monte Carlo are draws of, against closed forms; errors are those of the ESS."""

import numpy as np
import pytest
import torch

from explorer.measure.convergence import ess, rhat
from explorer.train.hmc import Walk
from tests.train.posteriors import Gaussian, linear, starts, walked


@pytest.mark.parametrize("dtype", [torch.float64, torch.float32], ids=str)
def test_bayesian_linear_regression_has_its_mean_and_covariance(dtype: torch.dtype) -> None:
    target, mean, covariance = linear(dtype)
    walk = Walk(leapfrogs=12, step_size=0.05, warmup=60)
    path = walked(target, starts(target, 40), walk, 180, range(40))[60:]
    draws = torch.stack([chains.position for chains in path], 1).double().numpy()  # chains, draws, parameters
    for j in range(3):
        assert rhat(draws[:, :, j]) < 1.01
        error = np.sqrt(covariance[j, j] / ess(draws[:, :, j]))
        assert abs(draws[:, :, j].mean() - mean[j]) < 3.5 * error
    centred = draws - mean
    for i, j in zip(*np.triu_indices(3), strict=True):
        products = centred[:, :, i] * centred[:, :, j]
        assert abs(products.mean() - covariance[i, j]) < 3.5 * products.std() / np.sqrt(ess(products))
    assert ess(draws[:, :, 0]) > 1000  # or the errors above allow anything


def test_a_coarse_step_is_mended_by_rejection() -> None:
    """With a third rejected the variances are still right, which those of the integrator alone are not."""
    deviations = torch.tensor([1.0, 0.5, 2.0], dtype=torch.float64)
    target, walk = Gaussian(deviations), Walk(leapfrogs=3, step_size=0.82, accept=None)
    path = walked(target, deviations * torch.zeros(100, 3, dtype=torch.float64), walk, 220, range(100))[20:]
    accepted = torch.stack([chains.moved for chains in path]).double().mean().item()
    assert 0.4 < accepted < 0.8
    expected = torch.stack([chains.accept for chains in path]).mean().item()
    assert accepted == pytest.approx(expected, abs=0.01)
    draws = torch.stack([chains.position for chains in path], 1).numpy()
    for j, deviation in enumerate(deviations.tolist()):
        squares = draws[:, :, j] ** 2
        assert abs(squares.mean() - deviation**2) < 3.5 * squares.std() / np.sqrt(ess(squares))


def test_every_iteration_of_chains_that_are_draws_leaves_them_draws() -> None:
    """exp(-error) has the mean 1 where chains start in the target (Jarzynski), whatever the step size."""
    deviations = torch.tensor([1.0, 0.5, 2.0], dtype=torch.float64)
    position = deviations * torch.randn(5_000, 3, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    (after,) = walked(Gaussian(deviations), position, Walk(4, 0.6, accept=None), 1, range(5_000))
    weights = (-after.error).exp()
    assert abs(weights.mean() - 1) < 3.5 * weights.std() / len(weights) ** 0.5
    assert weights.std() > 0.1
