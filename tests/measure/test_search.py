"""The search against all cells of small networks, and against dense grids: within 2 % on every one."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.measure.lipschitz import bracket
from explorer.nets.activations import Activation, Polynomial, Rectified, Tanh
from explorer.nets.two_layer import Ensemble
from tests.measure import cells

Draw = Callable[[np.random.Generator, int, int], tuple[np.ndarray, np.ndarray, np.ndarray]]


def rows(rng: np.random.Generator, d: int, k: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Rows W, outer weights, and |w_j|."""
    W = rng.standard_normal((k, d))
    return W, rng.standard_normal(k), np.linalg.norm(W, axis=1)


def plain(rng, d, k):
    W, a, _ = rows(rng, d, k)
    return W, 0.7 * np.sqrt(d) * rng.standard_normal(k), a


def sizes_apart(rng, d, k):
    """Neurons of very different sizes, each of which matters."""
    W, a, size = rows(rng, d, k)
    scale = 10 ** rng.uniform(-3, 3, k)
    return W * scale[:, None], rng.uniform(-1, 1, k) * size * scale, a / scale * 10 ** rng.uniform(-0.5, 0.5, k)


def kinks_at_the_rim(rng, d, k):
    W, a, size = rows(rng, d, k)
    return W, rng.uniform(-1.1, 1.1, k) * size, a


def kinks_through_the_centre(rng, d, k):
    W, a, _ = rows(rng, d, k)
    return W, np.zeros(k), a


def twins(rng, d, k):
    """Pairs of parallel kinks."""
    W, a, _ = rows(rng, d, k)
    half = -(-k // 2)
    W[half:] = W[: k - half] * rng.choice([-1.0, 1.0], (k - half, 1))
    return W, rng.uniform(-0.8, 0.8, k) * np.linalg.norm(W, axis=1), a


def integers(rng, d, k):
    """Many kinks meet in one point, or are one and the same."""
    return tuple(rng.integers(-3, 4, shape).astype(float) for shape in ((k, d), k, k))


def steep(rng, d, k):
    W, a, _ = rows(rng, d, k)
    return W * rng.uniform(1, 80), rng.uniform(-0.6, 0.6, k), a * rng.exponential(1, k)


KINDS: list[Draw] = [plain, sizes_apart, kinks_at_the_rim, kinks_through_the_centre, twins, integers, steep]


def made(kind: Draw, activation: Activation, count: int, d: int) -> Ensemble:
    rng = np.random.default_rng(1000 * KINDS.index(kind) + 10 * activation.degree + d)
    widths = tuple(int(k) for k in rng.integers(1, 13, count))
    W, b, a = (np.concatenate(part) for part in zip(*(kind(rng, d, k) for k in widths), strict=True))
    b = b * activation.biased
    inner = torch.tensor(np.vstack([W.T, b]))
    return Ensemble(inner, torch.tensor(a), widths, tuple(range(count)), activation)


def found(nets: Ensemble, radius: float) -> tuple[np.ndarray, np.ndarray]:
    bounds = bracket(nets, torch.zeros(0, nets.d, dtype=torch.float64), radius=radius, seed=0)
    return bounds.lower.numpy(), bounds.upper.numpy()


@pytest.mark.parametrize("d", [1, 2, 3])
@pytest.mark.parametrize("kind", KINDS)
def test_every_cell_of_500_small_networks_is_found(kind: Draw, d: int) -> None:
    nets, radius = made(kind, Rectified(1), 24, d), (1.0, 1.5, 3.0)[KINDS.index(kind) % 3]
    exact = []
    for i in range(len(nets)):
        one = nets.select([i])
        exact.append(cells.steepest(one.W.T.numpy(), one.b.numpy(), one.outer.numpy(), radius))
    lower, upper = found(nets, radius)
    assert (lower >= 0.98 * np.array(exact)).all()
    assert (lower <= np.array(exact) * (1 + 1e-9)).all()  # the cells are all there are
    assert (upper >= exact).all()


@pytest.mark.parametrize("activation", [Rectified(2), Rectified(3), Tanh(), Polynomial(3)], ids=str)
@pytest.mark.parametrize("kind", KINDS)
def test_no_grid_finds_more(kind: Draw, activation: Activation) -> None:
    for d in (1, 2, 3):
        nets = made(kind, activation, 3, d)
        lower, upper = found(nets, 1.0)
        best = np.array([cells.climbed(nets.select([i]), 1.0) for i in range(len(nets))])
        assert (lower >= 0.98 * best).all()
        assert (upper >= best * (1 - 1e-9)).all()


def case(W: list[list[float]], b: list[float], a: list[float], activation: Activation) -> Ensemble:
    inner = torch.tensor([*W, b], dtype=torch.float64)
    return Ensemble(inner, torch.tensor(a, dtype=torch.float64), (len(a),), (0,), activation)


def test_weak_kinks_far_from_the_data_are_found() -> None:
    """A network of a report, of which the search once found 110.06 where a grid finds 147.79."""
    W = """69.16936013 -64.26110887 57.55807325 23.77694537 -27.55571859
            45.66486742 80.39683463 52.45597162 -54.73290199 -14.29030947
            42.11892814 -14.94609236 33.04525354 -37.13831919 33.496134
            46.64278969 125.75487657 -5.18309583 -57.06000519 4.23345163"""
    b = """-0.52651711 -0.06902966 0.08145084 0.49362857 -0.26525654
            -0.53948653 0.15858256 0.2014119 0.08690302 0.16717892"""
    a = """0.74424238 0.01891617 -0.72392366 -1.06304874 -0.35121266
            -0.85065057 -0.36108713 0.23844693 -0.22557108 -2.20448769"""
    W, b, a = (np.array(text.split(), float) for text in (W, b, a))
    net = case(W.reshape(2, 10).tolist(), b.tolist(), a.tolist(), Rectified(1))
    assert found(net, 1.0)[0][0] == pytest.approx(147.7898, rel=1e-5)


@pytest.mark.parametrize("w", [67.0, -67.0, 6.7e5, 1e10])
def test_the_peak_of_one_tanh_is_found_however_thin(w: float) -> None:
    lower, upper = found(case([[w]], [0.6 * abs(w)], [1.0], Tanh()), 1.0)
    assert lower[0] == pytest.approx(abs(w), rel=1e-3)
    assert lower[0] <= abs(w) <= upper[0]
