"""Whole runs in the caller's own process."""

from collections.abc import Callable

import numpy as np
import pandas as pd
import pytest

from explorer.device import DeviceError
from explorer.labs import find
from explorer.labs.live.overview import LiveSettings
from explorer.runtime.run import run
from explorer.runtime.store import Store

Make = Callable[..., LiveSettings]
LIVE = find("live")


def test_a_run_is_computed_once(store: Store, short: Make) -> None:
    seen: list[int] = []
    first = run(LIVE, short(), store=store, progress=lambda frame: seen.append(frame.step))
    assert first.source == "computed"
    assert len(seen) > 2
    assert first.device == {"kind": "cpu", "threads": 1}
    again = run(LIVE, short(k_shown=4), store=store, progress=lambda frame: pytest.fail("computed again"))
    assert again.source == "store"
    assert again.seconds == first.seconds
    for name, table in first.tables.items():
        pd.testing.assert_frame_equal(table, again.tables[name])


def test_a_fresh_run_is_computed_again_to_the_same_bits(store: Store, short: Make) -> None:
    first = run(LIVE, short(), store=store)
    fresh = run(LIVE, short(), store=store, fresh=True)
    assert fresh.source == "computed"
    assert len(fresh.frames) == len(first.frames) > 1  # trained from the start
    for name, columns in first.frame.tables.items():
        for column, values in columns.items():
            assert values.tobytes() == fresh.frame.tables[name][column].tobytes(), f"{name}.{column}"


def test_tables_are_those_of_the_declaration(store: Store, short: Make) -> None:
    found = run(LIVE, short(), store=store)
    assert {name: tuple(table) for name, table in found.tables.items()} == {
        name: tuple(table) for name, table in LIVE.tables.items()
    }


def test_a_new_eps_starts_from_the_stored_networks(store: Store, short: Make) -> None:
    first = run(LIVE, short(eps_max=0.1), store=store)
    anew = run(LIVE, short(eps_max=0.2), store=store)
    assert (anew.source, len(anew.frames)) == ("computed", 1)
    for column, values in first.frame.tables["training"].items():
        np.testing.assert_array_equal(anew.frame.tables["training"][column], values)


def test_a_run_that_was_broken_off_leaves_nothing(store: Store, short: Make) -> None:
    def give_up(frame: object) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        run(LIVE, short(), store=store, progress=give_up)
    assert not store.root.exists()


def test_a_device_that_is_not_there(store: Store, short: Make) -> None:
    with pytest.raises(DeviceError, match="use cpu or cuda"):
        run(LIVE, short(), "tpu", store=store)
