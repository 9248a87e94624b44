"""The two thresholds: of tables by hand, of constructions against brute force, and of points that a line fits."""

import math

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import Cell, Frame
from explorer.labs.claims import SUPPORTED
from explorer.labs.universal.thresholds import BUILT, TRAINED, ThresholdsSettings, compute, verdict
from explorer.labs.universal.thresholds.factors import at_absolute, factor, rows
from explorer.measure.ascent import FULL
from explorer.measure.lipschitz import ball_radius, bracket
from explorer.theory import one_neuron, slabs
from tests.labs.universal.lesson.thresholds import built, like, table, trained

NAN = math.nan


def test_the_smallest_width_counts_although_a_wider_one_fails() -> None:
    k = np.array([2, 4, 8, 16])
    fits = np.array([False, True, False, True])
    upper = np.array([1.0, 30.0, 1.0, 20.0])
    found = compute.thresholds(k, fits, upper, 22.0, n=50, d=10, seed=3)
    assert found["params_fit"].tolist() == [4 * 12.0] * 2
    assert found["lip_target"].tolist() == [22.0, 25.0]  # 1.25 times that of the widest that fits
    assert found["params_smooth"].tolist() == [16 * 12.0] * 2
    assert found["k_max"].tolist() == [16] * 2


def test_what_was_not_reached_is_unknown_with_the_largest_width_tried() -> None:
    k = np.array([2, 4])
    nothing = compute.thresholds(k, np.array([False, False]), np.array([1.0, 1.0]), 5.0, n=50, d=10, seed=0)
    assert np.isnan(nothing["params_fit"]).all()
    assert np.isnan(nothing["params_smooth"]).all()
    assert np.isnan(nothing["lip_target"]).tolist() == [False, True]
    steep = compute.thresholds(k, np.array([True, True]), np.array([9.0, 8.0]), 5.0, n=50, d=10, seed=0)
    assert np.isnan(steep["params_smooth"]).tolist() == [True, False]
    assert steep["k_max"].tolist() == [4, 4]


@pytest.mark.parametrize("d", [10, 40, 80])
def test_what_is_built_fits_and_is_as_smooth_as_it_is_said(d: int) -> None:
    settings = ThresholdsSettings(n=60, ds=(d,), seeds=1)
    X, y = compute.points(settings, d, 0, torch.device("cpu"))
    t = one_neuron.disjoint_from(X)
    net = one_neuron.one_neuron(X, y, t)
    exact = one_neuron.in_ball(t)
    found = bracket(net, X, radius=ball_radius(X), seed=0, warm=None, stop=lambda: False, effort=FULL)
    assert float(found.lower[0]) == pytest.approx(exact, rel=1e-6)  # a search comes up to it, and not above
    for lip, reached in ((1.001 * exact, True), (0.999 * exact, False)):
        row = compute.built(X, y, lip, 0)
        assert row["params_smooth"][0] == 60 * (d + 2) if reached else math.isnan(row["params_smooth"][0])
        assert row["params_fit"][0] == min(60, slabs.width(y, min(d, 60))) * (d + 2)


def test_two_points_are_fitted_by_a_neuron_or_two() -> None:
    """As many dimensions as points: one ReLU of a linear function is enough for one label, two for both."""
    settings = ThresholdsSettings(n=4, ds=(8,), widths=(1, 2, 3, 4, 8), seeds=2, max_steps=200)
    *_, last = [each for each in compute.stream(settings, pick("cpu"), lambda: False) if isinstance(each, Frame)]
    found = rows(last.tables, TRAINED)
    assert (found["params_fit"] / 10 <= 3).all()
    assert (found["params_smooth"] >= found["params_fit"]).all()


def test_a_run_goes_on_from_its_cells() -> None:
    settings = ThresholdsSettings(n=12, ds=(3, 6), widths=(2, 4, 8), seeds=2, max_steps=20)
    whole = list(compute.stream(settings, pick("cpu"), lambda: False))
    cells = {each.name: each.arrays for each in whole if isinstance(each, Cell)}
    assert list(cells) == ["d = 3, seed 0", "d = 6, seed 0", "d = 3, seed 1", "d = 6, seed 1"]
    again = list(compute.stream(settings, pick("cpu"), lambda: False, dict(list(cells.items())[:3])))
    assert [each.name for each in again if isinstance(each, Cell)] == ["d = 6, seed 1"]
    ends = [each.tables["thresholds"] for each in (whole[-1], again[-1])]
    for name in ends[0]:
        np.testing.assert_array_equal(ends[0][name], ends[1][name])


def test_each_network_is_compared_under_its_own_target_once() -> None:
    tables = table(built((5.0,) * 5), trained((2.0,) * 5), trained((3.0,) * 5, seed=1))
    assert len(rows(tables, TRAINED)["d"]) == 10
    assert len(at_absolute(tables)["d"]) == 10
    assert len(rows(tables, BUILT)["d"]) == 5
    alike = table(built((5.0,) * 5), {**trained((2.0,) * 5), "lip_target": np.full(10, 20.0)})
    assert len(rows(alike, TRAINED)["d"]) == 5  # both targets are one number


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_the_exponent_is_that_of_the_factors(power: float) -> None:
    found = factor(like(power, 0.0), TRAINED)
    assert found.fit.slope == pytest.approx(power, abs=1e-9)
    assert (found.fit.n, found.unreached) == (15, 0)
    part = factor(table(built((5.0,) * 5), trained((2.0, 4.0, NAN, 16.0, NAN))), TRAINED)
    assert (part.fit.n, part.unreached) == (3, 2)


def test_runs_of_other_n_are_judged_together_whatever_their_order() -> None:
    """They share dimensions and seeds: no network of one stands for one of the other."""
    rises, falls = (like(power, 0.05)["thresholds"] for power in (1.0, -1.0))
    runs = {"few": {"thresholds": rises}, "many": {"thresholds": falls | {"n": np.full(len(falls["n"]), 160)}}}
    one, other = (verdict.judge(dict(each)) for each in (runs.items(), reversed(runs.items())))
    assert one.n == other.n == 30
    assert one.value == pytest.approx(other.value)
    assert verdict.judge({"few": runs["few"]}).verdict == SUPPORTED
    assert one.verdict != SUPPORTED
