"""The plane of the two closest opposite points."""

from itertools import product

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from explorer.figures.columns import filled
from explorer.figures.numbers import down
from explorer.frames import Mismatch
from explorer.labs.live.overview.closer import draw_plane
from explorer.labs.live.overview.compute import inspect, stream
from explorer.labs.live.overview.plane import SIZE, closest_opposite, slice_plane
from explorer.labs.live.overview.plane_words import plane_sentence
from explorer.labs.live.overview.settings import LiveSettings
from explorer.nets.activations import Rectified
from explorer.nets.two_layer import initialise
from explorer.theory.mcshane import mcshane


def labelled(n: int, d: int, seed: int) -> tuple[torch.Tensor, torch.Tensor]:
    stream = torch.Generator().manual_seed(seed)
    return torch.randn(n, d, generator=stream, dtype=torch.float64), torch.randn(
        n, generator=stream, dtype=torch.float64
    )


@given(st.integers(2, 12), st.integers(1, 5), st.integers(0, 99))
def test_the_closest_pair_is_that_of_brute_force(n: int, d: int, seed: int) -> None:
    X, y = labelled(n, d, seed)
    pairs = [(i, j) for i, j in product(range(n), repeat=2) if (y[i] > 0) != (y[j] > 0)]
    found = closest_opposite(X, y)
    if not pairs:
        assert found is None
        return
    assert found in pairs
    i, j = found
    best = min((X[i] - X[j]).norm().item() for i, j in pairs)
    assert (X[i] - X[j]).norm().item() == pytest.approx(best, rel=1e-12)


@pytest.mark.parametrize("seed", range(12))
def test_two_equal_points_are_the_closest_among_many(seed: int) -> None:
    """In float32, where distances by way of products of matrices are noise: another pair is only very close."""
    stream = torch.Generator().manual_seed(seed)
    X = torch.nn.functional.normalize(torch.randn(400, 20, generator=stream))
    y = torch.randn(400, generator=stream).sign()
    X[100], X[200] = X[7], X[9] + 1e-5 * torch.randn(20, generator=stream)
    y[[7, 9]], y[[100, 200]] = 1.0, -1.0
    assert closest_opposite(X, y) == (7, 100)


def test_a_contradicting_pair_has_a_plane_and_a_sentence_without_a_division_by_zero() -> None:
    X = torch.tensor([[0.6, 0.8], [0.6, 0.8], [0.0, 1.0]])
    net = initialise([4], [0], 2, Rectified(1), 1.0)
    found = slice_plane(net, X, torch.tensor([1.0, -1.0, 1.0]), eps=0.1, norm="l2", steps=2)
    assert found["distance"] == 0
    assert all(np.isfinite(array).all() for name, array in found.items() if name != "segments")
    assert plane_sentence(found).lead.endswith("no function fits both.")


@pytest.mark.parametrize("sign", [1, -1])
@pytest.mark.parametrize("last", [1.5, 2.0], ids=["ends alike", "ends apart"])
def test_labels_of_one_sign_force_a_slope_too_and_ring_no_pair(last: float, sign: float) -> None:
    X = torch.tensor([[0, 0], [1, 0], [0.9, 0.05], [0, 1], [0.3, 0.3], [-0.5, 0.2]], dtype=torch.float64)
    y = sign * torch.tensor([1.5, 40.5, 3.5, 20.5, 7.25, last], dtype=torch.float64)
    net = initialise([64], [0], 2, Rectified()).to(torch.float64)
    found = slice_plane(net, X, y, eps=0.1, norm="l2", steps=2)
    assert [found[name].shape for name in ("pair", "path", "path_f")] == [(0,), (0, 2), (0,)]
    said = plane_sentence(found | {"mse": np.array([1e-4]), "floor": np.array([mcshane(X, y, 1e-4)])}).text
    slope = max(
        (abs(float(y[i] - y[j])) - np.sqrt(2 * len(X) * 1e-4)) / float((X[i] - X[j]).norm())
        for i, j in product(range(len(X)), repeat=2)
        if i != j
    )
    assert slope == pytest.approx(330.6, rel=1e-3)
    assert f"at least {down(slope)} steep" in said
    assert "ringed points" not in said
    assert "nothing forces" not in said
    changes = filled(draw_plane(found), "light")
    for name in ("f", "slope"):
        assert all(len(changes[f"{name}:{part}"]["x"]) == 0 for part in ("pair", "path", "end"))
        assert len(changes[f"{name}:plus"]["x"]) + len(changes[f"{name}:minus"]["x"]) == len(X)


@pytest.fixture(scope="module")
def found() -> tuple[dict[str, np.ndarray], torch.Tensor, torch.Tensor]:
    X, y = labelled(12, 5, 0)
    X = X / X.norm(dim=1).max()
    net = initialise([7], [0], 5, Rectified()).to(torch.float64)
    return slice_plane(net, X, y, eps=0.3, norm="l2", steps=6), X, y


