"""Caps of the sphere: against scipy's distributions, quadrature and random points."""

import numpy as np
import pytest
from scipy import integrate, stats

from explorer.theory import caps

T = np.array([0.0, 0.1, 0.5, 0.9])


@pytest.mark.parametrize("d", [2, 3, 10, 300])
def test_a_share_is_that_of_the_beta_law(d: int) -> None:
    """(u . x + 1) / 2 is Beta((d - 1) / 2, (d - 1) / 2)."""
    expected = stats.beta((d - 1) / 2, (d - 1) / 2).sf((T + 1) / 2)
    np.testing.assert_allclose(caps.share(T, d), expected, rtol=1e-9, atol=1e-300)


@pytest.mark.parametrize("d", [3, 4, 20])
def test_the_mean_slope_is_the_integral(d: int) -> None:
    law = stats.beta((d - 1) / 2, (d - 1) / 2, loc=-1, scale=2)
    for t, found in zip(T, caps.tangential(T, d), strict=True):
        expected, _ = integrate.quad(lambda u: np.sqrt(1 - u**2) * law.pdf(u), t, 1)
        assert found == pytest.approx(expected, rel=1e-7)


def test_random_points_agree() -> None:
    x = np.random.default_rng(0).standard_normal((400_000, 6))
    u = x[:, 0] / np.linalg.norm(x, axis=1)
    slopes = (u > 0.5) * np.sqrt(1 - u**2)
    error = 4 * slopes.std() / np.sqrt(len(u))
    assert caps.tangential(np.array([0.5]), 6)[0] == pytest.approx(slopes.mean(), abs=error)


def test_nothing_overflows_in_many_dimensions() -> None:
    found = caps.tangential(T, 10**6)
    assert np.isfinite(found).all()
    assert (np.diff(found) <= 0).all()
