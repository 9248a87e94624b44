"""The two thresholds: of tables by hand, of constructions against brute force, and of points that a line fits."""

import itertools
import math
from collections.abc import Iterator
from dataclasses import replace

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame, Mismatch
from explorer.labs.claims import NOT_SUPPORTED, ONLY_WHEN, SUPPORTED, UNDECIDED
from explorer.labs.universal.thresholds import BUILT, TRAINED, ThresholdsSettings, built, compute, verdict
from explorer.labs.universal.thresholds.factors import at_levels, factor, rows
from explorer.measure.ascent import FULL
from explorer.measure.lipschitz import ball_radius, bracket
from explorer.nets.two_layer import Ensemble
from explorer.theory import linear, one_neuron, slabs
from explorer.train import gauss_newton
from tests.labs.universal.lesson.thresholds import built as built_rows
from tests.labs.universal.lesson.thresholds import like, table, trained

NAN = math.nan
CPU = torch.device("cpu")


def run(settings: ThresholdsSettings, kept: dict[str, Columns] | None = None) -> tuple[list[Frame], list[Cell]]:
    found = list(compute.stream(settings, pick("cpu"), lambda: False, kept))
    return [one for one in found if isinstance(one, Frame)], [one for one in found if isinstance(one, Cell)]


def tried(k: list[int], fits: list[bool], upper: list[float]) -> Columns:
    return compute.TRIED.filled(d=10, seed=3, k=k, mse=0.0, fits=fits, upper=upper)


# Thresholds of trained networks -------------------------------------------------------------------------------------


def test_the_smallest_width_counts_although_a_wider_one_fails() -> None:
    grid = tried([2, 4, 8, 16, 32], [False, True, False, True, True], [1.0, 30.0, 1.0, 22.0, 20.0])
    found = compute.thresholds(grid, (22, 30), n=50, d=10, seed=3)
    assert found["params_fit"].tolist() == [4 * 12.0] * 3
    assert found["lip_target"].tolist() == [22.0, 30.0, 25.0]  # the last is 1.25 times that of the widest that fits
    assert found["params_smooth"].tolist() == [16 * 12.0, 4 * 12.0, 16 * 12.0]
    assert found["k_max"].tolist() == [32] * 3


def test_it_is_what_a_look_at_every_width_finds() -> None:
    rng = np.random.default_rng(0)
    for _ in range(200):
        k = np.array([2, 3, 5, 8, 13])
        fits, upper = rng.random(5) < 0.6, rng.uniform(5, 40, 5)
        found = compute.thresholds(tried(k, fits, upper), (10, 30), n=9, d=10, seed=0)
        least = {
            level: min((w for w, ok, lip in zip(k, fits, upper, strict=True) if ok and lip <= level), default=NAN)
            for level in (10, 30)
        }
        fitting = min((w for w, ok in zip(k, fits, strict=True) if ok), default=NAN)
        np.testing.assert_array_equal(found["params_fit"], [12 * fitting] * 3)
        np.testing.assert_array_equal(found["params_smooth"][:2], [12 * width for width in least.values()])


def test_what_was_not_reached_is_unknown_with_the_largest_width_tried() -> None:
    nothing = compute.thresholds(tried([2, 4], [False, False], [1.0, 1.0]), (5,), n=50, d=10, seed=0)
    assert np.isnan(nothing["params_fit"]).all()
    assert np.isnan(nothing["params_smooth"]).all()
    assert np.isnan(nothing["lip_target"]).tolist() == [False, True]
    steep = compute.thresholds(tried([2, 4], [True, True], [9.0, 8.0]), (5,), n=50, d=10, seed=0)
    assert np.isnan(steep["params_smooth"]).tolist() == [True, False]
    assert steep["k_max"].tolist() == [4, 4]


def test_the_widest_network_is_no_plateau_by_itself() -> None:
    """It is as smooth as itself; that would count as a factor that grows with d for want of wider ones."""
    alone = compute.thresholds(tried([2, 4], [True, True], [90.0, 8.0]), (50,), n=50, d=10, seed=0)
    assert alone["params_smooth"][0] == 4 * 12
    assert math.isnan(alone["params_smooth"][1])


# What is built ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [10, 40, 80, 160])
def test_what_is_built_fits_and_is_as_smooth_as_it_is_said(d: int) -> None:
    settings = ThresholdsSettings(n=60, ds=(d,), seeds=1)
    X, y = compute.points(settings, d, 0, CPU)
    known = list(built.constructions(X, y, settings.tolerance))
    t = one_neuron.disjoint_from(X)
    exact = one_neuron.in_ball(t)
    net = one_neuron.one_neuron(X, y, t)
    found = bracket(net, X, radius=ball_radius(X), seed=0, warm=None, stop=lambda: False, effort=FULL)
    assert float(found.lower[0]) == pytest.approx(exact, rel=1e-6)  # a search comes up to it, and not above
    assert built.Construction(60, exact) in known
    assert (slabs.width(y, min(d, 60)), math.inf) in known
    assert (2 in [each.k for each in known]) == (d >= 60)
    levels = tuple(range(1, 60))
    row = built.thresholds(X, y, settings.tolerance, levels, 0)
    for level, smooth in zip(levels, row["params_smooth"], strict=True):
        np.testing.assert_equal(smooth, (d + 2) * min((k for k, lip in known if lip <= level), default=NAN))


