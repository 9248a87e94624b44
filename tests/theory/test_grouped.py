"""The grouped construction against least squares, and its formulas where they are exact."""

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.data import synthetic
from explorer.measure.fit import fit
from explorer.measure.lipschitz import bracket
from explorer.theory import grouped as theory
from explorer.theory.grouped import grouped, width


def points(n: int, d: int, seed: int = 0) -> tuple[Tensor, Tensor]:
    return synthetic.sphere(n, d, 1.0, seed).tensors(dtype=torch.float64)


@pytest.mark.parametrize("m", [1, 2, 3, 7, 20])
def test_each_neuron_is_the_shortest_solution_of_its_group(m: int) -> None:
    X, y = points(101, 40)
    net = grouped(X, y, m)
    expected = [
        (np.linalg.lstsq(group, np.full(len(group), 2.0), rcond=None)[0], label)
        for label in (-1.0, 1.0)
        for group in np.array_split(X[y == label].numpy(), math.ceil(int((y == label).sum()) / m))
    ]
    assert net.widths == (len(expected),) == (width(y, m),)
    np.testing.assert_allclose(net.W.T.numpy(), np.array([w for w, _ in expected]), atol=1e-10)
    assert net.outer.tolist() == [label for _, label in expected]
    assert (net.b == -1).all()


def test_it_fits_where_there_is_room() -> None:
    X, y = points(300, 600)
    for m in (1, 2, 4):
        found = fit(grouped(X, y, m), X, y)
        assert found is not None
        assert found.error < 1e-9
        assert found.misfit == 0
        assert 0.98 <= found.slope / (2 * math.sqrt(m)) <= 1.15


@pytest.mark.parametrize(
    ("labels", "k"), [([1, 1, 1], 2), ([1, -1, -1], 2), ([0.5, 2.0, -3.0], 3), ([0, 0, 1], 2), ([1], 1)]
)
def test_labels_of_any_number_and_share(labels: list[float], k: int) -> None:
    y = torch.tensor(labels, dtype=torch.float64)
    X = torch.eye(5, dtype=torch.float64)[: len(y)]
    net = grouped(X, y, 2)
    assert net.widths == (k,)
    torch.testing.assert_close(net.outputs(X)[0], y)


def test_what_cannot_be_grouped_is_refused() -> None:
    X, y = points(10, 3)
    for m in (0, 4):
        with pytest.raises(ValueError, match="between 1 and d = 3"):
            grouped(X, y, m)
    with pytest.raises(ValueError, match="at least one point"):
        grouped(X[:0], y[:0], 1)
    with pytest.raises(ValueError, match="linearly dependent"):
        grouped(X[:1].expand(2, -1), torch.ones(2, dtype=torch.float64), 2)


def test_formulas_meet_where_neurons_run_out() -> None:
    assert theory.on_sphere(3, 100) == 6
    assert theory.in_ball(3, 100) == 12
    assert theory.in_ball(3, 100, 1.5) == 18
    assert theory.in_ball(3, 12) == 12
    for same in range(1, 7):  # the largest over all tilts, by brute force
        tilts = np.linspace(0, np.pi / 2, 100_001)
        most = np.minimum(same, np.floor(4 * 3 * np.cos(tilts) ** 2 + 1e-9))
        assert theory.on_sphere(3, same) == pytest.approx((2 * np.sqrt(3 * most) * np.sin(tilts)).max(), rel=1e-3)


@pytest.mark.parametrize(("k", "m"), [(1, None), (2, 4), (3, 2), (4, 2), (5, 2), (6, 1), (9, 1)])
def test_the_smallest_groups_for_so_many_neurons(k: int, m: int | None) -> None:
    y = torch.tensor([1.0, -1.0, -1.0, 1.0, -1.0, -1.0])
    assert theory.smallest(y, k) == m
    assert m is None or width(y, m) <= k


@pytest.mark.parametrize(("n", "d", "m"), [(60, 40, 1), (60, 40, 3), (100, 160, 2), (12, 30, 6)])
def test_no_gradient_exceeds_what_is_certified(n: int, d: int, m: int) -> None:
    X, y = points(n, d)
    net = grouped(X, y, m)
    for radius in (1.0, 1.5):
        found = bracket(net, X, radius=radius, seed=0)
        assert float(found.lower[0]) <= theory.certified(net, radius)


@pytest.mark.parametrize(("radius", "neurons"), [(1.0, 20), (0.5, 20), (1.0, 3)])
def test_of_orthogonal_groups_the_certificate_is_the_formula(radius: float, neurons: int) -> None:
    m, d = 2, 40
    X = torch.eye(d, dtype=torch.float64)[: m * neurons]
    net = grouped(X, torch.ones(m * neurons, dtype=torch.float64), m)
    assert theory.certified(net, radius) == pytest.approx(theory.in_ball(m, neurons, radius))
