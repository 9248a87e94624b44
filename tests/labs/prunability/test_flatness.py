"""The numbers of the panel `flatness`: slopes against traces, lower bounds, and the noise that is borne."""

import numpy as np
import pytest
import torch

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.prunability.flatness import PANEL, RADII, RELU, SIGMAS, TANH, FlatnessSettings
from explorer.labs.prunability.flatness.compute import stream
from explorer.labs.prunability.repeats import Data

SIZES = {"n": 60, "k": 4, "seeds": 2, "draws": 2, "cross_entropy": 0.05, "max_epochs": 200}


def whole(kept=None, **changes: object) -> tuple[Frame, list[str]]:
    settings = FlatnessSettings.make(**SIZES | changes)
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


def of(table: Columns, family: str) -> Columns:
    return {name: values[table["family"] == family] for name, values in table.items()}


def test_every_network_of_either_kind_has_every_noise_and_every_ball(last: Frame) -> None:
    table, ball = last.tables["flatness"], last.tables["ball"]
    for family in (RELU, TANH):
        np.testing.assert_array_equal(of(table, family)["sigma"].reshape(2, -1), [SIGMAS, SIGMAS])
        np.testing.assert_array_equal(of(ball, family)["radius"].reshape(2, -1), [RADII, RADII])


def test_a_smooth_network_rises_by_half_the_trace_of_the_same_draws_under_little_noise(last: Frame) -> None:
    """P13, within 10 %: here far closer, since the draws are the same."""
    table = of(last.tables["flatness"], TANH)
    few = table["sigma"] <= 1.1e-3
    np.testing.assert_allclose(table["rise"][few], table["predicted"][few], rtol=1e-2)
    np.testing.assert_allclose(table["slope"][few] * table["sigma"][few] ** 2 / 2, table["predicted"][few], rtol=1e-2)


def test_trace_and_largest_eigenvalue_are_those_of_the_whole_hessian(last: Frame) -> None:
    """Against torch's own Hessian of a network in torch.nn.functional."""
    settings = FlatnessSettings.make(**SIZES)
    data = Data.read(settings, torch.device("cpu"))
    shape = of(last.tables["shape"], TANH)
    row = torch.from_numpy(last.arrays[f"{TANH}_parameters"][0]).double()
    X, y = data.X[0].double(), data.y[0]
    sizes = [4 * 64, 4, 10 * 4, 10]
    W1, b1, W2, b2 = row.split(sizes)

    def loss(w: torch.Tensor) -> torch.Tensor:
        first, second = w.split([sizes[0], sizes[2]])
        hidden = torch.tanh(torch.nn.functional.linear(X, first.view(4, 64), b1))
        return torch.nn.functional.cross_entropy(torch.nn.functional.linear(hidden, second.view(10, 4), b2), y)

    H = torch.autograd.functional.hessian(loss, torch.cat([W1, W2]))
    values = torch.linalg.eigvalsh(H)
    assert abs(float(values.sum()) - shape["trace"][0]) <= 5 * shape["trace_error"][0]
    assert shape["top"][0] <= float(values[-1]) * (1 + 1e-9)
    np.testing.assert_allclose(shape["top"][0], float(values[-1]), rtol=1e-3)
    assert shape["weights"][0] == len(H)


def test_the_worst_place_is_worse_than_noise_and_more_so_farther_out(last: Frame) -> None:
    ball = last.tables["ball"]
    assert (ball["worst"] >= ball["noise"]).all()
    assert (np.diff(ball["worst"].reshape(4, -1), axis=1) >= 0).all()


def test_more_noise_is_borne_for_more_that_is_allowed_and_nothing_trains_anew(last: Frame) -> None:
    more, cells = whole({FINISHED: last.arrays}, rise=0.5)
    assert not cells
    before, after = last.tables["shape"], more.tables["shape"]
    assert (after["tolerated"] > before["tolerated"]).all()
    np.testing.assert_array_equal(after["trace"], before["trace"])
    np.testing.assert_array_equal(more.tables["flatness"]["rise"], last.tables["flatness"]["rise"])


def test_what_is_borne_raises_the_loss_by_what_is_allowed(last: Frame) -> None:
    table, shape = last.tables["flatness"], last.tables["shape"]
    for net, family, sigma in zip(shape["net"], shape["family"], shape["tolerated"], strict=True):
        own = (table["net"] == net) & (table["family"] == family)
        below, above = (own & keep for keep in (table["sigma"] < sigma, table["sigma"] > sigma))
        assert table["rise"][below][-1] <= 0.1 <= table["rise"][above][0]


def test_who_goes_on_with_a_cell_gets_the_same(last: Frame) -> None:
    cells = {
        found.name: found.arrays
        for found in stream(FlatnessSettings.make(**SIZES), pick("cpu"), lambda: False)
        if isinstance(found, Cell)
    }
    again, trained = whole({RELU: cells[RELU]})
    assert trained == [TANH]
    for name, table in last.tables.items():
        for column in table:
            np.testing.assert_array_equal(again.tables[name][column], table[column])


def test_tables_are_those_that_are_declared(last: Frame) -> None:
    for table in PANEL.tables:
        table.check(last.tables[table.name])
