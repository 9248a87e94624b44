"""The numbers of the panel `bound`: the bound by hand, the errors of rebuilt networks, and that it holds."""

import math

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.prunability.bound import PANEL, SHARES, BoundSettings
from explorer.labs.prunability.bound.compute import bounded, stream
from explorer.labs.prunability.bound.numbers import best, chosen
from explorer.labs.prunability.repeats import Data, learned


def never() -> bool:
    return False


SIZES = {"n": 160, "widths": (3, 5), "seeds": 2, "max_epochs": 20}


def whole(kept=None, **changes: object) -> tuple[Frame, list[str]]:
    settings = BoundSettings.make(**SIZES | changes)
    frames, cells = list[Frame](), list[str]()
    for found in stream(settings, pick("cpu"), lambda: False, kept):
        if isinstance(found, Frame):
            frames.append(found)
        elif isinstance(found, Cell):
            cells.append(found.name)
    return frames[-1], cells


@pytest.fixture(scope="module")
def last() -> Frame:
    return whole()[0]


@pytest.fixture(scope="module")
def table(last: Frame) -> Columns:
    return last.tables["bound"]


def test_every_width_has_every_share_at_every_number_of_images(table: Columns) -> None:
    assert len(table["n"]) == 2 * 2 * 2 * len(SHARES)
    assert {*table["n"].tolist()} == {40, 160}
    assert {*table["weights"].tolist()} == {64 * 3 + 30, 64 * 5 + 50}
    np.testing.assert_array_equal(table["kept"], np.round(np.tile(SHARES, 8) * table["weights"]))


def test_the_bound_is_what_its_formula_says(table: Columns) -> None:
    """By hand: biases and scales count, and the choice of share, bits and width."""
    for width, weights, kept, n, error, length, bound in zip(
        *(table[name] for name in ("width", "weights", "kept", "n", "error", "length", "bound")), strict=True
    ):
        bits = math.log2(math.comb(int(weights), int(kept))) + 4 * kept + 4 * (width + 10) + 4 * 32
        bits += math.log2(len(SHARES) * 16 * 2)
        assert length == pytest.approx(bits, rel=1e-9)
        assert bound == pytest.approx(error + math.sqrt((bits * math.log(2) + math.log(20)) / (2 * n)), rel=1e-9)
    np.testing.assert_array_equal(table["vacuous"], table["bound"] >= 1)


def test_little_data_bounds_nothing(table: Columns) -> None:
    assert table["vacuous"][table["n"] == 40].all()


def test_sixteen_bits_rebuild_the_network_itself(last: Frame) -> None:
    fine = whole({FINISHED: last.arrays}, bits=16)[0].tables["bound"]
    settings = BoundSettings.make(**SIZES)
    cell = settings.cell(5, 160)
    data = Data.read(cell, torch.device("cpu"))
    *_, (_, trained, _) = (fit for fit in learned(cell, data, torch.device("cpu"), lambda: False) if fit)
    wrong = (trained.nets.logits(data.seen).argmax(2) != data.labels).double().mean(1)
    all_kept = (fine["width"] == 5) & (fine["n"] == 160) & (fine["kept"] == fine["weights"])
    np.testing.assert_allclose(fine["test_error"][all_kept], wrong.numpy(), atol=2e-3)


def test_another_code_trains_nothing_anew_and_costs_more_bits(last: Frame, table: Columns) -> None:
    again, cells = whole({FINISHED: last.arrays}, bits=6, delta=0.01)
    assert not cells
    assert (again.tables["bound"]["length"] > table["length"]).all()


def test_the_bound_fails_for_less_than_a_twentieth_of_seeds(table: Columns) -> None:
    """100 networks of images of their own; P15: at most 5 of 100 at delta = 0.05. It is loose: none at all."""
    settings = BoundSettings.make(n=80, widths=(3,), seeds=16, max_epochs=10)
    broken = 0
    for seed in range(7):
        own = settings.changed(seed=16 * seed)
        cell = own.cell(3, 80)
        data = Data.read(cell, torch.device("cpu"))
        *_, (_, trained, _) = (fit for fit in learned(cell, data, torch.device("cpu"), lambda: False) if fit)
        rows = bounded(trained, data, 3, own, never)
        assert rows is not None
        failed = rows["test_error"] > rows["bound"]
        broken += len({*rows["net"][failed].tolist()})
    assert broken == 0


def test_what_is_best_is_of_every_network_its_least_bound(table: Columns) -> None:
    least = best(table)
    assert len(least["n"]) == 8
    for i in range(8):
        own = np.logical_and.reduce([table[name] == least[name][i] for name in ("n", "width", "net")])
        assert least["bound"][i] == table["bound"][own].min()
    assert {*chosen(table, 4)["width"].tolist()} <= {3, 5}
    assert {*chosen(table, 500, None)["net"].tolist()} == {0, 1}


def test_tables_are_those_that_are_declared(last: Frame) -> None:
    PANEL.tables[0].check(last.tables["bound"])


def test_it_stops_at_any_share() -> None:
    """A wide network takes seconds a share: nobody waits for all of them."""
    settings = BoundSettings.make(**SIZES)
    cell = settings.cell(3, 40)
    data = Data.read(cell, torch.device("cpu"))
    trained = next(fit[1] for fit in learned(cell, data, torch.device("cpu"), never) if fit)
    asked = iter(range(100))
    assert bounded(trained, data, 3, settings, lambda: next(asked) >= 4) is None
    assert next(asked) == 5


def test_images_are_looked_at_by_what_is_rebuilt_at_every_share() -> None:
    """21 shares of 16 networks of width 512 on 2,500 images are some 60 billion products: seconds, not one."""
    assert BoundSettings.make(n=1500, widths=(512,), seeds=16, max_epochs=1).work().seconds > 8
