"""The finite class panel: its correlations by brute force, its bounds, and how they scale."""

from collections.abc import Callable

import numpy as np
import pytest
import torch
from scipy import integrate, stats

from explorer.frames import Columns, Frame
from explorer.labs.universal import LAB
from explorer.labs.universal.finite_class import FiniteClassSettings
from explorer.labs.universal.finite_class import compute as finite_class
from explorer.labs.universal.finite_class import figure as drawn
from explorer.measure.finite_class import correlations, directions, inputs
from explorer.settings import SettingsError
from explorer.theory.finite_class import massart, smooth
from tests.labs.whole import Whole

CPU = torch.device("cpu")


def run(stop: Callable[[], bool] = lambda: False, **changes: object) -> list[Frame]:
    settings = LAB.settings.make(panel="finite-class", **changes)
    return [frame for frame in LAB.stream(settings, CPU, stop) if frame is not None]


def last(**changes: object) -> tuple[dict[str, Columns], FiniteClassSettings]:
    return run(**changes)[-1].tables, FiniteClassSettings.make(**changes)


@pytest.fixture(scope="module")
def film(whole: Whole) -> list[Frame]:
    """The run of the preset, which is the panel as it opens."""
    assert LAB.settings.make(**LAB.preset("finite-class").settings) == LAB.settings.make(panel="finite-class")
    return whole(LAB, "finite-class")


# Kernels, by brute force --------------------------------------------------------------------------------------------


def test_correlations_are_sums_over_points() -> None:
    generator = torch.Generator().manual_seed(3)
    X, z = inputs(37, 4, generator)
    U = directions(4, 11, generator)
    torch.testing.assert_close(U.norm(dim=0), torch.ones(11))
    assert set(z.tolist()) == {-1.0, 1.0}
    ends = [5, 20, 37]
    found = correlations(X @ U, z, 3.0, ends)
    for row, end in zip(found, ends, strict=True):
        for j in range(11):
            values = [min(max(3.0 * float(X[i] @ U[:, j]), -1), 1) * float(z[i]) for i in range(end)]
            assert float(row[j]) == pytest.approx(sum(values) / end, abs=1e-6)


def test_the_best_of_the_first_functions_is_the_largest_of_theirs(monkeypatch: pytest.MonkeyPatch) -> None:
    """However the class is cut into batches."""
    settings = FiniteClassSettings.make(n=30, d=3, N=300, lip=2.0, ds=(3,), seeds=1)
    monkeypatch.setattr(finite_class, "NUMBERS", 30 * 17)
    best = finite_class.Best(settings, 5, 3, 300)
    assert len(list(best.grow(CPU))) == 18 * len(best.lips)
    generator = torch.Generator().manual_seed((5 << 12) + 3)
    X, z = inputs(30, 3, generator)
    U = torch.cat([directions(3, 17, generator) for _ in range(18)], dim=1)
    table = best.table()
    for n, N, L, value in zip(*(table[name] for name in ("n", "N", "L", "value")), strict=True):
        each = z[:n] @ (L * X[:n] @ U[:, :N]).clamp(-1, 1) / n
        assert value == pytest.approx(float(each.max()), abs=1e-6)


@pytest.mark.parametrize("N", [2, 3, 10, 11, 1000, 54_321])
def test_numbers_of_functions_rise_to_all(N: int) -> None:
    grid = finite_class.counts(N)
    assert (np.diff(grid) > 0).all()
    assert grid[-1] == N
    assert grid[0] >= 2


# The bounds ---------------------------------------------------------------------------------------------------------


def test_bounds_are_those_of_the_dossier() -> None:
    rows = [(500, 50, 1e3, 1, 0.0235, 0.166), (500, 50, 1e3, 3, 0.0705, 0.166), (500, 200, 1e3, 3, 0.0353, 0.166)]
    rows += [(2000, 50, 1e3, 3, 0.0353, 0.083), (500, 50, 1e4, 3, 0.0814, 0.192)]
    for n, d, N, lip, first, second in rows:
        assert float(smooth(n, d, N, lip)) == pytest.approx(first, abs=6e-5)
        assert float(massart(n, N)) == pytest.approx(second, abs=6e-4)
    assert float(smooth(500, 49, 100, 7)) == pytest.approx(float(massart(500, 100)))  # L = sqrt(d)


@pytest.mark.parametrize("N", [2, 10, 1000, 10_000])
def test_the_mean_of_the_largest_normal_number_is_below_its_bound_and_near_it(N: int) -> None:
    """sqrt(2 log N) bounds it, and it is at least .45 of that: what luck makes of the smooth bound at small L."""
    density = integrate.quad(lambda x: x * N * stats.norm.pdf(x) * stats.norm.cdf(x) ** (N - 1), -9, 9, limit=200)[0]
    ratio = density / np.sqrt(2 * np.log(N))
    assert 0.45 <= ratio <= 1


