"""The features panel: its least squares against numpy's, gradients against differences, and double descent."""

from itertools import pairwise

import numpy as np
import pytest
import torch

from explorer.data.label_noise import labelled
from explorer.figures.look import Look
from explorer.frames import Frame
from explorer.labs.universal import LAB
from explorer.labs.universal.features import (
    BEYOND,
    FEATURES,
    NTK,
    RANDOM,
    TESTS,
    FeaturesSettings,
    captions,
    compute,
    figure,
)
from explorer.labs.universal.features.readings import means, peak, rows, slope
from explorer.settings import SettingsError
from explorer.train.random_features import Fitted, features, fit, least_norm, steepest
from tests.labs.universal.lesson.features import models, seeds, table
from tests.labs.whole import Whole

CPU = torch.device("cpu")


def drawn(n: int, d: int, k: int, seed: int = 0) -> tuple[torch.Tensor, torch.Tensor, torch.Tensor]:
    X, y = labelled(n, d, 0.5, seed).tensors(dtype=torch.float64)
    return X, y, torch.tensor(np.random.default_rng(seed).standard_normal((k, d)))


@pytest.mark.parametrize("gradient", [False, True])
@pytest.mark.parametrize(("n", "k"), [(30, 8), (30, 29), (30, 45), (12, 40)])
def test_the_fit_is_that_of_a_pseudo_inverse(n: int, k: int, gradient: bool) -> None:
    X, y, W = drawn(n, 4, k)
    plain = np.tanh(X.numpy() @ W.numpy().T) / np.sqrt(k)
    if gradient:
        plain = np.stack([np.concatenate([h * x for h in row]) for row, x in zip(plain, X.numpy(), strict=True)])
    A = features(X, W, gradient=gradient)
    np.testing.assert_allclose(A, plain, rtol=1e-12, atol=1e-14)
    expected = np.linalg.lstsq(plain, y.numpy())[0]
    np.testing.assert_allclose(least_norm(A, y), expected, rtol=1e-6, atol=1e-7)
    model = fit(X, y, W, gradient=gradient)
    assert model.norm == pytest.approx(np.linalg.norm(np.linalg.pinv(plain) @ y.numpy()), rel=1e-6)
    np.testing.assert_allclose(model.at(X), plain @ expected, atol=1e-8)


def test_directions_without_a_feature_get_no_weight() -> None:
    A = torch.tensor(
        np.random.default_rng(0).standard_normal((20, 3)) @ np.random.default_rng(1).standard_normal((3, 9))
    )
    y = torch.arange(20.0, dtype=torch.float64)
    for B, right in ((A, y), (A.T, y[:9])):
        expected = np.linalg.lstsq(B.numpy(), right.numpy())[0]
        np.testing.assert_allclose(least_norm(B, right), expected, atol=1e-9)


@pytest.mark.parametrize("gradient", [False, True])
def test_gradient_and_hessian_are_those_of_autograd(gradient: bool) -> None:
    X, y, W = drawn(12, 5, 20)
    model = fit(X, y, W, gradient=gradient)
    for x in X:
        own = torch.autograd.functional.jacobian(lambda z: model.at(z[None])[0], x)
        torch.testing.assert_close(model.slope(x[None])[0], own, rtol=1e-9, atol=1e-9)
        hessian = torch.autograd.functional.hessian(lambda z: model.at(z[None])[0], x)
        torch.testing.assert_close(model.bend(x[None], y[None, :5])[0], hessian @ y[:5], rtol=1e-9, atol=1e-9)


@pytest.mark.parametrize("gradient", [False, True])
def test_steepness_is_found_and_never_beyond_what_is_there(gradient: bool) -> None:
    """Two dimensions: a dense circle has the steepest gradient."""
    X, y, W = drawn(8, 2, 40, 3)
    model = fit(X, y, W, gradient=gradient)
    angle = np.linspace(0, 2 * np.pi, 200_001)
    there = float(model.slope(torch.tensor(np.stack([np.cos(angle), np.sin(angle)], 1))).norm(dim=1).max())
    at_points, climbed = steepest(model, X, 0), steepest(model, X)
    assert at_points == pytest.approx(float(model.slope(X).norm(dim=1).max()))
    assert at_points <= climbed <= there * (1 + 1e-6)
    assert climbed >= 0.9 * there


