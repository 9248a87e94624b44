"""The rules of the law lab's claims on tables made by hand: every verdict can be reached."""

import math

import numpy as np
import pytest
from scipy import stats

from explorer.device import pick
from explorer.labs.law import LAB, theorems, verdicts
from explorer.labs.law.estimates import exponents, mean
from explorer.labs.law.pooled import Networks
from explorer.labs.law.rivals import AFFINE, LINEAR, POWER, Curve
from explorer.measure.regression import plane

D = 100


def table(name: str, /, **columns) -> dict:
    """A table of the lab: its fixed columns, zeros where none are given."""
    shape = np.broadcast_shapes(*(np.shape(values) for values in columns.values()))
    rows = {column: np.zeros(shape) for column in LAB.tables[name]}
    rows |= {column: np.broadcast_to(values, shape).copy() for column, values in columns.items()}
    assert set(rows) == set(LAB.tables[name])
    return {name: rows}


def trained(n, k, lower, upper=None, **more) -> dict:
    n, k = np.asarray(n), np.asarray(k)
    upper = np.asarray(lower) * 1.1 if upper is None else upper
    return table("trained", **{"n": n, "k": k, "d": D, "fits": True, "lower": lower, "upper": upper, **more})


def grid(ns, widths) -> tuple[np.ndarray, np.ndarray]:
    n, k = np.meshgrid(ns, widths, indexing="ij")
    return n.ravel(), k.ravel()


def forms(p: int, certified: float, found: float) -> dict:
    n, d = np.array([100, 200, 400]), np.array([10, 10, 20])
    scale = np.sqrt(n / d ** (p - 1.0))
    floors = table("floors", name="frobenius", n=n, d=d, value=certified * scale)
    return floors | table("tensor", p=p, n=n, d=d, op_norm=found * scale, scale=scale)


# law-1 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [
        (1.5, "undecided"),
        (0.95, "undecided"),
        (0.5, "only when c <= 0.550 (psi(t) = ReLU, n = 100, d = 100, k = 10)"),
        (0.05, "not supported"),
    ],
)
def test_the_conjecture_falls_with_a_certificate_below_the_law(factor: float, verdict: str) -> None:
    n, k = grid([100, 200], [10, 20, 50])
    nudge = np.where((n == 100) & (k == 10), 1.0, 1.01)
    found = verdicts.conjecture({"a": trained(n, k, factor * nudge * np.sqrt(n / k))})
    assert found.verdict == verdict
    assert found.value == pytest.approx(1.1 * factor)
    assert found.interval == pytest.approx((factor, 1.1 * factor))
    assert found.n == 6


def test_the_conjecture_hears_of_linear_networks() -> None:
    """t^1 with one neuron is a Lipschitz activation too: its smallest ratio is the constant that is left."""
    runs = {"relu": trained(100, [10, 20], [9.0, 8.0]), "p = 1": forms(1, 0.5, 0.95), "p = 2": forms(2, 0.5, 0.3)}
    found = verdicts.conjecture(runs)
    assert found.verdict == "only when c <= 0.950 (psi(t) = t, n = 100, d = 10, k = 1)"
    assert found.n == 8
    relu, rest = found.found.split("; ")
    assert relu.startswith("Smallest ratios: ReLU 3.13 certified (n = 100, d = 100, k = 10)")
    assert rest.startswith("t 0.95 certified (n = 100, d = 10, k = 1). Not Lipschitz, so apart: t^2 ")


def test_the_conjecture_hears_of_constructions_but_not_of_what_does_not_fit() -> None:
    built = table(
        "constructions", name="grouped", n=100, d=400, k=[25, 25, 25], misfit=[0, 0.1, 0], lip_ball=[4.0, 0.1, math.nan]
    )
    bad = trained(100, [10, 20], [0.01, 8.0], fits=[False, True])
    found = verdicts.conjecture({"built": built, "bad": bad})
    assert (found.verdict, found.n) == ("undecided", 2)
    assert found.value == pytest.approx(8.8 / math.sqrt(5))
    assert found.interval[0] == pytest.approx(2)  # of the construction, which nobody has certified
    assert "2 found (n = 100, d = 400, k = 25)" in found.found


def test_the_conjecture_hears_of_all_that_the_command_trains_or_builds() -> None:
    first, *rest = LAB.claims
    for which in "runs", "full":
        heard = [LAB.settings.make(**settings) for settings in getattr(first, which).values()]
        for claim in rest:
            assert all(LAB.settings.make(**settings) in heard for settings in getattr(claim, which).values())


