"""The isoperimetry panel: its constants and functions, its intervals against scipy, and what it makes of a gap."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import stats

from explorer.figures.look import Look
from explorer.frames import Frame, Tables
from explorer.labs.universal import LAB
from explorer.labs.universal.isoperimetry import IsoperimetrySettings, compute
from explorer.labs.universal.isoperimetry import figure as drawn
from explorer.measure import concentration
from explorer.measure.tails import above, clopper_pearson
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.settings import SettingsError
from explorer.theory.isoperimetry import ISOPERIMETRIC, constant, scaled, tail_bound

CPU = torch.device("cpu")


def run(stop: Callable[[], bool] = lambda: False, **changes: object) -> list[Frame]:
    settings = LAB.settings.make(panel="isoperimetry", **changes)
    return [frame for frame in LAB.stream(settings, CPU, stop) if frame is not None]


def variance(tables: Tables, dist: str, d: int) -> float:
    return drawn.moment(tables, dist, d)["var"]


@pytest.fixture(scope="module")
def coordinate() -> list[Frame]:
    return run(function="coordinate")


# Distributions and functions ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 7, 300])
def test_points_lie_where_they_should(d: int) -> None:
    z = concentration.normals(20_000, d, torch.Generator().manual_seed(d))
    points = {name: place(z) for name, place in concentration.DISTRIBUTIONS.items()}
    assert all(x.shape == (20_000, d) for x in points.values())
    torch.testing.assert_close(points["sphere"].norm(dim=1), torch.ones(20_000))
    edge = d**-0.5
    assert points["cube"].abs().max() <= edge / 2
    assert stats.kstest(points["cube"][:, 0].numpy(), stats.uniform(-edge / 2, edge).cdf).pvalue > 1e-3
    assert stats.kstest(points["gaussian"][:, 0].numpy(), stats.norm(scale=edge).cdf).pvalue > 1e-3
    scaled_t = stats.t(3, scale=edge / 3**0.5)
    assert stats.kstest(points["heavy"][:, 0].numpy(), scaled_t.cdf).pvalue > 1e-3
    assert points["clusters"][:, 0].sign().mean().abs() <= 0.05
    assert (points["clusters"][:, 1:] == points["gaussian"][:, 1:]).all()


@pytest.mark.parametrize("dist", ISOPERIMETRIC)
@pytest.mark.parametrize("name", concentration.FUNCTIONS)
def test_no_function_is_steeper_than_one_and_some_reach_it(name: str, dist: str) -> None:
    """By differences over short and long ways, in float64: the network's certificate is of float64 weights."""
    d = 12
    f = concentration.function(name, dist, d, 3, CPU)
    generator = torch.Generator().manual_seed(1)
    x = concentration.DISTRIBUTIONS[dist](concentration.normals(4000, d, generator))
    step = torch.randn(4000, d, generator=generator)
    steepest = 0.0
    for length in (1e-2, 0.3, 3.0):
        y = x + length * step / step.norm(dim=1, keepdim=True)
        slopes = (f(y) - f(x)).abs() / (y - x).norm(dim=1)
        assert slopes.max() <= 1 + 1e-3  # float32 over 1e-2
        steepest = max(steepest, float(slopes.max()))
    assert steepest >= 0.3


@pytest.mark.parametrize("d", [2, 30, 500])
def test_a_network_is_over_a_constant_between_what_its_slopes_allow_and_its_norms(d: int) -> None:
    """Not below |U's| for the best slopes found by brute flips, not above the product of norms."""
    net = initialise([concentration.NEURONS], [5], d, Rectified())
    x = torch.randn(1, d, generator=torch.Generator().manual_seed(0))
    certified = float(net.outputs(x)[0] / concentration.network(d, 5, CPU)(x))
    U = (net.W * net.outer).T.to(torch.float64)
    slopes = (U @ U.sum(0) > 0).to(torch.float64)
    for j in list(range(len(U))) * 3:
        other = slopes.clone()
        other[j] = 1 - other[j]
        slopes = max(slopes, other, key=lambda s: float((U.T @ s).norm()))
    assert float((U.T @ slopes).norm()) <= certified * (1 + 1e-5)
    assert certified <= float(net.outer.norm() * torch.linalg.matrix_norm(net.W, 2))


def test_a_function_that_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="use one of network, coordinate, norm, max, half space, points"):
        concentration.function("cosine", "gaussian", 3, 0, CPU)
    with pytest.raises(ValueError, match="clusters: a constant is known for gaussian, sphere, cube"):
        constant("clusters", 3)
    assert tuple(IsoperimetrySettings.param.function.objects) == concentration.FUNCTIONS