def test_the_kernel_of_derivatives_is_that_of_a_two_layer_network() -> None:
    """Features of the NTK are the derivatives of sum log cosh(w . x) / sqrt(k) by its inner weights."""
    X, _, W = drawn(6, 3, 5)
    for x, row in zip(X, features(X, W, gradient=True), strict=True):
        own = torch.autograd.functional.jacobian(lambda V, x=x: torch.log(torch.cosh(V @ x)).sum() / 5**0.5, W)
        torch.testing.assert_close(row.reshape(5, 3), own)


@pytest.fixture(scope="module")
def frames(whole: Whole) -> list[Frame]:
    """The run of the preset, which is the panel as it opens."""
    assert LAB.settings.make(**LAB.preset("features").settings).of_panel() == FeaturesSettings.make()
    return whole(LAB, "features")


def test_the_norm_peaks_at_n_and_so_does_the_steepness(frames: list[Frame]) -> None:
    for column in ("norm", "lip"):
        found = peak(frames[-1].tables, RANDOM, column)
        assert found is not None
        assert 0.9 <= found.at <= 1.1
        assert found.inside
        assert found.times >= 3  # 18 and 16 were measured
        assert found.interval[0] >= 3
        assert found.seeds == 5


def test_the_test_error_descends_twice(frames: list[Frame]) -> None:
    params, error = means(rows(frames[-1].tables, RANDOM), "test_mse")
    top = int(error.argmax())
    assert params[top] == 100
    assert error[:top].min() < error[top] / 10
    assert error[-1] < error[top] / 10


def test_more_params_than_points_fit_exactly() -> None:
    X, y, W = drawn(100 + TESTS, 10, 1600)
    for k, gradient in ((100, False), (110, False), (400, False), (1600, False), (10, True), (20, True), (160, True)):
        model = fit(X[:100], y[:100], W[:k], gradient=gradient)
        assert float((model.at(X[:100]) - y[:100]).abs().max()) <= 1e-9
    assert float((fit(X[:100], y[:100], W[:80], gradient=False).at(X[:100]) - y[:100]).square().mean()) > 1e-3


def test_a_frame_a_model_and_nested_ones(frames: list[Frame]) -> None:
    settings = FeaturesSettings.make()
    assert [frame.step for frame in frames] == list(range(1, 5 * len(settings.sizes) + 1))
    table = frames[-1].tables["features"]
    FEATURES.check(table)
    assert {*zip(table["kind"].tolist(), table["params"].tolist(), strict=True)} == {
        (kind, settings.params(kind, k)) for kind, k in settings.sizes
    }
    wider = FeaturesSettings.make(widths=(20, 3200), seeds=1)
    *_, last = compute.stream(wider, CPU, lambda: False)
    there = last.tables["features"]["params"] == 20
    np.testing.assert_allclose(last.tables["features"]["norm"][there], table["norm"][table["params"] == 20][:1])


def test_the_norm_falls_with_every_size_beyond_n(frames: list[Frame]) -> None:
    """Nearly: with normalised features the norm goes down to that of the kernel."""
    _, norm = means(rows(frames[-1].tables, RANDOM, 1.0), "norm")
    assert all(after < before for before, after in pairwise(norm))


def test_n_and_4n_are_always_tried() -> None:
    settings = FeaturesSettings.make(n=37, widths=(5,))
    assert [k for kind, k in settings.sizes if kind == RANDOM] == [5, 37, BEYOND * 37]
    assert [k for kind, k in settings.sizes if kind == NTK] == [5]


@pytest.mark.parametrize("power", [-0.5, 0.0, 0.3])
def test_a_slope_is_found(power: float) -> None:
    found = slope(seeds(random=power, spread=0.0), RANDOM)
    assert found is not None
    assert found.value == pytest.approx(power, abs=1e-12)
    assert (found.seeds, found.first, found.last) == (5, 400, 1600)
    assert found.word == {-0.5: "falls", 0.0: "stays flat", 0.3: "rises"}[power]
    assert slope(table(models(RANDOM, without=(400, 800, 1600))), RANDOM) is None
    one = slope(table(models(RANDOM)), RANDOM)
    assert one is not None
    assert one.word == ""


