"""The panel `degree`: its numbers, its tables, and what it does with sizes that do not fit."""

import math
from functools import cache

import numpy as np
import pytest
import torch

from explorer.frames import Frame
from explorer.labs.law import LAB
from explorer.labs.law.degree import LARGEST_D, MOST_POINTS, PANEL, START, DegreeSettings
from explorer.labs.law.degree import compute as degree
from explorer.measure import lipschitz
from explorer.nets.activations import Polynomial
from explorer.nets.two_layer import Ensemble
from explorer.settings import SettingsError
from explorer.theory.monomials import monomials

CPU = torch.device("cpu")


def frames(**raw: object) -> list[Frame]:
    settings = DegreeSettings.make(**raw)
    return list(LAB.stream(settings, CPU, lambda: False))


@cache
def last(p: int, seeds: int, d: int, ds: tuple[int, ...]) -> Frame:
    return frames(p=p, seeds=seeds, d=d, ds=ds, n=100)[-1]


def ratios(frame: Frame, low: float, high: float) -> dict[int, np.ndarray]:
    """By d: the ratios for n/d^p in [low, high], a row a number of points, a column a seed."""
    t = frame.tables["tensor"]
    share = t["n"] / t["d"] ** t["p"].astype(float)
    there = (share >= low) & (share <= high)
    out = {}
    for d in np.unique(t["d"]).tolist():
        rows = there & (t["d"] == d)
        out[d] = np.array([t["ratio"][rows & (t["n"] == n)] for n in np.unique(t["n"][rows])])
    return out


# Numbers to meet ----------------------------------------------------------------------------------------------------


def test_quadratic_forms_have_one_curve_for_all_dimensions():
    """Ratio 2.0 to 2.3 at n/d^2 in [.05, .1], and a spread over d below 5 %."""
    found = ratios(last(2, 3, 50, (50, 100)), 0.05, 0.1)
    means = {d: values.mean() for d, values in found.items()}
    assert all(len(values) >= 3 and values.shape[1] == 3 for values in found.values())
    assert all(2.0 <= row.mean() <= 2.3 for values in found.values() for row in values)
    assert max(means.values()) / min(means.values()) < 1.05


def test_quadratic_forms_blow_up_before_half():
    t = last(2, 3, 50, (50, 100)).tables["tensor"]
    high = t["ratio"][(t["d"] == 50) & (t["n"] > 0.9 * monomials(50, 2))]
    assert len(high) == 3
    assert (high > 4).all()


def test_cubic_forms_lie_in_their_range():
    """Ratio 3.5 to 5.5 for n/d^3 <= .1, from n = d on: a single point has ratio d."""
    found = ratios(last(3, 4, 14, (14, 20)), 14 / 14**3, 0.1)
    assert all(len(values) >= 7 for values in found.values())
    assert all(3.5 <= row.mean() <= 5.5 for values in found.values() for row in values)


def test_linear_forms_follow_their_formula():
    """|w|^2 is about n / (1 - n/d): within 12 % for d >= 500 and n/d <= .75."""
    t = last(1, 4, 500, (500,)).tables["tensor"]
    for n in np.unique(t["n"][t["n"] <= 375]).tolist():
        norm = t["op_norm"][t["n"] == n].mean()
        assert norm == pytest.approx(math.sqrt(n / (1 - n / 500)), rel=0.12 if n > 12 else 0.2)


@pytest.mark.parametrize(("p", "seeds", "d", "ds"), [(1, 4, 500, (500,)), (2, 3, 50, (50, 100)), (3, 4, 14, (14, 20))])
def test_no_form_is_below_a_floor(p, seeds, d, ds):
    tables = last(p, seeds, d, ds).tables
    t, floors = tables["tensor"], tables["floors"]
    assert np.isfinite(t["op_norm"]).all()
    for name, n, e, k, value in zip(*(floors[c] for c in ("name", "n", "d", "k", "value")), strict=True):
        there = (t["n"] == n) & (t["d"] == e)
        if name == "frobenius" or k == d:
            assert (t["op_norm"][there] >= value).all()
            assert there.any()


# Frames -------------------------------------------------------------------------------------------------------------

SMALL = {"p": 2, "n": 20, "d": 10, "ds": (6, 8), "seeds": 2}


def test_tables_are_complete_and_typed_in_every_frame():
    found = frames(**SMALL)
    assert [frame.step for frame in found] == list(range(7))
    assert {frame.total for frame in found} == {6}
    for frame in found:
        assert tuple(frame.tables) == tuple(table.name for table in PANEL.tables)
        for name, columns in frame.tables.items():
            assert tuple(columns) == tuple(LAB.tables[name])
        kinds = {name: [c.dtype.kind for c in columns.values()] for name, columns in frame.tables.items()}
        assert kinds == {"tensor": list("iiiifff"), "floors": list("UiiifU")}
        assert frame.note
    assert not any(frame.arrays for frame in found[:-1])


