"""Mean and largest gradient of the grouped construction: against random points, and the formula of the largest."""

import numpy as np
import pytest
import torch

from explorer.data import synthetic
from explorer.device import pick
from explorer.frames import Frame
from explorer.labs.universal.gradients import GradientsSettings, compute
from explorer.theory.grouped import grouped, on_sphere
from explorer.vectors import unit


def network(n: int, d: int, m: int):
    X, y = synthetic.sphere(n, d, noise=1.0, seed=0).tensors(dtype=torch.float64)
    return grouped(X, y, m)


def slopes(net, count: int) -> torch.Tensor:
    """Tangential gradients at random points of the sphere."""
    x = unit(torch.randn(count, net.d, generator=torch.Generator().manual_seed(1), dtype=torch.float64))
    g = net.gradients(x)[0]
    return (g - (g * x).sum(1, keepdim=True) * x).norm(dim=1)


@pytest.mark.parametrize(("n", "d", "m"), [(4, 8, 1), (20, 20, 2), (50, 30, 4)])
def test_the_mean_is_at_least_that_of_random_points_and_near_it_where_few_are_on(n: int, d: int, m: int) -> None:
    net = network(n, d, m)
    found = slopes(net, 200_000)
    error = 4 * float(found.std()) / len(found) ** 0.5
    assert compute.mean(net) >= float(found.mean()) - error
    if n == 4:  # caps hardly meet
        assert compute.mean(net) == pytest.approx(float(found.mean()), rel=0.1)


def test_no_random_point_has_a_gradient_in_many_dimensions_but_the_largest_is_as_the_formula_says() -> None:
    settings = GradientsSettings.make(n=400, ds=(400,), sizes=(4,))
    *_, last = (each for each in compute.stream(settings, pick("cpu"), lambda: False) if isinstance(each, Frame))
    table = last.tables["gradients"]
    assert float(slopes(network(400, 400, 4), 20_000).max()) == 0 or table["mean"][0] > 1e-4
    same = table["k"][0] / 2
    assert 0.8 <= table["max"][0] / on_sphere(400 / table["k"][0], same) <= 2.0  # both signs may add up


def test_the_mean_falls_with_d_and_the_largest_stays() -> None:
    settings = GradientsSettings.make(ds=(50, 100, 200), sizes=(1, 2))
    *_, last = (each for each in compute.stream(settings, pick("cpu"), lambda: False) if isinstance(each, Frame))
    table = last.tables["gradients"]
    for k in np.unique(table["k"]):
        rows = table["k"] == k
        assert (np.diff(table["mean"][rows]) < 0).all()
        assert table["max"][rows][-1] > 0.5 * table["max"][rows][0]


def test_a_group_of_more_points_than_dimensions_is_left_out() -> None:
    settings = GradientsSettings.make(n=20, ds=(3, 30), sizes=(2, 8))
    *_, last = (each for each in compute.stream(settings, pick("cpu"), lambda: False) if isinstance(each, Frame))
    assert last.tables["gradients"]["d"].tolist().count(3) == 1
