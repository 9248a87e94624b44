"""The rules of the law lab's claims on tables made by hand: every verdict can be reached."""

import math

import numpy as np
import pytest

from explorer.device import pick
from explorer.labs.law import LAB, verdicts
from explorer.labs.law.panels import TABLES
from explorer.labs.law.tried import Networks

D = 100


def table(name: str, /, **columns) -> dict:
    """A table of the lab: its fixed columns, zeros where none are given."""
    shape = np.broadcast_shapes(*(np.shape(values) for values in columns.values()))
    rows = {column: np.zeros(shape) for column in TABLES[name]}
    rows |= {column: np.broadcast_to(values, shape).copy() for column, values in columns.items()}
    assert set(rows) == set(TABLES[name])
    return {name: rows}


def trained(n, k, lower, upper=None, **more) -> dict:
    n, k = np.asarray(n), np.asarray(k)
    upper = np.asarray(lower) * 1.1 if upper is None else upper
    return table("trained", **{"n": n, "k": k, "d": D, "fits": True, "lower": lower, "upper": upper, **more})


def grid(ns, widths) -> tuple[np.ndarray, np.ndarray]:
    n, k = np.meshgrid(ns, widths, indexing="ij")
    return n.ravel(), k.ravel()


# law-1 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("factor", "verdict"),
    [(1.5, "supported"), (0.95, "supported"), (0.5, "only when c <= 0.55"), (0.05, "not supported")],
)
def test_the_conjecture_falls_with_a_certificate_below_the_law(factor: float, verdict: str) -> None:
    n, k = grid([100, 200], [10, 20, 50])
    found = verdicts.conjecture({"a": trained(n, k, factor * np.sqrt(n / k))})
    assert found.verdict == verdict
    assert found.value == pytest.approx(factor)
    assert found.interval == pytest.approx((factor, 1.1 * factor))
    assert found.n == 6


def test_the_conjecture_hears_of_constructions_but_not_of_what_does_not_fit() -> None:
    built = table(
        "constructions", name="grouped", n=100, d=400, k=[25, 25, 25], misfit=[0, 0.1, 0], lip_ball=[4.0, 0.1, math.nan]
    )
    bad = trained(100, [10, 20], [0.01, 8.0], fits=[False, True])
    found = verdicts.conjecture({"built": built, "bad": bad})
    assert (found.verdict, found.n) == ("supported", 2)
    assert found.value == pytest.approx(2)
    assert math.isnan(found.interval[1])  # nobody has certified the construction
    assert "2 at d = 400" in found.found


# law-2 --------------------------------------------------------------------------------------------------------------

NS, WIDTHS = [100, 200, 400, 800, 1600], np.unique(np.geomspace(2, 2000, 200).round())


def built(power: float) -> dict:
    """Constructions whose constant is 18 at the width n^power."""
    n, k = grid(NS, WIDTHS)
    return table("constructions", n=n, d=400, k=k, lip_ball=18 * np.sqrt(n**power / k))


def learnt(power: float, seeds: int = 2) -> dict:
    """Networks whose certified constant is 18 at the width n^power / 10."""
    n, k = grid(NS, WIDTHS)
    n, k, seed = np.tile(n, seeds), np.tile(k, seeds), np.repeat(np.arange(seeds), len(n))
    upper = 18 * np.sqrt(n**power / (10 * k))
    return trained(n, k, 0.5 * upper, upper, seed=seed)


def test_smooth_fitting_takes_neurons_in_proportion_to_points() -> None:
    found = verdicts.smooth_width({"a": learnt(1.0), "b": built(1.0)})
    assert found.verdict == "supported"
    assert found.value == pytest.approx(1, abs=0.02)
    assert found.interval[0] < found.value < found.interval[1]
    assert found.spread == f"95 % over {2 * len(verdicts.LEVELS)} pairs (L0, seed)"


@pytest.mark.parametrize(
    ("learning", "building", "verdict"),
    [
        (0.5, 1.0, "only when networks are constructed"),
        (1.0, 0.5, "only when networks are trained"),
        (0.5, 0.5, "not supported"),
        (1.6, 1.6, "not supported"),
    ],
)
def test_another_exponent_is_not_about_one_neuron_a_point(learning: float, building: float, verdict: str) -> None:
    assert verdicts.smooth_width({"a": learnt(learning), "b": built(building)}).verdict == verdict


def test_too_few_numbers_of_points_decide_nothing() -> None:
    found = verdicts.smooth_width({"a": trained([100, 200], [10, 20], [5.0, 5.0])})
    assert (found.verdict, found.found) == ("not supported", "Undecided: Fewer than 5 sizes gave a width.")
    assert math.isnan(found.value)


# law-3 --------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("power", "verdict"), [(1.0, "supported"), (0.5, "not supported"), (1.5, "not supported")])
def test_the_exponent_of_fitting(power: float, verdict: str) -> None:
    n, k = grid([400, 800, 1600, 3200, 6400], np.arange(2, 7000))
    d = np.where(n > 1000, 20, 10)
    found = verdicts.fitting_width({"a": trained(n, k, 1.0, d=d, fits=k >= (n / d) ** power)})
    assert found.verdict == verdict
    assert found.value == pytest.approx(power, abs=0.05)


# law-4 and law-5: what is proved ------------------------------------------------------------------------------------


