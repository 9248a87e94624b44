"""The panel `grouped`: its numbers, its table and its frames."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import Columns, Frame
from explorer.labs.law import LAB
from explorer.labs.law.grouped import GroupedSettings
from explorer.labs.law.grouped.compute import distinct, expected, measured, stream
from explorer.settings import SettingsError
from explorer.theory.grouped import grouped


def never() -> bool:
    return False


def film(**given: object) -> list[Frame]:
    return list(stream(GroupedSettings.make(**given), pick(), never))


def rows(table: Columns, d: int) -> Columns:
    return {name: values[table["d"] == d] for name, values in table.items()}


def slope(x: np.ndarray, y: np.ndarray) -> float:
    return float(np.polyfit(np.log(x), np.log(y), 1)[0])


@pytest.fixture(scope="module")
def small() -> list[Frame]:
    return film(n=300, d=160, sizes=(1, 2, 4))


def test_the_numbers_of_the_issue() -> None:
    *_, last = film(n=2000, d=2000)
    table = rows(last.tables["constructions"], 2000)
    m = table["n"] / table["k"]
    assert len(m) == 5
    assert (table["misfit"] == 0).all()
    assert table["fit_error"].max() < 1e-9
    assert 0.45 <= slope(m, table["lip_data"]) <= 0.55
    assert 0.95 <= slope(m, table["lip_sphere"]) <= 1.05
    for column, formula, low, high in (("lip_sphere", 2 * m, 0.95, 1.15), ("lip_ball", 4 * m, 0.8, 1.1)):
        ratio = table[column] / formula
        assert low <= ratio.min() <= ratio.max() <= high, column
    everywhere = last.tables["constructions"]
    density = everywhere["k"] * everywhere["d"] / (2000 * np.log(2000))
    assert (everywhere["misfit"][density >= 15] == 0).all()
    assert (everywhere["misfit"][density <= 4] > 0.2).all()


@pytest.mark.parametrize("seed", [1, 2])
def test_the_slopes_hold_on_other_data(seed: int) -> None:
    *_, last = film(n=800, d=800, sizes=(1, 2, 4, 8), seed=seed)
    table = rows(last.tables["constructions"], 800)
    m = table["n"] / table["k"]
    assert 0.45 <= slope(m, table["lip_data"]) <= 0.6
    assert 0.95 <= slope(m, table["lip_sphere"]) <= 1.05
    assert 0.95 <= slope(m, table["lip_ball"]) <= 1.05


def test_frames_are_whole(small: Sequence[Frame]) -> None:
    assert [frame.step for frame in small] == list(range(len(small)))
    assert {frame.total for frame in small} == {small[-1].step}
    for frame in small:
        assert frame.tables.keys() == {"constructions"}
        table = frame.tables["constructions"]
        assert tuple(table) == tuple(LAB.tables["constructions"])
        assert table["name"].dtype.kind == "U"
        assert {table[c].dtype for c in ("n", "d", "k", "p")} == {np.dtype(np.int64)}
        assert {values.dtype for values in list(table.values())[5:]} == {np.dtype(np.float64)}
    first, last = small[0].tables["constructions"], small[-1].tables["constructions"]
    assert np.isnan(first["lip_ball"]).all()
    assert np.isfinite(first["formula_ball"]).all()
    chosen = rows(last, 160)
    assert all(np.isfinite(values).all() for name, values in chosen.items() if name != "name")
    assert np.isnan(last["lip_sphere"][last["d"] < 160]).all()
    assert np.isfinite(last["misfit"]).all()
    assert (np.diff(chosen["k"]) < 0).all()
    assert np.unique(last["d"]).tolist() == [10, 20, 40, 80, 160]


def test_the_last_frame_carries_the_data_of_the_networks(small: Sequence[Frame]) -> None:
    assert [bool(frame.arrays) for frame in small] == [False] * (len(small) - 1) + [True]
    X, y = (torch.from_numpy(small[-1].arrays[name]) for name in ("X", "y"))
    assert X.shape == (300, 160)
    table = rows(small[-1].tables["constructions"], 160)
    assert [grouped(X, y, m).widths[0] for m in (1, 2, 4)] == table["k"].tolist()


def test_gradients_stand_in_order(small: Sequence[Frame]) -> None:
    table = rows(small[-1].tables["constructions"], 160)
    assert (table["lip_data"] <= table["lip_ball"]).all()
    assert (table["lip_sphere"] <= table["lip_ball"]).all()


def test_the_same_settings_give_the_same_bits(small: Sequence[Frame]) -> None:
    again = film(n=300, d=160, sizes=(1, 2, 4))[-1].tables["constructions"]
    for name, values in small[-1].tables["constructions"].items():
        np.testing.assert_array_equal(again[name], values)


@pytest.mark.parametrize("asked", [0, 1, 5, 12])
def test_a_stopped_run_has_no_last_frame(asked: int) -> None:
    left = iter([False] * asked)
    settings = GroupedSettings.make(n=100, d=60, sizes=(1, 2))
    frames = list(stream(settings, pick(), lambda: next(left, True)))
    assert frames
    assert frames[-1].step < frames[-1].total
    assert not frames[-1].arrays


@pytest.mark.parametrize("data", ["sphere", "gaussian"])
@pytest.mark.parametrize(("n", "d", "sizes"), [(2, 2, (1, 2, 8)), (7, 3, (3, 64)), (50, 4, (1, 16)), (30, 33, (1, 64))])
def test_small_and_odd_sizes(n: int, d: int, sizes: tuple[int, ...], data: str) -> None:
    frames = film(n=n, d=d, sizes=sizes, data=data)
    last = frames[-1].tables["constructions"]
    assert frames[-1].step == frames[-1].total
    assert len(np.unique(np.stack([last["d"], last["k"]]), axis=1).T) == len(last["k"])
    assert np.isfinite(last["misfit"]).all()


def test_groups_larger_than_every_class_are_one_network() -> None:
    y = torch.tensor([1.0, 1, 1, -1], dtype=torch.float64)
    assert distinct(y, (1, 2, 3, 4, 9), 20) == [1, 2, 3]
    assert distinct(y, (1, 2, 3, 4, 9), 2) == [1, 2]


def test_groups_that_no_dimension_holds_are_refused() -> None:
    with pytest.raises(SettingsError, match=r"sizes .* at most d = 3 points"):
        GroupedSettings.make(n=20, d=3, sizes=(4, 8))
    assert LAB.settings.make(panel="trained", n=20, d=3, sizes=(4, 8)).d == 3


def test_a_row_for_the_overview() -> None:
    X = torch.eye(30, dtype=torch.float64)
    y = torch.where(torch.arange(30) % 2 == 0, 1.0, -1.0).double()
    row, said = measured(X, y, 2, seed=0), expected(X, y, 2)
    assert row is not None
    assert (row.k, row.misfit, row.formula_sphere) == (16, 0, said.formula_sphere)
    assert row.lip_ball == pytest.approx(said.formula_ball, rel=0.1)