# The bound, against closed forms ------------------------------------------------------------------------------------


@pytest.mark.parametrize("d", [2, 3, 10, 200])
def test_exact_tails_of_a_coordinate_obey_the_bound(d: int) -> None:
    """x_1 is normal, a root of a beta variable with a sign, and uniform: their tails are known."""
    u = np.linspace(0.01, 8, 400)
    exact = {
        "gaussian": lambda t: 2 * stats.norm.sf(t * d**0.5),
        "sphere": lambda t: stats.beta(0.5, (d - 1) / 2).sf(np.minimum(t, 1) ** 2),
        "cube": lambda t: np.maximum(1 - 2 * t * d**0.5, 0),
    }
    for name in ISOPERIMETRIC:
        c = constant(name, d)
        t = u * (c / d) ** 0.5
        bound = tail_bound(t, d, c)
        assert (exact[name](t) <= bound).all(), name
        np.testing.assert_allclose(scaled(bound), u)


def test_the_cubes_constant_is_that_of_its_map_from_the_normal_law() -> None:
    """The slope of Phi is 1 / sqrt(2 pi) at most, so that c is its square; a smaller one fails for other functions."""
    x = np.linspace(-6, 6, 1001)
    assert np.gradient(stats.norm.cdf(x), x).max() ** 2 == pytest.approx(constant("cube", 5), rel=1e-4)
    assert constant("cube", 5) >= 1 / np.pi**2 >= 1 / 12  # a spectral gap of pi^2; the variance of x_1


@pytest.mark.parametrize("d", [2, 3, 10, 200])
def test_the_spheres_constant_is_that_of_its_gap(d: int) -> None:
    """d / c is the log-Sobolev constant d - 1: E |gradient along the sphere|^2 over the variance, of x_1 1 - x_1^2."""
    variance = stats.beta(0.5, (d - 1) / 2).mean()
    assert d / constant("sphere", d) == pytest.approx((1 - variance) / variance)


