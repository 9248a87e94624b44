"""The noise panel: its run, where networks part from their twins, and that noise costs more than a small error."""

from collections.abc import Iterator

import numpy as np
import pytest
import torch
from torch import Tensor

from explorer.frames import Frame
from explorer.labs.law.noise import NoiseSettings as LawSettings
from explorer.labs.law.noise.compute import stream as law_stream
from explorer.labs.noise_curves import price, ratios
from explorer.labs.universal import LAB
from explorer.labs.universal.noise import NoiseSettings
from explorer.labs.universal.noise.partings import middle, partings, power
from explorer.nets.two_layer import Ensemble
from explorer.settings import SettingsError
from explorer.train import adam
from explorer.train.snapshot import Snapshot
from tests.labs.universal.lesson.noise import NETS, OWN, parting, ways

CPU = torch.device("cpu")
SMALL = {"n": 200, "d": 6, "widths": (64, 256), "seeds": 2, "sigmas": (50, 80)}


def run(settings: NoiseSettings) -> list[Frame]:
    return [frame for frame in LAB.stream(settings, CPU, lambda: False) if frame is not None]


@pytest.fixture(scope="module")
def frames() -> list[Frame]:
    return run(NoiseSettings.make(**SMALL))


def test_every_noise_is_trained_and_none_of_it_first(frames: list[Frame]) -> None:
    assert set(frames[0].tables["noise"]["sigma"]) == {0.0}
    table = frames[-1].tables["noise"]
    nets = set(zip(table["sigma"].tolist(), table["k"].tolist(), table["seed"].tolist(), strict=True))
    assert nets == {(sigma, k, seed) for sigma in (0.0, 0.5, 0.8) for k, seed in NETS}
    assert np.isfinite(table["lower"]).all()
    assert frames[-1].step == frames[-1].total == 6 * 3000


def test_every_noise_costs_more_than_the_same_errors_without_it(frames: list[Frame]) -> None:
    tables = frames[-1].tables
    for sigma in (0.5, 0.8):
        paid = price(tables, sigma)
        assert paid is not None
        assert paid.found.min() >= 1.5  # as was found with n = 500, d = 10
        assert paid.more >= 1.3
    assert max(ratios(tables, 0.0, 0.25).values()) <= 2  # the control rises too: the target is being learned


def test_networks_part_near_their_own_level(frames: list[Frame]) -> None:
    half, more = (middle(partings(frames[-1].tables, sigma)) for sigma in (0.5, 0.8))
    assert 0.25 / 4 <= half <= 0.25 * 1.5
    assert 0.64 / 4 <= more <= 0.64 * 1.5
    assert more > 2 * half


def test_without_noise_it_ends_near_the_constant_of_the_target(frames: list[Frame]) -> None:
    table = frames[-1].tables["noise"]
    for k, seed in NETS:
        here = (table["sigma"] == 0) & (table["k"] == k) & (table["seed"] == seed)
        assert 6**0.5 <= table["lower"][here][-1] <= 2 * 6**0.5


def test_it_is_the_run_of_the_law_lab_where_they_meet() -> None:
    few = {"n": 40, "d": 4, "widths": (8, 16), "seeds": 1, "max_steps": 40}
    own = run(NoiseSettings.make(sigmas=(50,), **few))[-1].tables["noise"]
    frames = list(law_stream(LawSettings.make(sigma=0.5, **few), CPU, lambda: False))
    other = next(frame for frame in reversed(frames) if isinstance(frame, Frame)).tables["noise"]
    for name, values in other.items():
        np.testing.assert_array_equal(own[name], values)


def test_twins_share_points_and_start_and_other_seeds_have_others(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is left when the noise is taken away is the target, and the noise itself is signs."""
    runs: list[tuple[Tensor, ...]] = []
    train = adam.train

    def watched(nets: Ensemble, X: Tensor, y: Tensor, **options: object) -> Iterator[Snapshot]:
        runs.append((X, y, nets.inner.clone()))
        return train(nets, X, y, **options)  # type: ignore[arg-type]

    monkeypatch.setattr(adam, "train", watched)
    run(NoiseSettings.make(n=40, d=4, widths=(8, 16), seeds=2, max_steps=1, sigmas=(50, 80)))
    for own in (runs[:3], runs[3:]):
        X, clean, start = own[0]
        for sigma, (points, y, weights) in zip((0.5, 0.8), own[1:], strict=True):
            assert points.equal(X)
            assert weights.equal(start)
            signs = (y - (1 - sigma**2) ** 0.5 * clean) / sigma
            torch.testing.assert_close(signs.abs(), torch.ones(40), atol=1e-5, rtol=0)
    for one, other in zip(runs[:3], runs[3:], strict=True):
        assert not (one[0] == other[0]).any()
        assert not one[2].equal(other[2])


def test_a_parting_is_where_it_stays_apart() -> None:
    errors = partings(ways({0.5: [0.2, 0.1, 1e-9, 2.0]}), 0.5)
    assert errors[NETS[0]] == pytest.approx(0.2)
    assert errors[NETS[1]] == pytest.approx(0.1)
    assert np.isnan(errors[NETS[2]])
    assert errors[NETS[3]] == pytest.approx(1.0)  # the first error that both know
    table = ways({0.5: [0.2] * 4})["noise"]
    back = (table["sigma"] == 0.5) & (table["mse"] < 0.05) & (table["mse"] > 0.02)
    again = partings({"noise": table | {"lower": np.where(back, 1.0, table["lower"])}}, 0.5)
    assert all(error < 0.03 for error in again.values())
    assert partings(ways({0.5: [0.2] * 4}, last=0), 0.5) == {}


def test_a_power_of_the_noise_is_found() -> None:
    for exponent in (1.0, 1.3):
        told = power(ways(parting(exponent, 0.5)), list(OWN))
        assert told is not None
        assert told.exponent == pytest.approx(exponent)
        assert told.networks == 4
        np.testing.assert_allclose(told.errors, [errors[0] for errors in parting(exponent, 0.5).values()], rtol=1e-6)
    assert power(ways(OWN), [0.5]) is None


@pytest.mark.parametrize("bad", [{"sigmas": (0, 50)}, {"sigmas": (50, 101)}, {"sigmas": ()}, {"widths": ()}, {"n": 1}])
def test_bad_values_are_refused(bad: dict[str, object]) -> None:
    with pytest.raises(SettingsError, match=next(iter(bad))):
        NoiseSettings.make(**bad)
