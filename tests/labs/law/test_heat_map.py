"""The heat map: its numbers, that cells are those of networks trained alone, and that it stops."""

from collections.abc import Callable

import numpy as np
import pytest
import torch

from explorer.data import synthetic
from explorer.frames import Frame
from explorer.labs.law import LAB
from explorer.labs.law.heat_map import HeatMapSettings
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.settings import SettingsError
from explorer.train import adam

CPU = torch.device("cpu")
SMALL = {"ns": (10, 20, 40), "widths": (2, 8, 32), "d": 6, "max_steps": 600}


def run(stop: Callable[[], bool] = lambda: False, **changes: object) -> list[Frame]:
    settings = HeatMapSettings.make(**SMALL | changes)
    return list(LAB.stream(settings, CPU, stop))


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run()


def test_cells_fill_in_and_the_last_frame_has_all(frames: list[Frame]) -> None:
    sizes = [len(frame.tables["trained"]["k"]) for frame in frames]
    assert sizes == sorted(set(sizes))
    assert sizes[-1] == 3 * 3 * 2
    steps = [frame.step for frame in frames]
    assert steps == sorted(steps)
    assert {frame.total for frame in frames} == {frames[-1].step} == {2 * 600}
    assert frames[-1].note == f"18 of 18 networks trained, {frames[-1].tables['trained']['fits'].sum()} fit"


def test_the_table_is_complete_and_typed(frames: list[Frame]) -> None:
    for frame in frames:
        assert list(frame.tables) == ["trained"]
        table = frame.tables["trained"]
        assert tuple(table) == tuple(LAB.tables["trained"])
        assert [table[name].dtype.kind for name in table] == ["i", "i", "i", "i", "U", "f", "b", "f", "f", "f", "f"]
    table = frames[-1].tables["trained"]
    assert list(zip(table["seed"].tolist(), table["n"].tolist(), table["k"].tolist(), strict=True)) == [
        (seed, n, k) for seed in (0, 1) for n in SMALL["ns"] for k in SMALL["widths"]
    ]
    assert set(table["trainer"]) == {"adam"}
    assert (table["fits"] == (table["mse"] <= 1e-3)).all()
    assert (table["lower"] <= table["upper"]).all()
    assert (table["upper"] <= table["product"]).all()
    np.testing.assert_allclose(table["law"], np.sqrt(table["n"] / table["k"]))


def test_few_parameters_do_not_fit_and_many_do(frames: list[Frame]) -> None:
    table = frames[-1].tables["trained"]
    assert not table["fits"][table["k"] * (table["d"] + 2) < table["n"]].any()
    assert table["fits"][table["k"] == 32].all()


def test_a_cell_is_the_network_trained_alone_on_its_points(frames: list[Frame]) -> None:
    table = frames[-1].tables["trained"]
    for seed, n, k in ((0, 10, 32), (1, 20, 32), (1, 40, 2)):
        X, y = synthetic.sphere(n, 6, noise=1.0, seed=seed).tensors(dtype=torch.float32)
        nets = initialise([k], [seed], 6, Rectified())
        *_, alone = adam.train(nets, X, y, tolerance=1e-3, max_steps=600, stop=lambda: False)
        here = (table["seed"] == seed) & (table["n"] == n) & (table["k"] == k)
        W, b, a = alone.nets.W.double(), alone.nets.b.double(), alone.nets.outer.double()
        reached = b + W.norm(dim=0) >= 0  # other neurons are off in the whole ball
        product = float(a[reached].norm() * torch.linalg.matrix_norm(W, 2))
        assert table["mse"][here] == pytest.approx(float(alone.mse), rel=1e-3)
        assert table["product"][here] == pytest.approx(product, rel=1e-4)


def test_the_last_frame_carries_the_largest_data_set_and_its_networks(frames: list[Frame]) -> None:
    assert all(not frame.arrays for frame in frames[:-1])
    arrays = frames[-1].arrays
    assert arrays["X"].shape == (40, 6)
    assert arrays["y"].shape == (40,)
    assert {name for name in arrays if name.endswith("_W")} == {"k2_s0_W", "k8_s0_W", "k32_s0_W"}
    f = np.maximum(arrays["X"] @ arrays["k32_s0_W"] + arrays["k32_s0_b"], 0) @ arrays["k32_s0_a"]
    assert ((f - arrays["y"]) ** 2).mean() <= 1.001e-3


def test_constants_peak_where_fitting_ends_and_grow_with_n(frames: list[Frame]) -> None:
    table = frames[-1].tables["trained"]
    wide = table["k"] == 32
    means = [table["lower"][wide & (table["n"] == n)].mean() for n in SMALL["ns"]]
    assert means == sorted(means)


def test_same_settings_same_bits(frames: list[Frame]) -> None:
    for mine, again in zip(frames, run(), strict=True):
        for name, values in mine.tables["trained"].items():
            np.testing.assert_array_equal(values, again.tables["trained"][name])


def test_the_first_seed_is_the_first_half(frames: list[Frame]) -> None:
    one, both = run(seeds=1)[-1].tables["trained"], frames[-1].tables["trained"]
    for name, values in one.items():
        np.testing.assert_array_equal(values, both[name][both["seed"] == 0])


@pytest.mark.parametrize("asked", [0, 1, 8])
def test_stop_ends_it_without_a_last_frame(asked: int, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adam, "paced", lambda stop: stop)
    calls = iter(range(10**6))
    frames = run(stop=lambda: next(calls) >= asked)
    assert len(frames) < 3
    assert all(not frame.arrays and frame.step < frame.total for frame in frames)


def test_gaussian_points_have_a_ball_of_their_own() -> None:
    table = run(data="gaussian", seeds=1, max_steps=50)[-1].tables["trained"]
    assert np.isfinite(table["lower"]).all()


@pytest.mark.parametrize("bad", [{"ns": (1,)}, {"ns": ()}, {"widths": (0,)}, {"tolerance": 0}, {"seeds": 33}])
def test_bad_sizes_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        HeatMapSettings.make(**bad)
