"""The numbers of the panel `rescaling`: the function stays, order within a layer too, and P moves."""

import numpy as np
import pytest

from explorer.device import pick
from explorer.frames import FINISHED, Cell, Columns, Frame
from explorer.labs.prunability.rescaling import FACTORS, PANEL, RescalingSettings
from explorer.labs.prunability.rescaling.compute import stream


def whole(kept=None, **changes: object) -> tuple[Frame, list[str]]:
    settings = RescalingSettings.make(**changes)
    frames, cells = list[Frame](), list[str]()
    for found in stream(settings, pick("cpu"), lambda: False, kept):
        if isinstance(found, Frame):
            frames.append(found)
        elif isinstance(found, Cell):
            cells.append(found.name)
    return frames[-1], cells


@pytest.fixture(scope="module")
def last() -> Frame:
    return whole(n=200, k=8, seeds=2)[0]


@pytest.fixture(scope="module")
def table(last: Frame) -> Columns:
    return last.tables["rescaling"]


def test_every_network_has_every_factor_of_both_pairs(table: Columns) -> None:
    assert len(table["c"]) == 2 * 2 * len(FACTORS)
    for pair in (0, 1):
        for net in (0, 1):
            np.testing.assert_array_equal(table["c"][(table["pair"] == pair) & (table["net"] == net)], FACTORS)


def test_losses_stay_and_global_prunability_moves_while_each_layers_own_does_not(table: Columns) -> None:
    for pair in (0, 1):
        for net in (0, 1):
            here = (table["pair"] == pair) & (table["net"] == net)
            assert np.ptp(table["loss"][here]) < 1e-5
            assert table["change"][here].max() < 1e-3
            assert np.ptp(table["prunability_layerwise"][here]) == 0
            assert np.ptp(table["prunability"][here]) > 0.05


def test_the_layer_over_c_loses_more_the_larger_c_is(table: Columns) -> None:
    small, large = (np.isclose(table["c"], c) for c in (0.1, 10))
    assert (table["grown"][large] > table["grown"][small]).all()
    assert (table["shrunk"][large] < table["shrunk"][small]).all()


def test_unscaled_rows_are_of_the_networks_themselves(table: Columns) -> None:
    plain = table["c"] == 1
    assert table["change"][plain].max() == 0
    for net in (0, 1):  # whichever pair was scaled by 1
        here = plain & (table["net"] == net)
        for column in ("loss", "prunability", "l2"):
            assert np.ptp(table[column][here]) == 0


def test_another_tolerance_trains_nothing_anew(last: Frame) -> None:
    again, cells = whole({FINISHED: last.arrays}, n=200, k=8, seeds=2, prune_tolerance=0.5)
    assert not cells
    np.testing.assert_array_equal(again.tables["rescaling"]["loss"], last.tables["rescaling"]["loss"])
    assert (again.tables["rescaling"]["prunability"] <= last.tables["rescaling"]["prunability"]).all()


def test_tables_are_those_that_are_declared(last: Frame) -> None:
    PANEL.tables[0].check(last.tables["rescaling"])
