"""The panel `calculator`: its rows, the numbers of MNIST, its conditions, and settings at their ends."""

import numpy as np
import pytest
import torch

from explorer.frames import Columns, Frame
from explorer.labs.universal import LAB
from explorer.labs.universal.calculator import (
    ANY_DATA,
    ANY_FUNCTION,
    DEEP,
    EFFECTIVE,
    ENOUGH,
    EQUATIONS,
    LAW,
    LOGS,
    OWN,
    POINTS,
    REACHABLE,
    REAL,
    TWO_LAYERS,
    CalculatorSettings,
)
from explorer.labs.universal.calculator.compute import grid
from explorer.labs.universal.calculator.figure import named
from explorer.settings import SettingsError

CPU = torch.device("cpu")
ENDS = {
    "n": (2, 10**9),
    "d": (1, 10**6),
    "k": (1, 10**6),
    "params": (0, 10**15),
    "eps": (1e-6, 0.99),
    "delta": (5e-324, 0.99),
    "c": (1e-3, 1e9),
    "weights": (1.0, 1e9),
    "depth": (2, 1000),
    "mixture": (1, 10**6),
    "sigma": (0.0, 1.0),
}


def run(**changes: object) -> list[Frame]:
    frames = list(LAB.stream(CalculatorSettings.make(**changes), CPU, lambda: False))
    assert all(isinstance(frame, Frame) for frame in frames)
    return frames


def table(**changes: object) -> Columns:
    return run(**changes)[-1].tables["calculator"]


def conditions(**changes: object) -> dict[str, bool]:
    told = run(**changes)[-1].tables["conditions"]
    return dict(zip(told["name"].tolist(), told["holds"].tolist(), strict=True))


def test_the_numbers_of_mnist() -> None:
    own = named(table(), OWN)
    assert own["params"].tolist() == [78_600]
    assert f"{own['bound_exact'][0]:.2g}" == "0.0038"
    assert own["bound_shape"][0] == pytest.approx(24.5, abs=0.05)
    assert conditions() == {ENOUGH: False, REACHABLE: True}


def test_the_first_frame_has_the_theorem_and_the_last_all_the_rest() -> None:
    first, last = run()
    assert set(first.tables["calculator"]["name"]) == {OWN, LAW}
    beside = {LOGS, ANY_DATA, ANY_FUNCTION, TWO_LAYERS, DEEP, POINTS, EQUATIONS, EFFECTIVE}
    real = {", ".join(key) for key in REAL}
    assert set(last.tables["calculator"]["name"]) == {OWN, LAW} | beside | real
    assert (first.tables["conditions"]["least"] == last.tables["conditions"]["least"]).all()


def test_constants_that_nobody_gives_are_not_guessed() -> None:
    rows = table()
    for name in (LOGS, DEEP, ANY_DATA, ANY_FUNCTION, TWO_LAYERS):
        assert np.isnan(named(rows, name)["bound_exact"]).all()
        assert np.isfinite(named(rows, name)["bound_shape"][-10:]).all()
    for key, ends in REAL.items():
        found = named(rows, ", ".join(key))
        assert found["params"].tolist() == list(ends)
        assert np.isnan(found["bound_exact"]).all()
        assert np.isnan(found["bound_shape"]).all()
    assert not len(named(table(depth=3), TWO_LAYERS)["params"])


def test_what_the_law_counts_on_mnist_is_points_times_an_effective_dimension() -> None:
    low, high = REAL["MNIST", "law"]
    assert low == pytest.approx(60_000 * 15, rel=0.12)
    assert high == pytest.approx(60_000 * 150, rel=0.12)


def test_the_shape_is_one_where_params_are_n_d() -> None:
    rows = table(c=50)
    assert named(rows, EQUATIONS)["bound_shape"].tolist() == pytest.approx([1])
    assert named(rows, EFFECTIVE)["params"].tolist() == [round(60_000 * 784 / 50)]
    assert named(rows, POINTS)["params"].tolist() == [60_000]


@pytest.mark.parametrize("depth", [2, 5])
@pytest.mark.parametrize("weights", [1.0, 1000.0])
def test_the_slope_in_params_is_minus_a_half_but_for_the_logarithm(depth: int, weights: float) -> None:
    law = named(table(depth=depth, weights=weights), LAW)
    slope = np.polyfit(np.log(law["params"]), np.log(law["bound_exact"]), 1)[0]
    assert slope == pytest.approx(-0.5, abs=0.06)


def test_each_condition_is_told_of() -> None:
    assert conditions(n=110_000) == {ENOUGH: True, REACHABLE: True}
    assert conditions(n=110_000, sigma=0.5) == {ENOUGH: True, REACHABLE: False}
    assert conditions(n=110_000, sigma=0.5, eps=0.2) == {ENOUGH: False, REACHABLE: True}
    assert conditions(n=10**9, mixture=10**6) == {ENOUGH: False, REACHABLE: True}


def test_the_noise_is_a_variance() -> None:
    """sigma^2 = E Var(y | x): 0.7 leaves no error 0.6 below the noise, for 0.49 is all there is."""
    told = named(run(sigma=0.7, eps=0.6)[-1].tables["conditions"], REACHABLE)
    assert told["value"][0] == pytest.approx(0.49)
    assert not told["holds"][0]


@pytest.mark.parametrize("depth", [2, 3, 7])
def test_deep_networks_count_each_layer(depth: int) -> None:
    """sqrt(n d / (D params)), their (3.1), at every number of parameters."""
    table = run(depth=depth, n=1000, d=30)[-1].tables["calculator"]
    deep = named(table, DEEP)
    assert len(deep["params"])
    np.testing.assert_allclose(deep["bound_shape"] ** 2 * deep["params"] * depth, 1000 * 30)


def test_given_parameters_take_the_place_of_the_width() -> None:
    wide, given = CalculatorSettings.make(k=7), CalculatorSettings.make(k=7, params=1000)
    assert (wide.size, given.size) == (7 * 786, 1000)
    assert (wide.relevant("k"), given.relevant("k")) == (True, False)
    assert {0, 1000, 10**12} <= {*given.allowed("params")}
    assert CalculatorSettings.make(params=1234).allowed("params")[1:].count(1234) == 1


@pytest.mark.parametrize("name", ENDS)
def test_the_ends_of_every_setting_give_finite_numbers(name: str) -> None:
    for value in ENDS[name]:
        rows = table(**{name: value})
        own = named(rows, OWN)
        assert own["params"][0] > 0
        assert np.isfinite([own["bound_exact"][0], own["bound_shape"][0]]).all()
        assert np.isfinite(named(rows, LAW)["bound_exact"]).all()
        assert (np.diff(named(rows, LAW)["params"]) > 0).all()


def test_all_ends_at_once_give_finite_numbers() -> None:
    for i in (0, 1):
        settings = {name: ends[i] for name, ends in ENDS.items()}
        assert np.isfinite(named(table(**settings), OWN)["bound_exact"]).all()
        assert len(grid(CalculatorSettings.make(**settings))) < 150


@pytest.mark.parametrize("bad", [{"eps": 0}, {"eps": 1}, {"delta": 0}, {"weights": 0.5}, {"depth": 1}, {"n": 1.5}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        CalculatorSettings.make(**bad)
