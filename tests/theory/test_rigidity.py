"""Kinks against the constant: closed forms, a fine grid of the circle, and the theorem where it holds and where not."""

import numpy as np
import pytest

from explorer.measure import rigidity as measured
from explorer.theory import rigidity
from explorer.theory.rigidity import Relus


def rng(seed: int) -> np.random.Generator:
    return np.random.default_rng(seed)


def value(net: Relus, x: np.ndarray) -> np.ndarray:
    return np.maximum(x @ net.u.T - net.t, 0) @ net.a


def grid(count: int = 200_000) -> np.ndarray:
    angle = np.linspace(0, 2 * np.pi, count, endpoint=False)
    return np.stack([np.cos(angle), np.sin(angle)], axis=1)


def test_steepness_is_the_slope_along_the_sphere() -> None:
    net, x = rigidity.random(6, 4, rng(0)), np.eye(4)[:1]
    moves = np.eye(4)[1:]  # an orthonormal frame of the tangent space at the first unit vector
    step = 1e-6
    ahead, behind = ((x + s * moves) / np.sqrt(1 + s**2) for s in (step, -step))
    slopes = (value(net, ahead) - value(net, behind)) / (2 * step)
    assert net.steepness(x)[0] == pytest.approx(np.linalg.norm(slopes), rel=1e-6)


@pytest.mark.parametrize("make", [lambda s: rigidity.random(7, 2, rng(s)), lambda s: rigidity.four_cycle(2, rng(s))])
@pytest.mark.parametrize("seed", range(4))
def test_on_the_circle_the_constant_is_that_of_a_fine_grid(seed: int, make) -> None:
    net = make(seed)
    assert measured.on_circle(net) == pytest.approx(net.steepness(grid()).max(), rel=1e-4)


@pytest.mark.parametrize("seed", range(4))
def test_the_kinks_of_a_four_cycle_cancel(seed: int) -> None:
    f = value(rigidity.four_cycle(2, rng(seed)), grid())
    bend = np.roll(f, 1) - 2 * f + np.roll(f, -1)
    kink = 2 * np.pi / len(f)  # what one kink of size 1 leaves in this difference
    assert np.abs(bend).max() < 1e-3 * kink


@pytest.mark.parametrize("seed", range(5))
def test_in_the_plane_the_four_cycle_breaks_the_bound(seed: int) -> None:
    assert measured.ratio(rigidity.four_cycle(2, rng(seed)), rng(100)) > 1.5


@pytest.mark.parametrize("d", [3, 5, 20])
@pytest.mark.parametrize("seed", range(3))
def test_above_the_plane_nothing_does(seed: int, d: int) -> None:
    nets = rigidity.random(8, d, rng(seed)), rigidity.folded(d, rng(seed)), rigidity.four_cycle(d, rng(seed))
    for net in nets:
        assert 0 < measured.ratio(net, rng(100 + seed)) <= 1 + 1e-9


@pytest.mark.parametrize("d", [2, 3, 12])
def test_a_fold_attains_it_as_its_kink_nears_the_equator(d: int) -> None:
    net = rigidity.folded(d, rng(d))
    assert measured.ratio(net, rng(0)) == pytest.approx(np.sqrt(1 - net.t[0] ** 2), rel=1e-3)


def test_the_search_on_the_sphere_finds_more_than_many_points() -> None:
    net = rigidity.random(8, 3, rng(0))
    x = rng(1).standard_normal((50_000, 3))
    x /= np.linalg.norm(x, axis=1, keepdims=True)
    assert measured.on_sphere(net, rng(2)) >= 0.999 * net.steepness(x).max()
