"""The noise panel: its numbers, and that it stops."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.frames import Frame
from explorer.labs.law import LAB
from explorer.labs.law.noise import NoiseSettings
from explorer.labs.noise_curves import ratios
from explorer.settings import SettingsError
from explorer.train import adam

CPU = torch.device("cpu")
SMALL = {"n": 200, "d": 6, "widths": (64, 256), "seeds": 2}


def run(stop: Callable[[], bool] = lambda: False, **changes: object) -> list[Frame]:
    settings = NoiseSettings.make(**SMALL | changes)
    return list(LAB.stream(settings, CPU, stop))


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


def test_frames_grow_to_a_complete_one(frames: list[Frame]) -> None:
    assert len(frames) > 20
    sizes, steps = [len(frame.tables["noise"]["k"]) for frame in frames], [frame.step for frame in frames]
    assert sizes == sorted(sizes)
    assert steps == sorted(steps)
    assert frames[-1].step == frames[-1].total == 4 * 3000
    assert not any(frame.arrays for frame in frames[:-1])
    assert frames[-1].arrays["X"].shape == (200, 6)
    assert frames[-1].arrays["k256_s0_W"].shape == (6, 256)


def test_the_table_is_complete_and_typed(frames: list[Frame]) -> None:
    for frame in frames:
        assert list(frame.tables) == ["noise"]
        assert tuple(frame.tables["noise"]) == tuple(LAB.tables["noise"])
    table = frames[-1].tables["noise"]
    assert [table[name].dtype.kind for name in table] == ["f", "i", "i", "i", "f", "f"]
    assert np.isfinite(table["lower"]).all()
    for sigma in (0.5, 0.0):
        for k in SMALL["widths"]:
            for seed in (0, 1):
                here = (table["sigma"] == sigma) & (table["k"] == k) & (table["seed"] == seed)
                step, mse = table["step"][here], table["mse"][here]
                assert step[0] == 0
                assert (np.diff(step) > 0).all()
                assert mse[-1] == mse.min() <= 1e-3
                assert (mse[1:-1] <= mse[:-2] * 10 ** (-1 / 6)).all()


def test_steepness_is_paid_below_the_noise_level(frames: list[Frame]) -> None:
    found = ratios(frames[-1].tables, 0.5, 0.25)
    assert len(found) == 4
    assert min(found.values()) >= 1.5


def test_without_noise_width_makes_nothing_flatter(frames: list[Frame]) -> None:
    table = frames[-1].tables["noise"]
    ends = {
        (sigma, k): np.mean(
            [table["lower"][(table["sigma"] == sigma) & (table["k"] == k) & (table["seed"] == s)][-1] for s in (0, 1)]
        )
        for sigma in (0.5, 0.0)
        for k in SMALL["widths"]
    }
    assert ends[0.0, 64] == pytest.approx(ends[0.0, 256], rel=0.15)
    assert ends[0.5, 64] > 1.1 * ends[0.5, 256] > 1.1 * 1.5 * ends[0.0, 256]
    assert 6**0.5 <= ends[0.0, 256] <= 2 * 6**0.5  # the target's own constant is sqrt(d)


def test_same_settings_same_bits(frames: list[Frame]) -> None:
    again = run()
    assert len(again) == len(frames)
    for name, values in frames[-1].tables["noise"].items():
        np.testing.assert_array_equal(values, again[-1].tables["noise"][name])


def test_no_noise_is_one_run_and_all_noise_two() -> None:
    few = {"max_steps": 30, "seeds": 1}
    assert set(run(sigma=0, **few)[-1].tables["noise"]["sigma"]) == {0.0}
    assert set(run(sigma=1, **few)[-1].tables["noise"]["sigma"]) == {0.0, 1.0}


@pytest.mark.parametrize("asked", [0, 1, 6])
def test_stop_ends_it_without_a_last_frame(asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adam, "paced", lambda stop: stop)
    calls = iter(range(10**6))
    frames = run(stop=lambda: next(calls) >= asked)
    assert len(frames) < 8
    assert all(not frame.arrays and frame.step < frame.total for frame in frames)


@pytest.mark.parametrize("bad", [{"sigma": 1.1}, {"sigma": -0.1}, {"n": 1}, {"widths": ()}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        NoiseSettings.make(**bad)