def test_the_plane_holds_the_pair_and_the_origin(found: tuple) -> None:
    plane, X, y = found
    i, j = plane["pair"]
    shadows = plane["points"]
    assert (i, j) == closest_opposite(X, y)
    for point in (i, j):  # lies in the plane: its shadow is as long as itself
        assert np.linalg.norm(shadows[point]) == pytest.approx(X[point].norm().item())
    assert np.linalg.norm(shadows[i] - shadows[j]) == pytest.approx(plane["distance"].item())
    assert plane["distance"].item() == pytest.approx((X[i] - X[j]).norm().item())
    assert plane["jump"].item() == pytest.approx((y[i] - y[j]).abs().item())
    assert (np.linalg.norm(shadows, axis=1) <= X.norm(dim=1).numpy() + 1e-12).all()
    assert (np.abs(shadows) <= plane["half"]).all()


@pytest.mark.parametrize("tolerance", [1e-4, 0.01, 0.1, 0.3])
def test_what_any_function_needs_is_true_of_the_network_shown(tolerance: float) -> None:
    """However loosely it fits, it is at least as steep as is said of every function with no larger an error."""
    settings = LiveSettings.make(n=40, d=3, widths=(32,), k_shown=32, seeds=1, tolerance=tolerance, eps_max=0.1)
    last = list(stream(settings, torch.device("cpu"), lambda: False))[-1]
    plane = inspect(settings, last.arrays, k=32, seed=0)
    table = last.tables["lipschitz"]
    assert plane["mse"].item() == pytest.approx(table["mse"][0], rel=1e-3)
    assert plane["floor"].item() <= table["upper"][0]
    X, y = last.arrays["X"].astype(np.float64), last.arrays["y"].astype(np.float64)
    rise = np.abs(y[:, None] - y) - np.sqrt(2 * len(X) * plane["mse"].item())
    apart = np.linalg.norm(X[:, None] - X, axis=2)
    assert plane["floor"].item() == pytest.approx(np.where(apart > 0, rise / np.maximum(apart, 1e-9), 0).clip(0).max())
    if tolerance == 0.3:  # what the pair would force on a function through both is no longer true of it
        assert plane["jump"].item() / plane["distance"].item() > table["upper"][0]


def test_f_and_its_slope_are_those_of_the_network(found: tuple) -> None:
    plane, X, _ = found
    net = initialise([7], [0], 5, Rectified()).to(torch.float64)
    u, v = (X[i] for i in plane["pair"])
    e1 = u / u.norm()
    e2 = (v - (v @ e1) * e1) / (v - (v @ e1) * e1).norm()
    ticks = np.linspace(-plane["half"].item(), plane["half"].item(), SIZE)
    for row, column in ((0, 0), (95, 0), (0, 95), (20, 70)):
        x = (ticks[column] * e1 + ticks[row] * e2)[None]
        assert plane["f"][row, column] == pytest.approx(net.outputs(x).item(), rel=1e-5)
        assert plane["slope"][row, column] == pytest.approx(net.gradients(x).norm().item(), rel=1e-5)


def test_the_attack_starts_at_the_first_of_the_pair_and_stays_in_its_ball(found: tuple) -> None:
    plane, X, _ = found
    assert plane["path"].shape == (7, 2)
    start = plane["points"][plane["pair"][0]]
    assert plane["path"][0] == pytest.approx(start)
    assert (np.linalg.norm(plane["path"] - start, axis=1) <= 0.3 + 1e-9).all()  # a shadow is no longer than the walk
    net = initialise([7], [0], 5, Rectified()).to(torch.float64)
    assert plane["path_f"][0] == pytest.approx(net.outputs(X[plane["pair"][0]][None]).item())


@pytest.mark.parametrize(
    "X",
    [
        torch.tensor([[1.0, 0.0, 0.0], [2.0, 0.0, 0.0]]),  # one direction only
        torch.tensor([[0.0, 0.0, 0.0], [0.0, 1.0, 0.0]]),  # the origin
        torch.zeros(2, 3),
        torch.tensor([[1.0, 1.0, 1.0], [-1.0, -1.0, -1.0]]),
    ],
    ids=["parallel", "origin", "zero", "opposite"],
)
def test_points_that_span_no_plane_get_one(X: torch.Tensor) -> None:
    net = initialise([4], [0], 3, Rectified()).to(torch.float64)
    plane = slice_plane(net, X, torch.tensor([1.0, -1.0]), eps=0.1, norm="linf", steps=2)
    assert all(np.isfinite(values).all() for name, values in plane.items() if name != "segments")
    assert np.linalg.norm(plane["points"], axis=1) == pytest.approx(X.norm(dim=1).numpy(), abs=1e-6)


def test_the_plane_stays_when_k_moves() -> None:
    settings = LiveSettings.make(n=14, d=4, widths=(3, 8), k_shown=3, seeds=2, max_steps=5, attack_steps=2)
    arrays = list(stream(settings, torch.device("cpu"), lambda: False))[-1].arrays
    looks = [inspect(settings, arrays, k=k, seed=seed) for k in (3, 8) for seed in (0, 1)]
    assert [look["k"].tolist() for look in looks] == [[3], [3], [8], [8]]
    for look in looks[1:]:
        for name in ("points", "pair", "half", "labels", "distance", "jump"):
            assert np.array_equal(look[name], looks[0][name])
        assert not np.array_equal(look["f"], looks[0]["f"])
    with pytest.raises(Mismatch):
        inspect(settings, arrays, k=4, seed=0)
