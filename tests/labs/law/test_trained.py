"""The stream of the panel `trained`: its numbers, its frames, and when it ends."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from explorer.frames import Columns, Frame
from explorer.labs.law import LAB
from explorer.labs.law.trained import TrainedSettings
from explorer.measure.regression import line
from explorer.theory.mcshane import mcshane
from tests.labs.whole import Whole

CPU = torch.device("cpu")
TINY: dict = {"n": 24, "d": 6, "widths": (6, 9, 40), "seeds": 2, "max_steps": 40}
KINDS: list[dict] = [
    {},
    {"trainer": "gauss-newton"},
    {"batch_norm": "on"},
    {"penalty": "path-norm"},
    {"penalty": "weight-decay", "batch_norm": "on", "data": "gaussian"},
    {"start": "grouped"},
]


def settings(**changes: object) -> TrainedSettings:
    return TrainedSettings.make(**TINY | changes)


def film(chosen: TrainedSettings) -> list[Frame]:
    return list(LAB.stream(chosen, CPU, lambda: False))


@pytest.fixture(scope="module", params=KINDS, ids=str)
def filmed(request: pytest.FixtureRequest) -> tuple[TrainedSettings, list[Frame]]:
    """A tiny run of each kind."""
    return settings(**request.param), film(settings(**request.param))


def bits(frame: Frame) -> dict[str, bytes]:
    return {name: values.tobytes() for name, values in {**frame.tables["trained"], **frame.arrays}.items()}


# Numbers to meet ----------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def standard(whole: Whole) -> Frame:
    """The last frame of the panel as it opens: n = 400, d = 30, eleven widths, four seeds."""
    assert LAB.settings.make(**LAB.preset("trained").settings).of_panel() == TrainedSettings.make()
    return whole(LAB, "trained")[-1]


def test_steepness_goes_with_the_root_of_n_over_k_but_on_a_line_with_a_large_intercept(standard: Frame) -> None:
    table = standard.tables["trained"]
    assert table["fits"].all()
    widths = np.unique(table["k"])
    means = np.array([table["lower"][table["k"] == k].mean() for k in widths])
    affine, power = line(np.sqrt(400 / widths), means), line(np.log(400 / widths), np.log(means))
    assert affine.n == 11
    assert affine.correlation >= 0.94
    assert affine.intercept_interval[0] > 5
    assert power.slope_interval[1] < 0.25  # far from the 1/2 of the law


def test_no_network_is_below_the_floor_of_any_function_with_its_error(standard: Frame) -> None:
    table = standard.tables["trained"]
    X, y = (torch.tensor(standard.arrays[name]) for name in "Xy")
    floors = np.array([mcshane(X, y, float(mse)) for mse in table["mse"]])
    assert (floors > 0.5).all()
    assert (table["lower"] > floors).all()


# Frames -------------------------------------------------------------------------------------------------------------


def test_frames_are_complete_and_the_last_holds_plain_networks(filmed: tuple[TrainedSettings, list[Frame]]) -> None:
    chosen, (*way, last) = filmed
    assert way
    for frame in (*way, last):
        assert list(frame.tables) == ["trained"]
        check_table(frame.tables["trained"], chosen)
        assert frame.note
    assert [frame.step for frame in way] == sorted(frame.step for frame in way)
    assert all(set(frame.tables["trained"]["seed"]) == {0} and not frame.arrays for frame in way)
    assert last.step == last.total
    table = last.tables["trained"]
    assert len(table["k"]) == 6
    assert len(set(table["trainer"])) == 1
    X, y = (last.arrays[name].astype(np.float64) for name in "Xy")
    for row, (k, seed) in enumerate(zip(table["k"], table["seed"], strict=True)):
        W, b, a = (last.arrays[f"k{k}_s{seed}_{part}"].astype(np.float64) for part in "Wba")
        assert W.shape == (6, k)
        error = np.mean((np.maximum(X @ W + b, 0) @ a - y) ** 2)
        assert table["mse"][row] == pytest.approx(error, rel=1e-6)


def check_table(table: Columns, chosen: TrainedSettings) -> None:
    assert tuple(table) == tuple(LAB.tables["trained"])
    kinds = {name: values.dtype.kind for name, values in table.items()}
    expected = {**dict.fromkeys(tuple(LAB.tables["trained"]), "f"), **dict.fromkeys(("n", "d", "k", "seed"), "i")}
    assert kinds == expected | {"trainer": "U", "fits": "b"}
    assert (table["fits"] == (table["mse"] <= chosen.tolerance)).all()
    for low, high in pairwise(("lower", "upper", "product")):
        assert (table[low] <= table[high]).all()


def test_the_first_frame_is_of_one_seed_before_any_step() -> None:
    first = next(LAB.stream(settings(), CPU, lambda: False))
    assert first.step == 0
    assert first.tables["trained"]["k"].tolist() == [6, 9, 40]


def test_the_same_settings_give_the_same_bits(filmed: tuple[TrainedSettings, list[Frame]]) -> None:
    chosen, frames = filmed
    assert [bits(frame) for frame in frames] == [bits(frame) for frame in film(chosen)]


def test_another_seed_gives_another_run() -> None:
    one, other = (film(settings(seed=seed))[-1] for seed in (0, 1))
    assert not np.array_equal(one.arrays["X"], other.arrays["X"])


def test_the_lab_finds_the_panel() -> None:
    (first, *_, last) = LAB.stream(settings(), CPU, lambda: False)
    assert first.tables.keys() == last.tables.keys() == {"trained"}


# Stopping -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changes", KINDS, ids=str)
@pytest.mark.parametrize("after", [0, 2])
def test_a_stopped_run_has_no_last_frame(changes: dict, after: int) -> None:
    seen: list[Frame] = []
    chosen = settings(**changes, tolerance=1e-12, max_steps=3000)
    seen.extend(LAB.stream(chosen, CPU, lambda: len(seen) >= after))
    assert len(seen) >= after
    assert not any(frame.arrays for frame in seen)