# law-2 --------------------------------------------------------------------------------------------------------------

NS, WIDTHS = [100, 200, 400, 800], np.unique(np.geomspace(2, 4000, 200).round())


def falling(n: float, in_n: float, in_d: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """d, k and constants that fall like k^(-1/2) and are 1 at a width of these exponents, 100 in the middle."""
    d, k = grid([30, 60], WIDTHS)
    return d, k, np.sqrt(100 * (n / 283) ** in_n * (d / 42) ** in_d / k)


def built(in_n: float, in_d: float) -> dict:
    found = {n: falling(n, in_n, in_d) for n in NS}
    return {
        f"grouped, n = {n}": table("constructions", n=n, d=d, k=k, lip_ball=8 * lip) for n, (d, k, lip) in found.items()
    }


def learnt(in_n: float, in_d: float) -> dict:
    """The widest networks have a constant of 10."""
    found = {n: falling(n, in_n, in_d) for n in NS}
    tables = {f"n = {n}": trained(n, k, 5 * lip, 12.5 * lip, d=d) for n, (d, k, lip) in found.items()}
    return tables | {"plateau": trained(NS, 2000, 5.0, [10.0, 9.0, 8.0, 7.0])}


@pytest.mark.parametrize(
    ("learning", "building", "verdict"),
    [
        ((1, 0), (1, 0), "supported"),
        ((1, -0.5), (1, 0), "only when networks are constructed"),
        ((1, 0), (0.5, 0), "only when networks are trained"),
        ((0.5, 0), (0.5, 0), "not supported"),
        ((1, -1), (1, -1), "not supported"),
        ((1.6, 0), (1.6, 0), "not supported"),
    ],
)
def test_smooth_fitting_takes_neurons_in_proportion_to_points_and_not_to_points_a_dimension(
    learning: tuple, building: tuple, verdict: str
) -> None:
    found = verdicts.smooth_width(learnt(*learning) | built(*building))
    assert found.verdict == verdict
    assert found.value == pytest.approx(learning[0], abs=0.05)
    assert found.interval[0] < found.value < found.interval[1]
    assert found.found.startswith("Trained, L0 = 12.5: a neuron for")


def test_what_is_smooth_hangs_on_the_widest_networks_of_other_data() -> None:
    runs = learnt(1, 0)
    steeper = runs | {"plateau, again": trained(100, [2000], 5.0, [20.0])}
    for tables, level in (runs, 10), (steeper, 20):
        found = verdicts.smooth_width(tables).found
        assert f"Trained, L0 = {1.25 * level:.3g}:" in found
        assert f"Trained, L0 = {1.5 * level:.3g}:" in found


def test_too_few_numbers_of_points_decide_nothing() -> None:
    found = verdicts.smooth_width({"a": trained([100, 200], [10, 20], [5.0, 5.0])})
    assert found.verdict == "undecided"
    assert math.isnan(found.value)


# law-3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("in_n", "in_d", "verdict"),
    [
        (1, -1, "supported"),
        (0.5, -0.5, "not supported"),
        (1.5, -1.5, "not supported"),
        (1, -0.5, "not supported"),
        (1, 0, "not supported"),
    ],
)
def test_the_exponents_of_fitting(in_n: float, in_d: float, verdict: str) -> None:
    n, k = grid([400, 800, 1600, 3200, 6400], np.arange(2, 7000))
    d = np.where(n % 1600, 20, 10)
    least = 100 * (n / 1600) ** in_n * (d / 14) ** in_d
    found = verdicts.fitting_width({"a": trained(n, k, 1.0, d=d, fits=k >= least)})
    assert found.verdict == verdict
    assert found.value == pytest.approx(in_n, abs=0.05)


def test_widths_are_averaged_over_seeds_and_unknown_where_nothing_fits() -> None:
    fits = [[0, 1, 1], [0, 0, 1], [1, 1, 1], [0, 0, 0]]
    rows = trained(
        np.repeat([10, 10, 20, 30], 3),
        [2, 4, 16] * 4,
        1.0,
        d=5,
        fits=np.ravel(fits).astype(bool),
        seed=[0] * 3 + [1] * 9,
    )
    nets = Networks.trained({"a": rows})
    n, d, width = nets.narrowest(np.isfinite(nets.lower))
    assert (n.tolist(), d.tolist()) == ([10, 20, 30], [5, 5, 5])
    assert width == pytest.approx([8, 2, math.nan], nan_ok=True)


# law-4 and law-5: what is proved ------------------------------------------------------------------------------------


