"""The panel `one-neuron`: exact where caps are disjoint, independent of n, above the floor of any function."""

from collections.abc import Sequence

import numpy as np
import pytest
import torch

from explorer.data import synthetic
from explorer.device import pick
from explorer.frames import Frame
from explorer.labs.law import LAB
from explorer.labs.law.one_neuron import PANEL, OneNeuronSettings
from explorer.labs.law.one_neuron.compute import PAIRS, measured, stream
from explorer.theory.one_neuron import disjoint_from, overlaps


def never() -> bool:
    return False


def film(**given: object) -> list[Frame]:
    return list(stream(OneNeuronSettings.make(**given), pick(), never))


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return film(n=200, d=100)


@pytest.mark.parametrize(("n", "d"), [(200, 100), (1000, 200), (2000, 1000)])
def test_measured_over_formula(n: int, d: int) -> None:
    X, y = synthetic.sphere(n, d, 1.0, 0).tensors(dtype=torch.float64)
    least = disjoint_from(X)
    assert least < 0.93
    for t in (least, 0.95):
        row = measured(X, y, t, least, overlaps(X, PAIRS), seed=0)
        assert row is not None
        assert row.misfit == 0
        assert 0.98 <= row.lip_sphere / row.formula_sphere <= 1.02
        assert 0.98 <= row.lip_ball / row.formula_ball <= 1.02


def test_independent_of_n(frames: Sequence[Frame]) -> None:
    table = frames[-1].tables["constructions"]
    fewer = table["n"] < 200
    assert fewer.sum() == 4
    for column in ("lip_sphere", "lip_ball"):
        chosen = np.isclose(table["formula_ball"], table["formula_ball"][fewer][0])
        assert chosen.sum() == 5
        assert np.ptp(table[column][chosen]) <= 0.05 * table[column][chosen].min()


def test_the_threshold_can_be_read_off(frames: Sequence[Frame]) -> None:
    X = synthetic.sphere(200, 100, 1.0, 0).X
    rho = float(np.max(X @ X.T - 2 * np.eye(200)))
    table = frames[-1].tables["constructions"]
    t = 1 - 1 / table["formula_ball"]
    exact = np.isfinite(table["formula_sphere"])
    assert t[exact].min() == pytest.approx(np.sqrt((1 + rho) / 2))
    assert (t[~exact] < t[exact].min()).all()
    below = table["lip_ball"][~exact] / table["formula_ball"][~exact]
    assert (below >= 1 - 1e-9).all()
    assert below.max() > 1.1  # ramps add up


def test_floors_of_any_function_lie_below(frames: Sequence[Frame]) -> None:
    table, floors = (frames[-1].tables[name] for name in ("constructions", "floors"))
    assert set(floors["name"]) == {"mcshane"}
    assert floors["n"].tolist() == [12, 25, 50, 100, 200]
    assert (np.diff(floors["value"]) >= 0).all()  # the points are nested
    assert floors["value"].max() < table["lip_ball"].min()


def test_frames_are_whole(frames: Sequence[Frame]) -> None:
    assert [frame.step for frame in frames] == list(range(frames[-1].total + 1))
    for frame in frames:
        assert tuple(frame.tables) == tuple(table.name for table in PANEL.tables)
        for name, columns in frame.tables.items():
            assert tuple(columns) == tuple(LAB.tables[name])
        assert {frame.tables["constructions"]["name"].dtype.kind, frame.tables["floors"]["name"].dtype.kind} == {"U"}
        assert {frame.tables[t][c].dtype for t in frame.tables for c in ("n", "d", "k")} == {np.dtype(np.int64)}
    assert np.isnan(frames[0].tables["constructions"]["lip_ball"]).all()
    last = frames[-1].tables["constructions"]
    assert all(np.isfinite(last[c]).all() for c in ("fit_error", "misfit", "lip_data", "lip_sphere", "lip_ball"))
    assert [bool(frame.arrays) for frame in frames] == [False] * frames[-1].total + [True]
    assert frames[-1].arrays["X"].shape == (200, 100)


def test_the_same_settings_give_the_same_bits(frames: Sequence[Frame]) -> None:
    again = film(n=200, d=100)[-1].tables
    for name, columns in frames[-1].tables.items():
        for column, values in columns.items():
            np.testing.assert_array_equal(again[name][column], values)


@pytest.mark.parametrize("asked", [0, 1, 4, 40])
def test_a_stopped_run_has_no_last_frame(asked: int) -> None:
    left = iter([False] * asked)
    settings = OneNeuronSettings.make(n=40, d=30)
    frames = list(stream(settings, pick(), lambda: next(left, True)))
    assert frames
    assert frames[-1].step < frames[-1].total


@pytest.mark.parametrize(
    ("n", "d", "data"), [(2, 2, "sphere"), (3, 2, "gaussian"), (60, 3, "sphere"), (60, 80, "gaussian")]
)
def test_small_and_crowded_sizes(n: int, d: int, data: str) -> None:
    frames = film(n=n, d=d, data=data)
    last = frames[-1].tables["constructions"]
    assert frames[-1].step == frames[-1].total
    assert np.isfinite(last["lip_ball"]).all()
    exact = np.isfinite(last["formula_sphere"])
    assert (last["lip_ball"][exact] <= last["formula_ball"][exact] * (1 + 1e-9)).all()
    assert (last["lip_sphere"][exact] <= last["formula_sphere"][exact] * (1 + 1e-5)).all()