def test_where_a_line_fits_both_thresholds_are_known() -> None:
    """n < d: a neuron has one sign, so one does not fit both labels; two do, with |w| about sqrt(n / (1 - n/d))."""
    n, d = 200, 800
    X, y = compute.points(ThresholdsSettings(n=n), d, 1, CPU)
    expected = math.sqrt(n / (1 - n / d))
    w = linear.shortest(X, y)
    assert w is not None
    assert float(w.norm()) == pytest.approx(expected, rel=0.12)
    np.testing.assert_allclose(w.numpy(), np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0], atol=1e-9)
    torch.testing.assert_close(linear.linear(w).outputs(X)[0], y)
    level = math.ceil(float(w.norm()))
    row = built.thresholds(X, y, 1e-3, (4, level), 0)
    assert row["params_fit"].tolist() == [2 * (d + 2)] * 2
    assert row["params_smooth"][1] == 2 * (d + 2)
    assert not row["params_smooth"][0] <= 2 * (d + 2)  # smoother than the shortest line takes more


def test_trained_networks_come_down_to_the_threshold_that_is_known_and_not_below() -> None:
    settings = ThresholdsSettings(n=8, ds=(16, 32), widths=(1, 2, 3, 4, 8, 16), seeds=4, levels=(20,))
    frames, _ = run(settings)
    found = rows(frames[-1].tables, TRAINED)
    for d in settings.ds:
        assert found["params_fit"][found["d"] == d].min() == 2 * (d + 2)
    assert (at_levels(frames[-1].tables)["params_smooth"] >= found["params_fit"]).all()


# The stream ---------------------------------------------------------------------------------------------------------


SMALL = ThresholdsSettings(n=12, ds=(3, 6), widths=(2, 4, 8), seeds=2, max_steps=20)


def test_a_run_goes_on_from_its_cells() -> None:
    whole, made = run(SMALL)
    cells = {each.name: each.arrays for each in made}
    assert list(cells) == ["d = 6, seed 0", "d = 3, seed 0", "d = 6, seed 1", "d = 3, seed 1"]
    again, rest = run(SMALL, dict(list(cells.items())[:3]))
    assert [each.name for each in rest] == ["d = 3, seed 1"]
    for name, values in whole[-1].tables["thresholds"].items():
        np.testing.assert_array_equal(values, again[-1].tables["thresholds"][name])


def test_who_fits_is_who_meets_the_tolerance_that_is_set() -> None:
    """Here no network comes to 1e-3, the default."""
    settings = SMALL.changed(tolerance=0.3)
    frames, _ = run(settings)
    tried = {name: frames[-1].arrays[f"tried_{name}"] for name in ("mse", "fits")}
    assert ((tried["mse"] <= 0.3) == tried["fits"]).all()
    assert ((tried["mse"] > 1e-3) & tried["fits"]).any()
    assert np.isfinite(rows(frames[-1].tables, TRAINED)["params_fit"]).any()