def products(*ratios: float) -> dict:
    """Networks whose product lies at these ratios to the floor, which is 10; the last one does not fit."""
    widths = np.arange(len(ratios) + 1)
    floors = table("floors", name=np.repeat(["proxy", "proxy-search"], len(widths)), n=100, d=D, k=np.tile(widths, 2))
    floors["floors"]["value"] = np.where(floors["floors"]["name"] == "proxy", 10.0, 12.0)
    return floors | trained(100, widths, 1.0, product=np.array([*ratios, 0.1]) * 10, fits=widths < len(ratios))


def test_a_product_above_its_floor_is_how_loose_the_floor_is() -> None:
    found = theorems.proxy({"a": products(3.0, 1.5), "b": products(6.0)})
    assert (found.verdict, found.n) == ("proved, holds", 3)
    assert (found.value, *found.interval) == pytest.approx((1.5, 1.5, 6.0))
    assert "at least 1.25" in found.found


def test_what_equals_its_floor_up_to_rounding_does_not_break_it() -> None:
    equal = float(np.nextafter(1.0, 0.0))
    assert theorems.proxy({"a": products(3.0, equal)}).verdict == "proved, holds"
    assert "never violated" in theorems.proxy({"a": products(3.0, equal)}).found
    assert theorems.proxy({"a": products(3.0, 1 - 1e-6)}).verdict == "not supported"
    for p in (1, 2, 3):
        assert theorems.degree({"a": forms(p, 0.9, 0.9 * equal)}).verdict == "proved, holds"
    assert theorems.degree({"a": forms(1, 0.9, 0.9 * (1 - 1e-6))}).verdict == "not supported"


def test_a_product_below_its_floor_is_told() -> None:
    found = theorems.proxy({"a": products(3.0, 0.9)})
    assert found.verdict == "not supported"
    assert "violated by 1 of 2" in found.found


def test_the_projection_floor_speaks_of_few_neurons_and_many_points() -> None:
    above = trained([800, 800, 799, 800], [50, 101, 50, 50], 10.0, mse=[1e-3, 1e-3, 1e-3, 0.1])
    found = theorems.projected({"a": above})
    assert (found.verdict, found.n) == ("proved, holds", 1)
    assert found.value == pytest.approx(11 / (3 / (32 * math.sqrt(8)) * math.sqrt(2)))
    below = theorems.projected({"a": trained(800, [50, 60], [10.0, 0.01], mse=1e-3)})
    assert below.verdict == "not supported"
    nothing = theorems.projected({"a": trained(100, [50], 1.0)})
    assert nothing.verdict == "undecided"


# law-6 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("certified", "found", "verdict"),
    [(0.9, 2.0, "proved, holds"), (0.05, 2.0, "undecided"), (0.9, 0.8, "not supported"), (0.05, 0.06, "not supported")],
)
def test_a_form_is_as_steep_as_its_floor_says(certified: float, found: float, verdict: str) -> None:
    judged = theorems.degree({"p = 2": forms(2, certified, found), "p = 3": forms(3, 1.0, 3.0)})
    assert (judged.verdict, judged.n) == (verdict, 6)
    assert (judged.value, *judged.interval) == pytest.approx((certified, certified, found))


def test_a_search_that_ends_below_the_floor_breaks_nothing() -> None:
    assert theorems.degree({"p = 3": forms(3, 0.9, 0.8)}).verdict == "undecided"


def test_forms_that_do_not_fit_decide_nothing() -> None:
    found = theorems.degree({"p = 2": forms(2, math.nan, math.nan)})
    assert (found.verdict, found.found) == ("undecided", "No form fits.")


# law-7 --------------------------------------------------------------------------------------------------------------


def curve(intercept: float, slope: float, power: float = 0.5, noise: float = 0.0, n: int = 400) -> dict:
    k = np.repeat([16, 32, 64, 128, 256, 512, 1024], 2)
    wiggle = np.resize([1.0, 1.0, -1.0, -1.0], len(k))
    return trained(n, k, (intercept + slope * (n / k) ** power) * (1 + noise * wiggle))


def three(**of: float) -> dict:
    return {f"n = {n}": curve(**of, n=n, noise=0.002 * i) for i, n in enumerate([200, 400, 800])}


@pytest.mark.parametrize(
    ("runs", "verdict"),
    [
        (three(intercept=0, slope=2), "supported"),
        (three(intercept=8, slope=2), "only when an intercept is allowed: the exponent of n/k is 0."),
        (three(intercept=0, slope=9, power=0.1), "not supported"),
        (three(intercept=8, slope=1, power=1), "not supported"),
        (three(intercept=20, slope=-2), "not supported"),
    ],
)
def test_experiments_support_a_shape_that_foretells_widths_better_than_others(runs: dict, verdict: str) -> None:
    assert verdicts.experiments(runs).verdict.startswith(verdict)


