"""How networks of the law lab are started, named and measured, and which combinations are refused."""

import numpy as np
import pytest
import torch

from explorer.labs.law import LAB, training
from explorer.labs.law.trained import TrainedSettings
from explorer.settings import SettingsError
from explorer.theory.grouped import grouped

CPU = torch.device("cpu")
TINY: dict = {"n": 24, "d": 6, "widths": (6, 9, 40), "seeds": 2, "max_steps": 60}


def settings(**changes: object) -> TrainedSettings:
    return TrainedSettings.make(**TINY | changes)


# Start -------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("k", [6, 7, 12, 24, 40])
def test_the_grouped_start_is_the_construction_whatever_the_width(k: int) -> None:
    X, y = training.points(settings(), 24, CPU)
    net = training.from_grouped(X, y, k, 3, 1.0)
    assert net.widths == (k,)
    assert net.seeds == (3,)
    on = net.outer != 0
    assert (net.b[on] == -1).all()
    assert set(net.outer[on].tolist()) <= {-1.0, 1.0}
    again = net.W.T[on] @ X.double().T  # every point has a neuron of its own label at 2
    reached = ((again - 2).abs() < 1e-6) & (net.outer[on][:, None] == y)
    assert reached.any(0).all()
    if k == 24:
        assert on.all()
        plain = grouped(X.double(), y.double(), 1)
        probe = torch.randn(50, 6, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
        torch.testing.assert_close(net.outputs(probe), plain.outputs(probe))


def test_seeds_group_the_points_differently_and_always_alike() -> None:
    X, y = training.points(settings(), 24, CPU)
    one, again, other = (training.from_grouped(X, y, 9, seed, 1.0) for seed in (0, 0, 1))
    assert torch.equal(one.inner, again.inner)
    assert not torch.equal(one.inner[:, :6], other.inner[:, :6])


def test_networks_are_ordered_by_seed_and_then_by_width() -> None:
    for start in ("random", "grouped"):
        chosen = settings(start=start, seed=5)
        X, y = training.points(chosen, 24, CPU)
        nets = training.networks(chosen, X, y)
        assert nets.widths == (6, 9, 40) * 2
        assert nets.seeds == (5, 5, 5, 6, 6, 6)
        assert nets.inner.dtype == torch.float32


# Names and what is refused ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "name"),
    [
        ({}, "adam"),
        ({"trainer": "gauss-newton"}, "gauss-newton"),
        ({"batch_norm": "on"}, "adam, batch norm"),
        ({"penalty": "path-norm"}, "adam, path norm 0.001"),
        ({"penalty": "weight-decay", "strength": 1e-5, "batch_norm": "on"}, "adam, batch norm, weight decay 1e-05"),
        ({"start": "grouped"}, "adam from grouped, gradient penalty 0.001"),
    ],
)
def test_the_trainer_is_named_in_full(changes: dict, name: str) -> None:
    assert training.trainer(settings(**changes)) == name


@pytest.mark.parametrize(
    ("changes", "fields"),
    [
        ({"trainer": "gauss-newton", "batch_norm": "on"}, ["batch_norm"]),
        ({"trainer": "gauss-newton", "penalty": "path-norm", "start": "grouped"}, ["start", "penalty"]),
        ({"start": "grouped", "penalty": "weight-decay"}, ["penalty"]),
        ({"start": "grouped", "batch_norm": "on"}, ["batch_norm"]),
        ({"start": "grouped", "widths": (3, 4, 9)}, ["widths"]),
    ],
)
def test_what_makes_no_sense_is_refused_with_what_is_allowed(changes: dict, fields: list[str]) -> None:
    with pytest.raises(SettingsError) as refused:
        settings(**changes)
    assert [problem.field for problem in refused.value.problems] == fields
    assert all("use " in problem.allowed for problem in refused.value.problems)
    instead = {problem.field: problem.instead for problem in refused.value.problems}
    settings(**changes | instead)


def test_the_narrowest_widths_that_can_be_grouped_are_taken() -> None:
    for seed in range(8):
        chosen = settings(start="grouped", widths=(5,), seed=seed)  # (24 - 2) // 6 + 2
        X, y = training.points(chosen, 24, CPU)
        assert training.networks(chosen, X, y).widths == (5, 5)


def test_too_few_neurons_to_group_are_refused() -> None:
    X, y = torch.eye(4), torch.tensor([1.0, -1.0, 1.0, -1.0])
    with pytest.raises(ValueError, match="k = 1"):
        training.from_grouped(X, y, 1, 0, 1.0)  # two labels
    with pytest.raises(ValueError, match="k = 2"):
        training.from_grouped(X[:, :1], y, 2, 0, 1.0)  # two points a neuron in one dimension


def test_a_strength_matters_where_something_is_added() -> None:
    matters = [
        settings(**changes).relevant("strength") for changes in ({}, {"penalty": "path-norm"}, {"start": "grouped"})
    ]
    assert matters == [False, True, True]
    assert not LAB.settings.make(panel="circle", penalty="path-norm").relevant("strength")


def test_settings_of_other_panels_do_not_clash() -> None:
    assert LAB.settings.make(panel="heat-map", trainer="gauss-newton", batch_norm="on").panel == "heat-map"


# Measuring ----------------------------------------------------------------------------------------------------------


def test_plain_networks_can_be_trained_for_any_number_of_points() -> None:
    chosen = TrainedSettings.make(d=6, seeds=2, widths=(4, 300))
    table = training.plain(chosen, 20, (8, 16, 32), CPU, lambda: False)
    assert table is not None
    assert tuple(table) == tuple(LAB.tables["trained"])
    assert table["n"].tolist() == [20] * 6
    assert table["k"].tolist() == [8, 16, 32] * 2
    assert table["fits"].any()
    assert (table["lower"] <= table["upper"]).all()
    assert (table["upper"] <= table["product"]).all()
    assert table["law"] == pytest.approx(np.sqrt(20 / table["k"]))
    assert training.plain(chosen, 20, (8,), CPU, lambda: True) is None