@pytest.mark.parametrize(
    ("n", "d", "N", "lip"),
    [(500, 50, 1000, 1.0), (500, 50, 1000, 3.0), (500, 200, 1000, 3.0), (2000, 50, 1000, 3.0), (500, 50, 10_000, 3.0)],
)
def test_the_best_is_near_its_bound(n: int, d: int, N: int, lip: float) -> None:
    """The mean of eight seeds; and it is that of the largest of N normal numbers, but for the clipping."""
    tables, settings = last(n=n, d=d, N=N, lip=lip, ds=(d,))
    here = drawn.rows(tables, n=n, d=d, N=N, L=lip)
    assert len(here["value"]) == settings.seeds == 8
    assert 0.6 <= here["value"].mean() / here["theory"][0] <= 1.1
    assert (here["value"] <= here["massart"]).all()
    luck = integrate.quad(lambda x: x * N * stats.norm.pdf(x) * stats.norm.cdf(x) ** (N - 1), -9, 9, limit=200)[0]
    expected = luck * lip / np.sqrt(n * d)
    assert here["value"].mean() == pytest.approx(expected, rel=0.15)


def test_powers_of_d_and_n_are_minus_a_half(film: list[Frame]) -> None:
    settings = FiniteClassSettings.make()
    for along in ("d", "n"):
        middle, _, seeds = drawn.slope(film[-1].tables, settings, along)
        assert middle == pytest.approx(-0.5, abs=0.1)
        assert seeds == 8


def test_steep_functions_are_bounded_by_their_size(film: list[Frame]) -> None:
    """From L = sqrt(d) on Massart's bound is the smaller, and what is found levels off below it."""
    steep = drawn.steepness(film[-1].tables, FiniteClassSettings.make())
    root = 50**0.5
    above = steep["L"] > root * (1 + 1e-12)
    assert above.sum() == 3
    assert (steep["massart"] < steep["theory"]).tolist() == above.tolist()
    assert (steep["value"] <= np.minimum(steep["massart"], steep["theory"])).all()
    flat = steep["value"][-1] / steep["value"][-2]
    assert 1 <= flat <= 1.1
    assert steep["value"][1] / steep["value"][0] == pytest.approx(2, rel=1e-3)  # nothing is clipped there


def test_no_direction_of_all_is_better_than_the_sum_of_points() -> None:
    """Without clipping the supremum over all u is L |sum z_i x_i| / n: in the plane many functions come near it."""
    tables, settings = last(n=40, d=2, N=5000, lip=0.01, ds=(2,), seeds=3)
    for seed in range(3):
        here = drawn.rows(tables, n=40, d=2, N=5000, L=0.01)
        value = here["value"][here["seed"] == seed][0]
        X, z = inputs(40, 2, torch.Generator().manual_seed((seed << 12) + 2))
        most = 0.01 * float((z @ X).norm()) / 40
        assert value <= most * (1 + 1e-5)
        assert value >= 0.999 * most
    assert settings.lip == 0.01


# The run ------------------------------------------------------------------------------------------------------------


def test_frames_grow_to_a_complete_one(film: list[Frame]) -> None:
    assert len(film) == 1 + 8 * 5
    assert film[0].tables["finite_class"]["N"].max() == 1000
    sizes = [len(frame.tables["finite_class"]["N"]) for frame in film[1:]]
    assert sizes == sorted(sizes)
    table = film[-1].tables["finite_class"]
    assert set(table["d"]) == {25, 50, 100, 200, 400}
    assert set(table["seed"]) == set(range(8))
    assert set(table["n"]) == {62, 125, 250, 500}
    assert np.isfinite(table["value"]).all()
    same = np.stack([table[name] for name in ("n", "d", "N", "L", "seed")])
    assert np.unique(same, axis=1).shape == same.shape


def test_more_functions_begin_with_the_same_ones() -> None:
    few, many = (run(n=50, d=3, N=N, ds=(3,), seeds=1)[-1].tables for N in (100, 1000))
    one, other = (drawn.rows(tables, n=50, N=100, L=1.0)["value"] for tables in (few, many))
    np.testing.assert_array_equal(one, other)


def test_same_settings_same_bits() -> None:
    one, two = (run(n=50, d=3, N=2000, ds=(3, 5), seeds=2)[-1].tables["finite_class"] for _ in range(2))
    for column in one:
        np.testing.assert_array_equal(one[column], two[column])


@pytest.mark.parametrize("bad", [{"N": 1}, {"lip": 0}, {"n": 1}, {"ds": ()}, {"seeds": 0}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        FiniteClassSettings.make(**bad)


def test_too_much_is_refused_with_a_way_out() -> None:
    with pytest.raises(SettingsError, match="use N <="):
        FiniteClassSettings.make(N=200_000, n=5000, seeds=16, ds=(1000, 1500, 2048))
