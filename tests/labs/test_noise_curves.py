"""Steepness against training error: how a network's curve is read."""

import numpy as np
import pytest

from explorer.frames import Tables
from explorer.labs.noise_curves import NOISE, curves, price, ratios

MSE = 10 ** -np.linspace(0, 3.1, 20)


def powers(power: float, clean: float, seeds: int = 3) -> Tables:
    """Lip = mse^-power with noise 0.5 and mse^-clean without, of one width."""
    ways = [(sigma, seed, MSE**-p) for sigma, p in ((0.5, power), (0.0, clean)) for seed in range(seeds)]
    rows = [(sigma, 64, seed, i, MSE[i], lower[i]) for sigma, seed, lower in ways for i in range(len(MSE))]
    return {"noise": NOISE.of(rows)}


def test_a_curve_is_read_between_its_points_and_not_beyond() -> None:
    (first, *_) = curves(powers(0.5, 0.1), 0.5)
    assert (first.k, first.seed) == (64, 0)
    np.testing.assert_allclose(first.at(np.array([0.25, 0.025, 1e-3])), [2, 40**0.5, 1000**0.5])
    assert np.isnan(first.at(np.array([2.0, 1e-6]))).all()


def test_an_error_that_rises_for_a_while_is_left_out() -> None:
    table = {
        "sigma": np.zeros(4),
        "k": np.full(4, 8),
        "seed": np.zeros(4, int),
        "step": np.arange(4),
        "mse": np.array([1, 0.5, 0.8, 0.1]),
        "lower": np.array([1.0, 2.0, 9.0, 4.0]),
    }
    (only,) = curves({"noise": table}, 0.0)
    assert only.mse.tolist() == [1, 0.5, 0.1]


def test_the_price_is_beside_the_same_networks_without_noise() -> None:
    tables = powers(0.5, 0.1)
    assert ratios(tables, 0.5, 0.25) == pytest.approx({(64, seed): 10**0.5 for seed in range(3)})
    paid = price(tables, 0.5)
    assert paid is not None
    np.testing.assert_allclose(paid.found, 10**0.5)
    assert (paid.both, paid.more) == (3, pytest.approx(10**0.4))
    np.testing.assert_allclose(paid.interval, 10**0.4)
    assert price(tables, 0.0) is None  # there is no noise
    assert price(tables, 0.7) is None  # no such network
    assert price(powers(0.5, 0.1, seeds=1), 0.5) is None  # one network tells no interval
