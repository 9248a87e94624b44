"""Both sides train and measure the same networks, at sizes that take a moment; nobody looks at the seconds."""

import numpy as np
import pytest

from benchmarks import masks, population
from explorer.labs.prunability.population import PopulationSettings


def test_the_loop_trains_and_measures_the_same_networks() -> None:
    settings = PopulationSettings.make(
        n=60, nets=6, widths=(4, 6), depths=(1, 2), batches=(16,), max_epochs=4, masks=2, draws=1
    )
    rows = list(population.compared(settings, 1))
    assert len(rows) == len(population.PARTS) + 1
    assert all(row.agrees for row in rows), [row.agreement for row in rows]
    assert min(row.ratio for row in rows) > 0
    assert [row.target for row in rows] == [None] * len(population.PARTS) + [population.TARGET]
    whole = {name: row.detail["peer_s"] for name, row in zip((*population.PARTS, "whole"), rows, strict=True)}
    assert whole.pop("whole") == pytest.approx(sum(whole.values()))
    assert "the same steps in 100%" in rows[0].agreement


def test_another_measure_is_seen() -> None:
    table = {name: np.ones(20) for names in population.OF.values() for name in names}
    assert all(good for _, good in population.agreement(table, table).values())
    for name, far in (("flatness", 1), ("test_error", 3)):
        other = table | {name: np.where(np.arange(20) < far, 1.5, 1.0)}
        text, good = population.agreement(table, other)[None]
        assert not good
        assert name in text
    few = table | {"test_error": np.where(np.arange(20) < 1, 1.5, 1.0)}
    assert population.agreement(table, few)[None][1]


def test_training_that_ends_elsewhere_is_seen() -> None:
    table = {"steps": np.arange(10), "test_loss": np.ones(10)}
    assert population.alike(table, table)[1]
    assert not population.alike(table, table | {"steps": np.arange(10) + 1})[1]


def test_every_measure_of_the_table_is_compared() -> None:
    compared = {name for names in population.OF.values() for name in names}
    assert set(population.MEASURES) - compared == {"steps", "summed", "train_loss"}  # of training, not of its weights


def test_curves_are_those_of_the_loop(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"NETWORKS": 3, "N": 40, "EPOCHS": 2, "WIDTHS": {(4,): 30.0, (4, 5): None}}.items():
        monkeypatch.setattr(masks, name, value)
    one, two = masks.rows(1)
    assert one.agrees
    assert two.agrees
    assert (one.target, two.target) == (30, None)
    assert "64-4-5-10" in two.name