def test_runs_that_disagree_leave_it_undecided() -> None:
    runs = {"a": curve(8, 2, noise=0.001), "b": curve(8, 1, 1.0, 0.001), "c": curve(8, 2, 0.8, 0.001)}
    assert verdicts.experiments(runs).verdict == "undecided"


def test_the_errors_of_all_fits_are_told() -> None:
    found = verdicts.experiments(three(intercept=8, slope=2))
    assert "n = 200: 8 + 2 sqrt(n/k), errors 0.0%, " in found.found
    assert (found.n, found.spread) == (42, "95 % over 3 runs")
    assert found.interval[0] < found.value < found.interval[1]


def test_a_width_is_foretold_without_having_been_seen() -> None:
    ratio, lip = np.array([0.5, 1, 2, 4, 8]), np.array([7.0, 8.5, 10, 14, 17])
    left = Curve(ratio, lip)
    for law, shape in (AFFINE, np.sqrt), (LINEAR, np.positive):
        for i in range(5):
            others = np.arange(5) != i
            slope, intercept = np.polyfit(shape(ratio[others]), lip[others], 1, w=1 / lip[others])
            foretold = intercept + slope * shape(ratio[i])
            assert left.left_out(law)[i] == pytest.approx(foretold / lip[i] - 1)
    for i in range(5):
        others = np.arange(5) != i
        slope, intercept = np.polyfit(np.log(ratio[others]), np.log(lip[others]), 1)
        assert left.left_out(POWER)[i] == pytest.approx(math.exp(intercept) * ratio[i] ** slope / lip[i] - 1)


def test_few_widths_have_no_shape() -> None:
    found = verdicts.experiments({"a": trained(100, [10, 20, 30], [3.0, 2.0, 1.0])})
    assert (found.verdict, found.found) == ("undecided", "Fewer than 3 runs have 5 widths that fit.")


# all ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "judge",
    [
        verdicts.conjecture,
        verdicts.smooth_width,
        verdicts.fitting_width,
        theorems.projected,
        verdicts.experiments,
    ],
)
def test_nothing_that_fits_is_no_support(judge) -> None:
    found = judge({"a": trained(800, [10, 20, 30, 40, 50], 1.0, fits=False, mse=0.5)})
    assert (found.verdict, found.n) == ("undecided", 0)


def test_exponents_are_those_of_a_plane_without_the_widths_that_are_unknown() -> None:
    generator = np.random.default_rng(0)
    n, d = generator.integers(10, 100, (2, 12))
    width = n**1.2 * d**-0.7 * np.exp(0.1 * generator.standard_normal((3, 12)))
    width[1, :4] = math.nan
    width[2, :8] = math.nan
    in_n, in_d = exponents(width, n, d)
    for i in range(2):
        peer = plane(np.log(n), np.log(d), np.log(width[i]))
        assert (in_n.value[i], in_n.low[i], in_n.high[i]) == pytest.approx((peer.first, *peer.first_interval))
        assert (in_d.value[i], in_d.low[i], in_d.high[i]) == pytest.approx((peer.second, *peer.second_interval))
    assert np.isnan(in_n.low[2])  # four points


def test_a_mean_has_students_interval() -> None:
    values = np.random.default_rng(1).standard_normal((4, 6))
    peer = stats.ttest_1samp(values, 0, axis=1).confidence_interval(0.95)
    ours = mean(values)
    assert np.stack([ours.low, ours.high]) == pytest.approx(np.stack([peer.low, peer.high]))


@pytest.mark.parametrize(
    ("claim", "changed"),
    [
        ("law-4", {"widths": (16, 32, 64), "seeds": 1}),
        ("law-5", {"seeds": 1}),
        ("law-6", {"ds": (10, 12), "d": 12, "n": 10}),
    ],
)
def test_the_panels_fill_the_tables_that_a_verdict_reads(claim: str, changed: dict) -> None:
    (declared,) = [one for one in LAB.claims if one.id == claim]
    runs = {}
    for name, values in declared.runs.items():
        *_, last = LAB.stream(LAB.settings.make(**{**values, **changed}), pick(), lambda: False)
        runs[name] = last.tables
    found = declared.judge(runs)
    assert found.verdict == "proved, holds"
    assert found.n >= 5
