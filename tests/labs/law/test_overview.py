"""The overview: three layers over one grid, the primary panels in small, and the frames that ship."""

import numpy as np
import pytest

from explorer.device import pick
from explorer.frames import Frame, Tables
from explorer.labs import shipped
from explorer.labs.law import LAB, training
from explorer.labs.law.grouped.figure import chosen
from explorer.labs.law.overview import OverviewSettings
from explorer.labs.law.overview import compute as overview
from explorer.settings import SettingsError
from explorer.theory.grouped import width

SMALL = OverviewSettings.make(n=40, d=12, widths=(8, 16, 32, 64), k=16, seeds=1)


def frames(settings: OverviewSettings) -> list[Frame]:
    return list(LAB.stream(settings, pick(), lambda: False))


@pytest.fixture(scope="module")
def film() -> list[Frame]:
    return frames(SMALL)


@pytest.fixture(scope="module")
def tables(film: list[Frame]) -> Tables:
    return film[-1].tables


def cells(table: dict, value: str, rows: np.ndarray) -> dict[tuple[int, int], float]:
    """The smallest value at every (n, k)."""
    found: dict[tuple[int, int], float] = {}
    for n, k, v in zip(table["n"][rows], table["k"][rows], table[value][rows], strict=True):
        found[int(n), int(k)] = min(v, found.get((int(n), int(k)), np.inf))
    return found


def test_every_frame_has_the_tables_of_the_primary_panels_and_the_floors(film: list[Frame]) -> None:
    assert [frame.step for frame in film] == list(range(film[-1].total + 1))
    for frame in film:
        assert set(frame.tables) == {"constructions", "ladder", "trained", "floors"}
        for name, table in frame.tables.items():
            assert tuple(table) == tuple(LAB.tables[name])
    for name, table in film[0].tables.items():
        for column, values in table.items():
            assert values.dtype.kind == film[-1].tables[name][column].dtype.kind, (name, column)


def test_the_floors_are_there_at_once_and_data_at_the_end(film: list[Frame]) -> None:
    assert len(film[0].tables["floors"]["value"]) == 4 * len(SMALL.widths)
    assert all(not frame.arrays for frame in film[:-1])
    assert film[-1].arrays["X"].shape == (40, 12)


def test_all_layers_stand_over_one_grid(tables: Tables) -> None:
    grid = {(n, k) for n in (10, 20, 40, 80) for k in SMALL.widths}
    for name in ("floors", "trained"):
        assert set(zip(tables[name]["n"].tolist(), tables[name]["k"].tolist(), strict=True)) == grid
    built = tables["constructions"]
    wide = (built["d"] == 12) & (built["misfit"] == 0)
    assert {(n, k) for n, k in grid if k >= n} <= set(cells(built, "lip_ball", wide))


def test_what_is_built_or_trained_lies_above_the_floor(tables: Tables) -> None:
    floors = cells(tables["floors"], "value", np.ones(len(tables["floors"]["n"]), bool))
    built = tables["constructions"]
    fits = (built["d"] == 12) & (built["misfit"] == 0)
    for found in (
        cells(tables["trained"], "upper", tables["trained"]["fits"]),
        cells(built, "lip_ball", fits),
    ):
        assert found
        assert all(value >= floors[cell] for cell, value in found.items())


def test_the_grouped_card_has_the_dimensions_to_fit(tables: Tables) -> None:
    built = tables["constructions"]
    card = (built["name"] == "grouped") & (built["d"] == 40)
    assert set(built["n"][card].tolist()) == {40}
    assert (built["misfit"][card] == 0).any()


def test_equal_settings_give_equal_tables(tables: Tables) -> None:
    again = frames(SMALL)[-1].tables
    for name, table in tables.items():
        for column, values in table.items():
            np.testing.assert_array_equal(again[name][column], values, err_msg=f"{name}.{column}")


@pytest.mark.parametrize("asked", [1, 5, 20])
def test_it_stops_without_a_last_frame(asked: int) -> None:
    count = iter(range(asked))
    shown = list(LAB.stream(SMALL, pick(), lambda: next(count, None) is None))
    assert all(not frame.arrays for frame in shown)


def test_all_seeds_of_the_settings_are_trained_and_no_others(tables: Tables) -> None:
    assert set(tables["trained"]["seed"].tolist()) == {0}
    default = LAB.settings.make()
    shown = shipped.read(LAB)[0][-1].tables["trained"]["seed"]
    assert np.unique(shown).tolist() == list(range(default.seed, default.seed + default.seeds))


def test_what_is_tuned_in_other_panels_changes_nothing(tables: Tables) -> None:
    """Some of it would not even fit the sizes of the picture."""
    other = {"network": "grouped", "p": 3, "tolerance": 0.1, "max_steps": 7, "start": "grouped", "batch_norm": "on"}
    left = LAB.settings.make(**SMALL.explicit() | other)
    assert left.of_panel() == SMALL
    first = next(iter(LAB.stream(left, pick(), lambda: False))).tables["floors"]
    for column, values in first.items():
        np.testing.assert_array_equal(values, tables["floors"][column])


def test_the_card_may_have_more_dimensions_than_training_could_afford() -> None:
    settings = OverviewSettings.make(n=1000, d=30)
    with pytest.raises(SettingsError, match="s are allowed"):
        settings.changed(d=1000)
    assert overview._sizes(overview._as_trained(settings), pick(), lambda: True) is None  # stopped at the first network


def test_the_card_shows_no_networks_with_idle_neurons() -> None:
    """In n dimensions or more the picture and the card are about the same points."""
    settings = OverviewSettings.make(n=12, d=14, widths=(5, 9, 16), k=4, seeds=1)
    X, y = (part.double() for part in training.points(overview._as_trained(settings), 12, pick()))
    parts = (
        overview._built(settings, X, y, lambda: False),
        overview._sizes(overview._as_trained(settings), pick(), lambda: False),
    )
    assert all(parts)
    built = {column: np.concatenate([part[column] for part in parts]) for column in tuple(LAB.tables["constructions"])}
    card = chosen({"constructions": built}, settings).table
    assert card["k"].tolist() == sorted({width(y, m) for m in (1, 2, 4, 8)}, reverse=True)
    assert set(card["k"]) < set(built["k"])
