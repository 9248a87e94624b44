"""Caps of the sphere: against scipy's beta law, quadrature and random points."""

import math

import numpy as np
import pytest
from scipy import integrate, stats

from explorer.theory.caps import inside, share
from tests.theory.tangential import tangent

GRID = [(2, 0.3), (3, 0.0), (3, 0.5), (10, 0.25), (200, 0.25), (1000, 0.25), (1000, 0.5)]


@pytest.mark.parametrize(("d", "t"), GRID)
def test_a_share_is_half_the_tail_of_a_beta_law(d: int, t: float) -> None:
    expected = stats.beta((d - 1) / 2, 0.5).cdf(1 - t**2) / 2
    assert share(d, np.array([t]))[0] == pytest.approx(expected, rel=1e-10)


def test_shares_that_are_known() -> None:
    t = np.array([0.0, 0.4, 1.0, 1.5])
    assert share(3, t) == pytest.approx([0.5, 0.3, 0.0, 0.0])  # Archimedes: (1 - t) / 2
    assert share(2, t) == pytest.approx([*np.arccos(t[:3]) / math.pi, 0.0])


@pytest.mark.parametrize(("d", "t"), GRID)
def test_the_mean_tangential_part_is_that_of_quadrature(d: int, t: float) -> None:
    """In units of the density at t, which far from 0 is all but 0."""
    logs = stats.beta(0.5, (d - 1) / 2)

    def integrand(angle: float) -> float:
        """u = sin(angle), so that d = 2 has no pole."""
        return math.exp((d - 2) * (math.log(math.cos(angle)) - math.log(math.cos(math.asin(t))))) * math.cos(angle)

    steep = 4 / math.sqrt(d) if t == 0 else min(60 / (d * t), 10)
    end = min(math.asin(t) + steep, math.pi / 2)
    value, _ = integrate.quad(integrand, math.asin(t), math.pi / 2, points=[end] if end < math.pi / 2 else None)
    scale = math.exp(
        (d - 2) * math.log(math.cos(math.asin(t))) + math.lgamma(d / 2) - math.lgamma((d - 1) / 2)
    ) / math.sqrt(math.pi)
    assert logs.sf(t**2) / 2 == pytest.approx(share(d, np.array([t]))[0], rel=1e-6)
    assert tangent(d, np.array([t]))[0] == pytest.approx(scale * value, rel=1e-7)


@pytest.mark.parametrize(("d", "t"), GRID)
def test_levels_are_shares_of_the_cap(d: int, t: float) -> None:
    level = np.linspace(0.01, 0.99, 50)
    u = inside(d, np.full(50, t), level)
    assert (u >= t).all()
    assert share(d, u) / share(d, np.array([t])) == pytest.approx(level, rel=1e-9)