def products(*ratios: float) -> dict:
    """Networks whose product lies at these ratios to the floor, which is 10; the last one does not fit."""
    widths = np.arange(len(ratios) + 1)
    floors = table("floors", name=np.repeat(["proxy", "proxy-search"], len(widths)), n=100, d=D, k=np.tile(widths, 2))
    floors["floors"]["value"] = np.where(floors["floors"]["name"] == "proxy", 10.0, 12.0)
    return floors | trained(100, widths, 1.0, product=np.array([*ratios, 0.1]) * 10, fits=widths < len(ratios))


def test_a_product_above_its_floor_is_how_loose_the_floor_is() -> None:
    found = verdicts.proxy({"a": products(3.0, 1.5), "b": products(6.0)})
    assert (found.verdict, found.n) == ("proved, holds", 3)
    assert (found.value, *found.interval) == pytest.approx((1.5, 1.5, 6.0))
    assert "at least 1.25" in found.found


def test_a_product_below_its_floor_is_told() -> None:
    found = verdicts.proxy({"a": products(3.0, 0.9)})
    assert found.verdict == "not supported"
    assert "violated by 1 of 2" in found.found


def test_the_projection_floor_speaks_of_few_neurons_and_many_points() -> None:
    above = trained([800, 800, 799, 800], [50, 101, 50, 50], 10.0, mse=[1e-3, 1e-3, 1e-3, 0.1])
    found = verdicts.projected({"a": above})
    assert (found.verdict, found.n) == ("proved, holds", 1)
    assert found.value == pytest.approx(11 / (3 / (32 * math.sqrt(8)) * math.sqrt(2)))
    below = verdicts.projected({"a": trained(800, [50, 60], [10.0, 0.01], mse=1e-3)})
    assert below.verdict == "not supported"
    nothing = verdicts.projected({"a": trained(100, [50], 1.0)})
    assert nothing.found.startswith("Undecided")


# law-6 --------------------------------------------------------------------------------------------------------------


def forms(p: int, certified: float, found: float) -> dict:
    n, d = np.array([100, 200, 400]), np.array([10, 10, 20])
    scale = np.sqrt(n / d ** (p - 1.0))
    floors = table("floors", name="frobenius", n=n, d=d, value=certified * scale)
    return floors | table("tensor", p=p, n=n, d=d, op_norm=found * scale, scale=scale)


@pytest.mark.parametrize(
    ("certified", "found", "verdict"),
    [(0.9, 2.0, "proved, holds"), (0.05, 2.0, "not supported"), (0.9, 0.8, "not supported")],
)
def test_a_form_is_as_steep_as_its_floor_says(certified: float, found: float, verdict: str) -> None:
    judged = verdicts.degree({"p = 2": forms(2, certified, found), "p = 3": forms(3, 1.0, 3.0)})
    assert (judged.verdict, judged.n) == (verdict, 6)
    assert (judged.value, *judged.interval) == pytest.approx((certified, certified, found))


def test_forms_that_do_not_fit_decide_nothing() -> None:
    assert verdicts.degree({"p = 2": forms(2, math.nan, math.nan)}).found == "Undecided: No form fits."


# law-7 --------------------------------------------------------------------------------------------------------------


def curve(intercept: float, slope: float, noise: float = 0.0, n: int = 400) -> dict:
    k = np.repeat([16, 32, 64, 128, 256, 512], 2)
    wiggle = np.resize([1.0, 1.0, -1.0, -1.0], len(k))
    return trained(n, k, intercept + slope * np.sqrt(n / k) + noise * wiggle)


@pytest.mark.parametrize(
    ("curves", "verdict"),
    [
        ({"a": curve(0.0, 2.0, 0.05)}, "supported"),
        ({"a": curve(8.0, 2.0)}, "only when an intercept is allowed (the log-log slope is not 1/2)"),
        ({"a": curve(0.0, 2.0, 0.05), "b": curve(5.0, 0.1, 3.0)}, "only when not for b"),
        ({"a": curve(20.0, 0.1, 5.0)}, "not supported"),
        ({"a": curve(20.0, -2.0)}, "not supported"),
    ],
)
def test_experiments_support_a_correlation_and_an_exponent(curves: dict, verdict: str) -> None:
    assert verdicts.experiments(curves).verdict == verdict


def test_the_affine_fit_is_told_with_the_exponent() -> None:
    found = verdicts.experiments({"plain": curve(8.0, 2.0)})
    assert found.found.startswith("plain: correlation 1.000, Lip = 8 + 2 sqrt(n/k), log-log slope in n/k 0.")
    assert (found.n, found.spread) == (12, "95 % over 6 widths")


def test_few_widths_have_no_correlation() -> None:
    found = verdicts.experiments({"a": trained(100, [10, 20, 30], [3.0, 2.0, 1.0])})
    assert found.found == "Undecided: No run has 5 widths that fit."


# all ----------------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "judge", [verdicts.conjecture, verdicts.fitting_width, verdicts.projected, verdicts.experiments]
)
def test_nothing_that_fits_is_no_support(judge) -> None:
    found = judge({"a": trained(800, [10, 20, 30, 40, 50], 1.0, fits=False, mse=0.5)})
    assert (found.verdict, found.n) == ("not supported", 0)
    assert found.found.startswith("Undecided")


def test_networks_are_grouped_by_their_data() -> None:
    nets = Networks.trained({"a": trained([5, 5, 3], [1, 2, 4], 1.0)})
    assert [(n, d, part.k.tolist()) for n, d, part in nets.families()] == [(3, D, [4]), (5, D, [1, 2])]


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