def test_slopes_that_stand_side_by_side_are_of_one_range() -> None:
    """One curve of both kinds that gets flatter has one slope, though one kind goes ten times as far."""
    sizes = np.array([400, 600, 800, 1600])
    rows = []
    for seed in (0, 1):
        for kind, params in ((RANDOM, sizes), (NTK, np.append(sizes, 16_000))):
            lip = 5 + 2000 / params * (1 + 0.1 * seed)
            rows.append(FEATURES.filled(kind=kind, params=params, n=100, seed=seed, lip=lip, norm=lip, test_mse=lip))
    random, ntk = (slope(table(*rows), kind) for kind in (RANDOM, NTK))
    assert random is not None
    assert random == ntk
    assert (random.first, random.last) == (400, 1600)


@pytest.mark.parametrize("bad", [{"sigma": 1.5}, {"widths": ()}, {"widths": (0, 2)}, {"n": 1}, {"d": 1}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        FeaturesSettings.make(**bad)


def test_too_much_is_refused() -> None:
    with pytest.raises(SettingsError):
        FeaturesSettings.make(n=5000, d=2048, widths=(4096,))


def test_another_seed_draws_other_points_and_other_weights(monkeypatch: pytest.MonkeyPatch) -> None:
    """And all sizes of a seed share points and the first of its weights."""
    seen: list[tuple[torch.Tensor, ...]] = []

    def watched(X: torch.Tensor, y: torch.Tensor, W: torch.Tensor, *, gradient: bool) -> Fitted:
        seen.append((X, y, W))
        return fit(X, y, W, gradient=gradient)

    monkeypatch.setattr(compute, "fit", watched)
    settings = FeaturesSettings.make(n=12, d=3, sigma=0.3, seeds=2)
    list(compute.stream(settings, CPU, lambda: False))
    half = len(settings.sizes)
    assert len(seen) == 2 * half
    for first, second in zip(seen[:half], seen[half:], strict=True):
        assert not any((one == other).any() for one, other in zip(first[::2], second[::2], strict=True))
    for turn, parts in enumerate((seen[:half], seen[half:])):
        points = labelled(12 + TESTS, 3, 0.3, turn)
        widest = max((W for *_, W in parts), key=len)
        for X, y, W in parts:
            np.testing.assert_array_equal(X, points.X[:12])
            np.testing.assert_array_equal(y, points.y[:12])
            assert W.equal(widest[: len(W)])


def test_what_is_found_is_no_less_at_the_points_than_it_is_there() -> None:
    """Of a run: the steepest gradient at the points of its test, of models fitted again."""
    settings = FeaturesSettings.make(n=12, d=3, seeds=1)
    *_, last = compute.stream(settings, CPU, lambda: False)
    points = labelled(12 + TESTS, 3, settings.sigma, 0)
    X, y = points.tensors(dtype=torch.float64)
    widest = max(k for _, k in settings.sizes)
    W = torch.tensor(np.random.default_rng([0, 4]).standard_normal((widest, 3)))
    table = last.tables["features"]
    for i, (kind, k) in enumerate(settings.sizes):
        model = fit(X[:12], y[:12], W[:k], gradient=kind == NTK)
        at = model.slope(X).norm(dim=1)
        assert table["lip"][i] >= float(at.max()) * (1 - 1e-9)
        assert table["test_mse"][i] == pytest.approx(float((model.at(X[12:]) - y[12:]).square().mean()), rel=1e-6)


@pytest.mark.parametrize("alike", [True, False])
@pytest.mark.parametrize("spread", [0.1, 0.5])
def test_a_peak_is_hardly_said_by_chance(spread: float, alike: bool) -> None:
    """Of sizes with no peak one is the largest all the same; `alike`: norm and steepness are large together."""
    settings = FeaturesSettings.make()
    said = {}
    for times in (1.0, 20.0):
        came = []
        for seed in range(300):
            one = seeds(times, spread=spread, seed=seed)["features"]
            if not alike:
                own = np.random.default_rng(seed + 1000).normal(size=len(one["n"]))
                one = one | {"lip": one["lip"] * np.exp(spread * own)}
            finding = captions.peaks_at_n({"features": one}, settings)
            lead = figure.sentences({"features": one}, Look(settings))["features"].lead
            came.append((finding is not None and finding.holds, "largest" in lead))
        said[times] = np.mean(came, axis=0)
    assert (said[1.0] <= 0.05).all()
    assert (said[20.0] >= 0.8).all()
