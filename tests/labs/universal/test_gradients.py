"""The panel `gradients`: means against closed forms, largest gradients against formulas, and plain random points."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.data import synthetic
from explorer.device import pick
from explorer.frames import Columns, Frame
from explorer.labs.universal.gradients import GRADIENTS, GradientsSettings, compute
from explorer.labs.universal.gradients.compute import measured, stream
from explorer.nets.two_layer import Ensemble
from explorer.theory.grouped import grouped
from explorer.vectors import unit
from tests.theory.tangential import tangent


def never() -> bool:
    return False


def row(n: int, d: int, m: int, draws: int = 2000, seed: int = 0) -> Columns:
    found = measured(n, d, m, draws, seed, pick("cpu"), never)
    assert found is not None
    return found


def test_at_the_size_of_the_issue_random_points_see_nothing_and_the_largest_is_there() -> None:
    n = d = 1000
    found = row(n, d, 4)
    assert found["misfit"][0] == 0
    assert 0.8 <= found["max"][0] / found["law"][0] <= 1.1
    X, y = synthetic.sphere(n, d, noise=1.0, seed=0).tensors(dtype=torch.float64, device=torch.device("cpu"))
    net = grouped(X, y, 4)
    generator = torch.Generator().manual_seed(7)
    on = 0
    for _ in range(20):
        points = unit(torch.randn(1000, d, generator=generator, dtype=torch.float64))
        on += int((net.preactivations(points) > 0).any(1).sum())
    assert on == 0  # of 20,000; expected are 5e-9
    assert found["share"][0] * 20_000 < 1e-6


def neuron_by_neuron(n: int, d: int, m: int) -> float:
    """The sum of the neurons' own mean gradients: exact where no two are on at once, and never too small."""
    X, y = synthetic.sphere(n, d, noise=1.0, seed=0).tensors(dtype=torch.float64, device=torch.device("cpu"))
    net = grouped(X, y, m)
    sizes = net.W.norm(dim=0).numpy()
    return float((np.abs(net.outer.numpy()) * sizes * tangent(d, 1 / sizes)).sum())


@pytest.mark.parametrize("m", [1, 2, 4])
def test_the_mean_is_that_of_disjoint_caps_where_they_hardly_meet(m: int) -> None:
    far, near = row(100, 600, m), row(100, 60, m)
    assert far["mean"][0] == pytest.approx(neuron_by_neuron(100, 600, m), rel=0.01)
    assert far["low"][0] < far["mean"][0] < far["high"][0]
    assert near["low"][0] <= neuron_by_neuron(100, 60, m)


@pytest.mark.parametrize("seed", [0, 1])
def test_with_d_the_mean_falls_and_the_largest_stays(seed: int) -> None:
    *_, last = stream(GradientsSettings.make(seed=seed), pick("cpu"), never)
    table = last.tables["gradients"]
    GRADIENTS.check(table)
    for m in (1, 2, 4):
        own = table["m"] == m
        assert (np.diff(table["d"][own]) > 0).all()
        assert (table["high"][own][1:] < table["low"][own][:-1] / 10).all()
        ratio = (table["max"] / table["law"])[own]
        assert 0.8 <= ratio.min() <= ratio.max() <= 1.1
    assert (table["misfit"][table["d"] >= 300] == 0).all()


def test_what_does_not_fit_is_told() -> None:
    assert row(100, 50, 4, draws=100)["misfit"][0] > 0.3


def test_a_cell_is_the_same_whatever_else_is_run_and_stops_when_told() -> None:
    settings = GradientsSettings.make(n=12, ds=(30, 60), sizes=(1, 2), draws=200)
    frames = list(stream(settings, pick("cpu"), never))
    assert [frame.step for frame in frames] == [1, 2, 3, 4]
    alone = list(stream(settings.changed(ds=(60,), sizes=(2,)), pick("cpu"), never))[-1].tables["gradients"]
    for name in alone:
        assert alone[name][0] == frames[-1].tables["gradients"][name][-1]
    assert not list(stream(settings, pick("cpu"), lambda: True))


def test_each_seed_dimension_and_group_size_has_draws_of_its_own(monkeypatch: pytest.MonkeyPatch) -> None:
    streams, data = [], []
    measure, sphere = compute.measure, synthetic.sphere

    def watched(net: Ensemble, draws: int, generator: torch.Generator, stop: Callable[[], bool]) -> object:
        streams.append(generator.initial_seed())
        return measure(net, draws, generator, stop)

    def drawn(n: int, d: int, noise: float, seed: int) -> synthetic.Points:
        data.append((d, seed))
        return sphere(n, d, noise=noise, seed=seed)

    monkeypatch.setattr(compute, "measure", watched)
    monkeypatch.setattr(synthetic, "sphere", drawn)
    for seed in (0, 1):
        list(stream(GradientsSettings.make(n=12, ds=(30, 60), sizes=(1, 2), draws=100, seed=seed), pick("cpu"), never))
    assert len(set(streams)) == len(streams) == 8
    assert set(data) == {(30, 0), (60, 0), (30, 1), (60, 1)}


def test_the_formula_is_of_the_mean_size_of_a_group() -> None:
    """Not of the largest that is allowed: 2 sqrt(m A), m = n / k, A = min(k, 4 m) neurons on."""
    row = measured(23, 60, 4, 100, 0, pick("cpu"), never)
    assert row is not None
    n, k = 23, int(row["k"][0])
    assert k > n / 4  # labels are not even
    assert row["law"][0] == pytest.approx(2 * (n / k * min(k, 4 * n / k)) ** 0.5)


def test_groups_larger_than_the_dimension_are_left_out() -> None:
    settings = GradientsSettings.make(n=12, ds=(3, 60), sizes=(1, 4), draws=100)
    frames = [each for each in stream(settings, pick("cpu"), never) if isinstance(each, Frame)]
    table = frames[-1].tables["gradients"]
    assert list(zip(table["d"].tolist(), table["m"].tolist(), strict=True)) == [(3, 1), (60, 1), (60, 4)]
