"""Double descent of random features, as it is known: the peak at params = n, and fits from there on."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import Frame, Tables
from explorer.labs.universal.features import RANDOM, TANGENT, FeaturesSettings, compute
from explorer.labs.universal.features.means import beyond, means, near, of
from explorer.train.random_features import least_norm


@pytest.fixture(scope="module")
def run() -> Tables:
    found = compute.stream(FeaturesSettings.make(seeds=3), pick("cpu"), lambda: False)
    *_, last = (each for each in found if isinstance(each, Frame))
    return last.tables


@pytest.mark.parametrize("kind", [RANDOM, TANGENT])
@pytest.mark.parametrize("column", ["norm", "lip"])
def test_the_peak_is_at_n_and_three_times_what_is_at_four_n(run: Tables, kind: str, column: str) -> None:
    share, value = means(of(run, kind), column)
    assert 0.9 <= share[value.argmax()] <= 1.1
    assert value.max() >= 3 * near(share, value, 4.0)


def test_beyond_n_both_come_down(run: Tables) -> None:
    for kind in (RANDOM, TANGENT):
        assert beyond(of(run, kind)).slope_interval[1] < 0


@pytest.mark.parametrize(("kind", "enough"), [(RANDOM, 40), (TANGENT, 160)])
def test_from_n_parameters_on_they_fit(kind: str, enough: int) -> None:
    """Gradient features need some more: points between the same kinks share d of them at most."""
    settings = FeaturesSettings.make(n=40, d=5)
    X, y, *_ = compute.points(settings, 0, torch.device("cpu"))
    for size, fits in ((20, False), (enough, True), (320, True)):
        Phi = compute.drawn(kind, size, 5, 0).at(X)
        assert Phi.shape[1] == size
        assert (float((Phi @ least_norm(Phi, y) - y).abs().max()) < 1e-6) is fits


def test_what_is_found_of_lip_is_a_slope_between_two_points() -> None:
    """A difference quotient along the gradient comes up to it: the fit really is so steep there."""
    settings = FeaturesSettings.make(n=30, d=4, seeds=1)
    X, y, Z, clean = compute.points(settings, 0, torch.device("cpu"))
    row = compute.measured(settings, RANDOM, 60, 0, X, y, Z, clean)
    features = compute.drawn(RANDOM, 60, 4, 0)
    a = least_norm(features.at(X), y)
    every = torch.cat([X, Z])
    slopes = features.gradients(every, a)
    at = int(slopes.norm(dim=1).argmax())
    step = 1e-7 * slopes[at] / slopes[at].norm()
    low, high = (features.at((every[at] + sign * step).unsqueeze(0)) @ a for sign in (-1, 1))
    assert float(high - low) / 2e-7 == pytest.approx(float(row["lip"][0]), rel=1e-4)


def test_labels_that_are_not_noise_are_the_same_target(run: Tables) -> None:
    X, y, Z, clean = compute.points(FeaturesSettings.make(sigma=0.0), 0, torch.device("cpu"))
    w = np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0]  # the target is linear
    np.testing.assert_allclose(Z.numpy() @ w, clean.numpy(), atol=1e-8)
