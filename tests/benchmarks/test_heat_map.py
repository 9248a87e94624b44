import numpy as np
import pytest

from benchmarks import heat_map
from explorer.labs.law.heat_map import HeatMapSettings


def test_ours_and_the_loop_do_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(heat_map, "TURNS", 1)  # once is enough where nobody looks at the seconds
    settings = HeatMapSettings.make(ns=(5, 12), widths=(2, 16, 40), d=4, seeds=2, max_steps=100)
    training, whole = heat_map.compared(settings, 1)
    assert training.agrees
    assert training.agreement == whole.agreement
    assert "100.0%" in training.agreement
    assert training.target == 15
    assert min(training.ratio, whole.ratio) > 0


def test_a_different_verdict_or_bound_is_seen() -> None:
    mine = {"mse": np.array([1e-4, 1.0]), "product": np.array([2.0, 5.0])}
    assert heat_map.compare(mine, mine, 1e-3)[1]
    assert not heat_map.compare(mine, mine | {"mse": np.array([1e-4, 1e-5])}, 1e-3)[1]
    assert not heat_map.compare(mine, mine | {"product": np.array([2.1, 5.0])}, 1e-3)[1]
