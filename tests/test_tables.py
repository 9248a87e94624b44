"""Schemas of tables."""

import numpy as np
import pytest

from explorer.labs import labs
from explorer.tables import Bound, Count, Flag, Table, Text, Value

FLOORS = Table("floors", name=Text(), n=Count(), value=Bound(">=", "Lip"), fits=Flag(), note=Value())


def test_a_bound_says_its_direction_and_is_called_by_its_symbol() -> None:
    assert {name: (kind.symbol, kind.direction) for name, kind in FLOORS.columns.items()} == {
        "name": ("name", ""),
        "n": ("n", ""),
        "value": ("Lip", ">="),
        "fits": ("fits", ""),
        "note": ("note", ""),
    }
    assert [Bound(direction).direction for direction in ("<=", "~")] == ["<=", "~"]
    with pytest.raises(ValueError, match="use >=, <= or ~"):
        Bound("<")
    assert Bound("<=", "Lip") == Bound("<=", "Lip") != Bound(">=", "Lip")


def test_tables_are_made_of_rows_columns_or_nothing() -> None:
    empty = FLOORS.empty()
    rows = FLOORS.of([("a", 3, 1.5, True, np.nan), {"name": "b", "n": 4, "value": 2, "fits": False, "note": 0}])
    filled = FLOORS.filled(name="a", n=[3, 4], value=np.array([1.5, 2.0]), fits=True)
    for columns in (empty, rows, filled, FLOORS.joined([empty, rows, filled])):
        FLOORS.check(columns)
    assert rows["name"].tolist() == ["a", "b"]
    assert np.isnan(filled["note"]).all()
    assert FLOORS.joined([rows, filled])["n"].tolist() == [3, 4, 3, 4]


def test_what_does_not_fit_the_schema_is_refused() -> None:
    with pytest.raises(ValueError, match="a row has a value for each of name, n, value, fits, note"):
        FLOORS.of([("a", 3)])
    with pytest.raises(ValueError, match="no column width"):
        FLOORS.filled(width=3)
    with pytest.raises(ValueError, match="n is missing"):
        FLOORS.filled(name="a", value=1.0, fits=True)
    with pytest.raises(ValueError, match="n holds float64"):
        FLOORS.check({**FLOORS.empty(), "n": np.zeros(0)})
    with pytest.raises(ValueError, match="columns n, name"):
        Table("t", name=Text(), n=Count()).check({"n": np.zeros(0, int), "name": np.zeros(0, str)})


def test_two_panels_that_fill_one_table_mean_the_same_by_it() -> None:
    for lab in labs():
        for panel in lab.panels:
            for table in panel.tables:
                assert lab.tables[table.name] == table
