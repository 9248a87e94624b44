"""The numbers of the panel `images` on the digits, and against brute force."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import Cell, Frame
from explorer.labs.region import base
from explorer.labs.region.images import ImagesSettings
from explorer.labs.region.images.compute import stream
from explorer.labs.region.images.numbers import over_networks, ratio, with_gap

SHOWS = {"n": 300, "k": 32, "base_epochs": 20, "seeds": 3, "rounds": 5, "images": 300}  # the effect, in seconds


def never() -> bool:
    return False


@pytest.fixture(scope="module")
def settings() -> ImagesSettings:
    return ImagesSettings.make(**SHOWS)


@pytest.fixture(scope="module")
def found(settings: ImagesSettings) -> list[Frame | Cell]:
    return [each for each in stream(settings, pick("cpu"), never) if each is not None]


@pytest.fixture(scope="module")
def last(found: list[Frame | Cell]) -> Frame:
    assert isinstance(found[-1], Frame)
    return found[-1]


def test_the_ladder_ends_at_what_is_asked_for_or_at_what_there_is() -> None:
    assert ImagesSettings.make().counts == (1, 3, 10, 30, 100, 300, 1000)
    assert ImagesSettings.make(images=50).counts == (1, 3, 10, 30, 50)
    assert ImagesSettings.make(images=100, n=60).counts == (1, 3, 10, 30, 60)
    assert ImagesSettings.make(images=10).counts == (1, 3, 10)


def test_a_hundred_images_do_nearly_as_much_as_all_and_the_gap_closes(last: Frame) -> None:
    table = with_gap(last.tables["universal"])
    share, _, networks = ratio(table, 100, 300)
    assert networks == 3
    assert share >= 0.8
    assert over_networks(table, 1, "gap")[0] - over_networks(table, 300, "gap")[0] >= 0.3
    assert over_networks(table, 300, "success_test")[0] >= 5 * over_networks(table, 300, "random_success")[0]


def test_shares_are_those_of_brute_force(settings: ImagesSettings, last: Frame) -> None:
    """v_t taken from the pictures, added one by one to the images it was made from, and to unseen ones."""
    data = base.Data.read(settings, pick("cpu"))
    net = base.from_arrays(base.settled(settings, data, pick("cpu")), last.arrays).take(torch.tensor([0]))
    table, made = last.tables["universal"], last.tables["made"]

    def called(x: torch.Tensor) -> torch.Tensor:
        return net.logits(x[None])[0].argmax(1)

    for m in (10, 300):
        own = data.X[0, :m], data.y[0, :m]
        for t in (1, 8):
            pixels = made["value"][(made["images"] == m) & (made["target"] == t)]  # row by row
            v = torch.from_numpy(pixels).float()
            assert float(v.abs().max()) <= settings.delta + 1e-6
            row = (table["images"] == m) & (table["seed"] == 0) & (table["target"] == t)
            for column, (x, y) in {"success_train": own, "success_test": (data.seen[0], data.labels[0])}.items():
                counts = (y != t) & (called(x) != t)
                share = (called((x + v).clamp(0, 1))[counts] == t).double().mean().item()
                assert table[column][row] == pytest.approx(share)


def test_what_is_searched_is_kept_number_by_number(settings: ImagesSettings, found: list[Frame | Cell]) -> None:
    cells = {each.name: each.arrays for each in found if isinstance(each, Cell)}
    assert list(cells) == ["networks", *(f"from {m} images" for m in settings.counts)]
    kept = {name: cells[name] for name in list(cells)[:-1]}
    again = [each for each in stream(settings, pick("cpu"), never, kept) if each is not None]
    assert [each.name for each in again if isinstance(each, Cell)] == ["from 300 images"]
    assert isinstance(again[-1], Frame)
    assert isinstance(found[-1], Frame)
    for name, column in found[-1].tables["universal"].items():
        np.testing.assert_array_equal(again[-1].tables["universal"][name], column)


def test_the_first_frame_is_of_the_smallest_search_while_networks_learn(found: list[Frame | Cell]) -> None:
    first = next(each for each in found if isinstance(each, Frame))
    assert set(first.tables["universal"]["images"].tolist()) == {1}
    assert set(first.tables["universal"]["seed"].tolist()) == {0}