def test_another_seed_has_other_points_and_other_starts(monkeypatch: pytest.MonkeyPatch) -> None:
    starts, data = [], []
    train = gauss_newton.train

    def watched(nets: Ensemble, X: Tensor, y: Tensor, **options: object) -> Iterator[gauss_newton.Snapshot]:
        starts.append(nets.inner.clone())
        data.append(X)
        return train(nets, X, y, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(gauss_newton, "train", watched)
    run(SMALL.changed(ds=(3,)))
    for found in (starts, data):
        assert len(found) == 2
        assert not found[0].equal(found[1])


def test_another_level_asks_for_no_training() -> None:
    frames, cells = run(SMALL)
    other = ThresholdsSettings(**{**SMALL.values(), "levels": (3, 500)})
    finished, none = run(other, {FINISHED: frames[-1].arrays})
    fresh, _ = run(other)
    resumed, _ = run(other, {each.name: each.arrays for each in cells})
    assert not none
    for name, values in fresh[-1].tables["thresholds"].items():
        np.testing.assert_array_equal(values, finished[-1].tables["thresholds"][name])
        np.testing.assert_array_equal(values, resumed[-1].tables["thresholds"][name])


def test_networks_of_other_widths_are_not_taken() -> None:
    frames, _ = run(SMALL)
    with pytest.raises(Mismatch, match="other widths"):
        run(ThresholdsSettings(**{**SMALL.values(), "widths": (2, 4)}), {FINISHED: frames[-1].arrays})


# What the table says ------------------------------------------------------------------------------------------------


def test_each_network_is_compared_under_its_own_target_once() -> None:
    tables = table(built_rows((5.0,) * 5), trained((2.0,) * 5), trained((3.0,) * 5, seed=1))
    assert len(rows(tables, TRAINED)["d"]) == 10
    assert len(at_levels(tables)["d"]) == 10
    assert len(rows(tables, BUILT)["d"]) == 5
    alike = table(built_rows((5.0,) * 5), {**trained((2.0,) * 5), "lip_target": np.full(10, 20.0)})
    assert len(rows(alike, TRAINED)["d"]) == 5  # both targets are one number


def test_of_what_is_built_the_largest_level_is_compared() -> None:
    both = table(built_rows((5.0,) * 5), {**built_rows((3.0,) * 5), "lip_target": np.full(5, 40.0)})
    assert factor(both, BUILT).value.tolist() == [3.0] * 5


@pytest.mark.parametrize("power", [0.0, 0.5, 1.0])
def test_the_exponent_is_that_of_the_factors(power: float) -> None:
    found = factor(like(power, 0.0), TRAINED)
    assert found.fit.slope == pytest.approx(power, abs=1e-9)
    assert (found.fit.n, found.unreached) == (15, 0)


def test_dimensions_in_which_some_did_not_reach_both_are_not_fitted() -> None:
    part = factor(table(built_rows((5.0,) * 5), trained((2.0, 4.0, NAN, 16.0, NAN))), TRAINED)
    assert (part.whole, part.fit.n, part.unreached) == ((5, 10, 40), 3, 2)
    cheap = table(built_rows((5.0,) * 5), trained((2.0,) * 5), trained((2.0, 2.0, 2.0, NAN, NAN), seed=1))
    assert factor(cheap, TRAINED).whole == (5, 10, 20)
    assert factor(cheap, TRAINED).fit.n == 6
    few = table(built_rows((5.0,) * 5), trained((2.0, 4.0, NAN, NAN, NAN)))
    assert math.isnan(factor(few, TRAINED).fit.slope)


# universal-2 --------------------------------------------------------------------------------------------------------


def test_a_level_of_the_opposite_word_restricts() -> None:
    words = (SUPPORTED, NOT_SUPPORTED, UNDECIDED)
    said = {pair: verdict.together(pair[0], [pair[1]]) for pair in itertools.product(words, repeat=2)}
    assert said[SUPPORTED, NOT_SUPPORTED] == f"{ONLY_WHEN} smooth is as the widest networks"
    assert said[NOT_SUPPORTED, SUPPORTED] == f"{ONLY_WHEN} smooth is Lip <= L0"
    assert all(word == pair[0] for pair, word in said.items() if set(pair) != {SUPPORTED, NOT_SUPPORTED})


def test_of_a_level_the_narrowest_known_counts_where_it_binds() -> None:
    tables = table(built_rows((5.0, 4.0, 3.0, 2.0, 1.0)), trained((8.0, NAN, 1.0, 2.0, 4.0)))
    found = verdict.known(tables, 20.0)
    assert found["params_fit"].tolist() == [150.0] * 5
    assert found["params_smooth"].tolist() == [1200.0, 1200.0, 150.0, 300.0, 300.0]
    power = verdict.Power.of(found, binding=True)
    assert power.dimensions == (5, 10, 40, 80)  # at 20 what fits is as smooth as is asked
    assert power.value == pytest.approx(np.polyfit(np.log([5, 10, 40, 80]), np.log([8, 8, 2, 2]), 1)[0])


def test_with_several_n_the_power_of_d_is_beside_that_of_n() -> None:
    parts = [
        {**trained(m * np.array((2.0, 4.0, 8.0, 16.0, 32.0))), "n": np.full(10, 100 * m, np.int64)} for m in (1, 2, 4)
    ]
    power = verdict.Power.of(rows(table(built_rows((5.0,) * 5), *parts), TRAINED))
    assert power.value == pytest.approx(1)
    assert (power.pairs, power.unreached, power.word) == (15, 0, SUPPORTED)


def test_too_few_dimensions_or_too_near_ones_do_not_tell() -> None:
    whole = verdict.Power.of(rows(like(1, 0.05), TRAINED))
    assert whole.word == SUPPORTED
    assert replace(whole, dimensions=(5, 10, 40)).word == UNDECIDED
    assert replace(whole, dimensions=(5, 10, 20, 39)).word == UNDECIDED
    assert verdict.judge({"nothing": {}}).verdict == UNDECIDED
    assert verdict.judge({"fits": table(built_rows((NAN,) * 5), trained((NAN,) * 5))}).verdict == UNDECIDED


def test_the_verdict_says_what_was_not_reached() -> None:
    given = table(built_rows((5.0,) * 5), trained((2.0,) * 5), trained((2.0, 2.0, 2.0, 2.0, NAN), seed=1))
    found = verdict.judge({"one": given})
    assert "1 did not reach both thresholds" in found.found
    assert found.n == 8


def test_runs_of_other_n_are_judged_together_whatever_their_order() -> None:
    """They share dimensions and seeds: no network of one stands for one of the other."""
    rises, falls = (like(power, 0.05)["thresholds"] for power in (1.0, -1.0))
    runs = {"few": {"thresholds": rises}, "many": {"thresholds": falls | {"n": np.full(len(falls["n"]), 160)}}}
    one, other = (verdict.judge(dict(each)) for each in (runs.items(), reversed(runs.items())))
    assert one.n == other.n == 30
    assert one.value == pytest.approx(other.value)
    assert one.verdict != SUPPORTED
