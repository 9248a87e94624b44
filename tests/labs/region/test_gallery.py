"""The numbers of the gallery on the digits, and against brute force."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.region import base
from explorer.labs.region.gallery import GallerySettings
from explorer.labs.region.gallery.compute import stream
from explorer.labs.region.settings import FGSM, SEQUENTIAL

SHOWS = {"n": 600, "k": 64, "base_epochs": 20, "seeds": 2, "rounds": 10}  # the effect, in a few seconds


def never() -> bool:
    return False


def frames(settings: GallerySettings, kept: dict | None = None) -> list[Frame]:
    return [each for each in stream(settings, pick("cpu"), never, kept) if isinstance(each, Frame)]


@pytest.fixture(scope="module")
def settings() -> GallerySettings:
    return GallerySettings.make(**SHOWS)


@pytest.fixture(scope="module")
def last(settings: GallerySettings) -> Frame:
    return frames(settings)[-1]


def mean(table: Columns, column: str, delta: float) -> float:
    return float(table[column][table["delta"] == delta].mean())


def test_one_vector_turns_many_images_and_random_signs_hardly_any(last: Frame) -> None:
    table = last.tables["universal"]
    assert mean(table, "success_test", 0.2) >= 0.35
    assert mean(table, "random_success", 0.2) <= 0.05
    shares = [mean(table, "success_test", delta) for delta in (0.05, 0.1, 0.2, 0.3)]
    assert shares == sorted(shares)


def test_a_vector_looks_like_its_class(last: Frame) -> None:
    table = last.tables["universal"]
    assert mean(table, "cosine", 0.2) - mean(table, "cosine_other", 0.2) >= 0.3
    matrix = last.tables["meaning"]
    own = matrix["target"] == matrix["other"]
    here = matrix["delta"] == 0.2
    assert matrix["cosine"][own & here].mean() == pytest.approx(mean(table, "cosine", 0.2))
    assert matrix["cosine"][~own & here].mean() == pytest.approx(mean(table, "cosine_other", 0.2))


@pytest.mark.parametrize("method", [SEQUENTIAL, FGSM])
def test_other_searches_turn_images_too(settings: GallerySettings, last: Frame, method: str) -> None:
    kept = {FINISHED: last.arrays}
    table = frames(settings.changed(method=method, seeds=2), kept)[-1].tables["universal"]
    assert set(table["method"].tolist()) == {method}
    assert mean(table, "success_test", 0.2) > 10 * mean(table, "random_success", 0.2)


def test_shares_pictures_and_verdicts_are_those_of_brute_force(settings: GallerySettings, last: Frame) -> None:
    """v_t taken from the pictures, added to every unseen image of the first network, one by one."""
    data = base.Data.read(settings, pick("cpu"))
    net = base.from_arrays(base.settled(settings, data, pick("cpu")), last.arrays).take(torch.tensor([0]))
    table, pattern, verdict = (last.tables[name] for name in ("universal", "pattern", "verdict"))
    x, labels = data.seen[0], data.labels[0]
    called = net.logits(x[None])[0].argmax(1)
    for t in (0, 7):
        own = (pattern["kind"] == "v") & (pattern["number"] == t) & (pattern["delta"] == 0.2)
        v = torch.from_numpy(pattern["value"][own]).float()  # row by row
        assert float(v.abs().max()) <= 0.2 + 1e-6
        moved = net.logits((x + v).clamp(0, 1)[None])[0].argmax(1)
        counts = (labels != t) & (called != t)
        row = (table["seed"] == 0) & (table["target"] == t) & (table["delta"] == 0.2)
        assert table["success_test"][row] == pytest.approx((moved[counts] == t).double().mean().item())
        assert table["tested"][row] == counts.sum()
        shown = (verdict["target"] == t) & (verdict["delta"] == 0.2)
        firsts = [labels.tolist().index(c) for c in range(10)]
        np.testing.assert_array_equal(verdict["predicted"][shown], moved[firsts])


def test_another_radius_trains_nothing(settings: GallerySettings, last: Frame) -> None:
    cells = list(stream(settings.changed(delta=0.15), pick("cpu"), never, {FINISHED: last.arrays}))
    assert not [each for each in cells if isinstance(each, Cell)]
    table = next(each for each in reversed(cells) if isinstance(each, Frame)).tables["universal"]
    assert sorted(set(table["delta"].tolist())) == [0.05, 0.1, 0.15, 0.2, 0.3]
    for delta in (0.05, 0.1):  # the radii before it are searched alike
        assert mean(table, "success_test", delta) == mean(last.tables["universal"], "success_test", delta)
