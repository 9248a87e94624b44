"""The panel proxy: trained networks without biases above the floor of their data set."""

import numpy as np
import pytest

from explorer.device import pick
from explorer.frames import Frame, Tables
from explorer.labs.law import LAB
from explorer.labs.law.proxy import ProxySettings
from explorer.settings import SettingsError
from tests.labs.whole import Whole

SMALL = {"n": 40, "d": 10, "widths": (2, 16, 64), "seeds": 2, "max_steps": 600}


def run(stop=lambda: False, **changes) -> list[Frame]:
    return list(LAB.stream(ProxySettings.make(**SMALL | changes), pick(), stop))


@pytest.fixture(scope="module")
def film() -> list[Frame]:
    return run()


@pytest.fixture(scope="module")
def default(whole: Whole) -> Frame:
    """The last frame of the panel as it starts."""
    assert LAB.settings.make(**LAB.preset("proxy").settings).of_panel() == ProxySettings.make()
    return whole(LAB, "proxy")[-1]


def floor(tables: Tables, name: str) -> dict[int, float]:
    rows = tables["floors"]["name"] == name
    return dict(zip(tables["floors"]["k"][rows].tolist(), tables["floors"]["value"][rows].tolist(), strict=True))


def test_every_network_that_fits_lies_above_every_floor(default: Frame, film: list[Frame]) -> None:
    for tables in (default.tables, film[-1].tables):
        trained = tables["trained"]
        assert trained["fits"].sum() >= 4
        for name in ("proxy", "proxy-rank", "proxy-search"):
            held = floor(tables, name)
            least = np.array([held[k] for k in trained["k"].tolist()])
            assert (trained["product"] > least)[trained["fits"]].all()


def test_the_floor_has_slope_one_half_and_the_search_lies_above_it(default: Frame) -> None:
    certified, found, rank = (floor(default.tables, f"proxy{kind}") for kind in ("", "-search", "-rank"))
    for values in (certified, found):
        k, value = np.array(list(values)), np.array(list(values.values()))
        np.testing.assert_allclose(np.diff(np.log(value)) / np.diff(np.log(k)), -0.5, rtol=1e-9)
    assert all(certified[k] <= found[k] < 1.4 * certified[k] for k in certified)
    assert all(rank[k] == certified[min(k, 30)] if k <= 30 else rank[k] == max(rank[32], rank[k]) for k in rank)


def test_at_the_default_sizes_it_is_what_the_documents_say(default: Frame) -> None:
    trained, held = default.tables["trained"], floor(default.tables, "proxy")
    ratio = trained["product"] / np.array([held[k] for k in trained["k"].tolist()])
    assert trained["fits"].sum() >= 10
    assert 5 < ratio[trained["fits"]].min() < 12


def test_the_product_is_above_the_bracket_and_biases_are_zero(film: list[Frame]) -> None:
    last, trained = film[-1], film[-1].tables["trained"]
    assert (trained["lower"] <= trained["upper"]).all()
    assert (trained["upper"] <= trained["product"] * (1 + 1e-9)).all()
    for k, seed, product in zip(trained["k"], trained["seed"], trained["product"], strict=True):
        W, b, a = (last.arrays[f"k{k}_s{seed}_{part}"].astype(np.float64) for part in "Wba")
        assert not b.any()
        assert product == pytest.approx(np.linalg.norm(a) * np.linalg.norm(W, 2), rel=1e-9)
        f = np.maximum(last.arrays["X"] @ W, 0) @ a
        assert np.mean((f - last.arrays["y"]) ** 2) == pytest.approx(
            trained["mse"][(trained["k"] == k) & (trained["seed"] == seed)][0], rel=1e-4
        )


def test_frames_are_whole_and_the_first_has_the_floors(film: list[Frame]) -> None:
    assert len(film[0].tables["floors"]["k"]) == 9
    for frame in film:
        assert list(frame.tables) == ["floors", "trained"]
        for name, table in frame.tables.items():
            assert tuple(table) == tuple(LAB.tables[name])
        trained, floors = frame.tables["trained"], frame.tables["floors"]
        assert {trained[c].dtype for c in ("n", "d", "k", "seed")} == {np.dtype(np.int64)}
        assert {floors[c].dtype for c in ("n", "d", "k")} == {np.dtype(np.int64)}
        assert {trained[c].dtype for c in ("mse", "lower", "upper", "product", "law")} == {np.dtype(np.float64)}
        assert trained["fits"].dtype == bool
        assert len(trained["k"]) == 6
    assert (np.diff([frame.step for frame in film]) >= 0).all()
    assert film[-1].step == film[-1].total
    assert set(film[-1].tables["trained"]["trainer"]) == {"adam, zero bias"}


def test_same_settings_same_bits(film: list[Frame]) -> None:
    for first, second in zip(film, run(), strict=True):
        for name, table in first.tables.items():
            for column, values in table.items():
                np.testing.assert_array_equal(values, second.tables[name][column])


@pytest.mark.parametrize("asked", [1, 20, 200])
def test_it_ends_without_a_last_frame_when_told(asked: int) -> None:
    count = iter(range(10**9))
    frames = run(stop=lambda: next(count) >= asked)
    assert not any(frame.arrays for frame in frames)


def test_gaussian_points() -> None:
    tables = run(data="gaussian", seeds=1, widths=(32,), max_steps=300)[-1].tables
    assert tables["trained"]["product"][0] > floor(tables, "proxy-search")[32]


def test_bad_settings_are_refused() -> None:
    with pytest.raises(SettingsError, match="tolerance"):
        ProxySettings.make(tolerance=0)
    with pytest.raises(SettingsError, match="widths"):
        ProxySettings.make(widths=(0,))