def test_the_first_frame_has_the_chosen_form_and_its_floors():
    tables = frames(**SMALL)[0].tables
    assert tables["tensor"]["n"].tolist() == [20]
    assert (tables["floors"]["name"] == "ky-fan").sum() == 10
    assert tables["floors"]["k"][:10].tolist() == list(range(1, 11))


def test_the_last_frame_has_every_dimension_and_seed_once_and_the_chosen_n():
    tables = frames(**SMALL)[-1].tables
    t = tables["tensor"]
    rows = list(zip(t["d"], t["seed"], t["n"], strict=True))
    assert rows == sorted(set(rows))
    assert {(d, seed) for d, seed, _ in rows} == {(d, seed) for d in (6, 8, 10) for seed in (0, 1)}
    assert all((10, seed, 20) in rows for seed in (0, 1))
    np.testing.assert_allclose(t["scale"], np.sqrt(t["n"] / t["d"]))
    np.testing.assert_allclose(t["ratio"] * t["scale"], t["op_norm"])


@pytest.mark.parametrize(("p", "width"), [(1, 1), (2, 10), (3, 20)])
@pytest.mark.parametrize("data", ["sphere", "gaussian"])
def test_arrays_hold_the_points_and_the_form_as_a_network(p, width, data):
    n = 20 if p > 1 else 8
    frame = frames(p=p, n=n, d=10, ds=(5,), seeds=1, seed=3, data=data)[-1]
    X, y = (torch.from_numpy(frame.arrays[name]).double() for name in ("X", "y"))
    W, b, a = (torch.from_numpy(frame.arrays[f"k{width}_s3_{part}"]) for part in ("W", "b", "a"))
    net = Ensemble(torch.cat([W, b.unsqueeze(0)]), a, (width,), (3,), Polynomial(p))
    torch.testing.assert_close(net.outputs(X)[0], y, rtol=1e-4, atol=1e-4)
    t = frame.tables["tensor"]
    norm = t["op_norm"][(t["n"] == n) & (t["d"] == 10)]
    radius = max(1.0, float(X.norm(dim=1).amax()))
    found = lipschitz.bracket(net, X, radius=radius, seed=0)
    assert float(found.upper) >= p * norm * radius ** (p - 1) * (1 - 1e-6)
    assert float(found.lower) <= p * norm * radius ** (p - 1) * (1 + 1e-6)


def test_equal_settings_give_equal_bits():
    one, two = frames(**SMALL | {"p": 3}), frames(**SMALL | {"p": 3})
    for a, b in zip(one, two, strict=True):
        for name, columns in a.tables.items():
            for column, values in columns.items():
                np.testing.assert_array_equal(values, b.tables[name][column])


@pytest.mark.parametrize("after", [0, 1, 5, 20])
def test_a_stop_ends_the_run_without_a_last_frame(after):
    asked = 0

    def stop() -> bool:
        nonlocal asked
        asked += 1
        return asked > after

    found = list(LAB.stream(DegreeSettings.make(**SMALL | {"p": 3}), CPU, stop))
    assert all(frame.step < frame.total for frame in found)


# Sizes --------------------------------------------------------------------------------------------------------------


def test_too_many_points_are_no_fit_and_no_crash():
    found = frames(**SMALL | {"n": 60})
    assert all("no form of degree 2 fits 60 points" in frame.note for frame in found)
    t, floors = found[-1].tables["tensor"], found[-1].tables["floors"]
    there = (t["n"] == 60) & (t["d"] == 10)
    assert np.isnan(t["op_norm"][there]).all()
    assert np.isfinite(t["op_norm"][~there]).all()
    assert np.isnan(floors["value"]).sum() == 1
    assert sorted(found[-1].arrays) == ["X", "y"]


@pytest.mark.parametrize("p", START)
def test_each_degree_starts_from_sizes_that_fit(p):
    settings = DegreeSettings.make(p=p)
    assert {name: getattr(settings, name) for name in START[p]} == START[p]
    assert settings.n <= monomials(settings.d, p)
    assert all(len(degree.points(d, p, None)) >= 5 for d in settings.ds)
    assert max(*settings.ds, settings.d) <= LARGEST_D[p]


def test_a_new_degree_takes_its_own_sizes_along():
    settings = DegreeSettings.make()
    assert settings.p == 2
    assert settings.changed(p=3) == DegreeSettings.make(p=3)


@pytest.mark.parametrize(
    ("raw", "field", "instead"),
    [
        ({"p": 3, "d": 41}, "d", 40),
        ({"p": 4, "ds": (8, 100)}, "ds", START[4]["ds"]),
        ({"n": MOST_POINTS + 1}, "n", MOST_POINTS),
    ],
)
def test_too_large_is_refused_with_what_to_use(raw, field, instead):
    with pytest.raises(SettingsError, match="use") as refused:
        DegreeSettings.make(**raw)
    assert [problem.field for problem in refused.value.problems] == [field]
    assert getattr(DegreeSettings.check({**raw})[0], field) == instead