# Intervals ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("trials", [1, 7, 200_000])
def test_intervals_are_scipys(trials: int) -> None:
    counts = np.unique([0, 1, trials // 3, trials - 1, trials])
    low, high = clopper_pearson(counts, np.full(len(counts), trials))
    for count, *ends in zip(counts.tolist(), low, high, strict=True):
        found = stats.binomtest(count, trials).proportion_ci(0.95, "exact")
        np.testing.assert_allclose(ends, [found.low, found.high], rtol=1e-8, atol=1e-300)


def test_tails_at_their_bounds_are_called_above_in_few_runs_and_larger_ones_in_most() -> None:
    rng = np.random.default_rng(0)
    bound = np.array([0.5, 0.1, 0.01, 1e-3, 1e-4] * 20)
    trials = np.full(100, 20_000)

    def called(times: float) -> float:
        return np.mean([above(rng.binomial(trials, times * bound) / trials, trials, bound).any() for _ in range(400)])

    assert called(1.0) <= 0.05
    assert called(1.3) >= 0.95
    assert not above(np.array([1.0, np.nan, 0.5]), np.array([9, 9, 0]), np.array([1.5, 0.1, 0.1])).any()


def test_the_test_of_one_tail_is_scipys() -> None:
    for count in range(60, 90):
        p = stats.binomtest(count, 1000, 0.06, "greater").pvalue
        assert above(np.array([count / 1000]), np.array([1000]), np.array([0.06]))[0] == (p < 0.05)


# The run ------------------------------------------------------------------------------------------------------------


def test_d_times_the_variance_of_a_coordinate_is_what_it_is(coordinate: list[Frame]) -> None:
    last = coordinate[-1].tables
    assert 100 * variance(last, "gaussian", 100) == pytest.approx(1, abs=0.02)
    assert 100 * variance(last, "sphere", 100) == pytest.approx(1, abs=0.02)
    assert 100 * variance(last, "cube", 100) == pytest.approx(1 / 12, rel=0.02)
    for d in (10, 30, 300, 1000):
        assert d * variance(last, "gaussian", d) == pytest.approx(1, abs=0.05)  # a tenth of the draws


def test_other_functions_have_the_variance_they_should() -> None:
    """A half-normal's; |x| is a chi variable over sqrt(d), and 1 on the sphere."""
    half = run(function="half space")[-1].tables
    assert 100 * variance(half, "gaussian", 100) == pytest.approx(0.5 - 0.5 / np.pi, rel=0.02)
    length = run(function="norm")[-1].tables
    assert variance(length, "gaussian", 100) == pytest.approx(stats.chi(100).var() / 100, rel=0.02)
    assert variance(length, "sphere", 100) == 0
    largest = run(function="max", d=2, ds=(3,))[-1].tables
    assert 2 * variance(largest, "gaussian", 2) == pytest.approx(1 - 1 / np.pi, rel=0.02)


def test_intervals_of_the_variance_hold_it(coordinate: list[Frame]) -> None:
    held = 0
    for seed in range(40):
        last = run(function="coordinate", d=10, ds=(2,), draws=4000, seed=seed)[-1].tables
        found = drawn.moment(last, "gaussian", 10)
        held += found["low"] <= 0.1 <= found["high"]
    assert held >= 33  # 95 % of 40 are 38; fewer than 33 by chance in 0.3 %


@pytest.mark.parametrize("function", concentration.FUNCTIONS)
def test_no_tail_passes_its_bound(function: str) -> None:
    table = run(function=function, draws=200_000)[-1].tables["isoperimetry"]
    assert table["draws"].max() == 200_000
    assert len(table["t"]) == 3 * 5 * 50
    assert not (table["low"] > table["bound"]).any()
    assert not drawn.passed(table).any()
    assert "None of the" in drawn.sentences({"isoperimetry": table}, LOOK)["isoperimetry"].lead


LOOK = Look(IsoperimetrySettings.make())


@pytest.mark.parametrize(
    ("control", "function"), [("clusters", "coordinate"), ("heavy", "norm"), ("heavy", "coordinate")]
)
def test_what_is_not_isoperimetric_is_told(control: str, function: str) -> None:
    table = run(control=control, function=function)[-1].tables["isoperimetry"]
    high = drawn.passed(table)
    assert set(table["dist"][high]) == {control}
    assert (table["low"] > table["bound"])[high].all()
    said = drawn.sentences({"isoperimetry": table}, LOOK)["isoperimetry"]
    assert "pass their bound" in said.lead
    assert drawn.CONTROLS[control] in said.details


def test_not_every_function_sees_a_gap() -> None:
    table = run(control="clusters", function="norm")[-1].tables["isoperimetry"]
    assert not drawn.passed(table).any()


def test_frames_grow_and_the_last_is_whole(coordinate: list[Frame]) -> None:
    counts = [frame.tables["isoperimetry"]["draws"].max() for frame in coordinate]
    assert counts == [3125, 12_500, 50_000, 200_000]
    assert coordinate[-1].step == coordinate[-1].total == 280_000
    table = coordinate[-1].tables["isoperimetry_histogram"]
    for dist in ISOPERIMETRIC:
        here = (table["dist"] == dist) & (table["d"] == 100)
        width = np.diff(table["t"][here]).mean()
        assert width * table["density"][here].sum() == pytest.approx(1, abs=1e-3)
        np.testing.assert_allclose(np.diff(table["t"][here]), width)


def test_what_is_at_t_exactly_is_in_the_tail() -> None:
    """P(|f - Ef| >= t), not >: of values that are t or -t all count at t, none beyond."""
    t = compute.WIDE[9] / 10
    tails, *_ = compute.summary("gaussian", 100, np.array([t, -t] * 50))
    assert tails["tail"].tolist() == [1.0] * 10 + [0.0] * 40


@pytest.mark.parametrize("function", ["coordinate", "network", "points"])
def test_another_seed_draws_other_points_and_functions(function: str, monkeypatch: pytest.MonkeyPatch) -> None:
    def values(seed: int) -> np.ndarray:
        sample = compute.Sample(function, ["gaussian"], 5, seed, CPU)
        assert list(sample.grow(300)) == [None]
        return sample.values()["gaussian"]

    assert (values(0) == values(0)).all()
    assert (values(0) != values(1)).all()
    if function != "coordinate":  # at the same points
        x = torch.randn(300, 5, generator=torch.Generator().manual_seed(1))
        one, other = (concentration.function(function, "gaussian", 5, seed, CPU)(x) for seed in (0, 1))
        assert not torch.equal(one, other)


def test_same_settings_same_bits() -> None:
    one, two = (run(d=5, ds=(3, 4), draws=3000)[-1] for _ in range(2))
    for name, table in one.tables.items():
        for column, values in table.items():
            np.testing.assert_array_equal(values, two.tables[name][column])


def test_what_is_drawn_does_not_depend_on_the_other_dimensions() -> None:
    one, two = (run(function="norm", d=5, ds=ds, draws=3000)[-1].tables for ds in ((3, 4), (7,)))
    assert variance(one, "cube", 5) == variance(two, "cube", 5)


@pytest.mark.parametrize("bad", [{"d": 1}, {"ds": (1, 2)}, {"draws": 10}, {"function": "cosine"}, {"control": "x"}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        IsoperimetrySettings.make(**bad)
