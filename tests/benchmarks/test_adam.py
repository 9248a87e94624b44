import pytest

from benchmarks import adam, table


def test_ours_and_the_peer_do_the_same_work(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(adam, "SIZES", [(20, 5, 8, 6, 1.0)])
    (row,) = adam.rows(1)
    assert row.agrees
    assert row.ratio > 0


def test_both_sides_are_called_in_turn_after_one_call_to_warm_up() -> None:
    calls: list[str] = []
    ours, peer = table.interleave(lambda: calls.append("ours"), lambda: calls.append("peer"), 2)
    assert calls == ["ours", "peer"] * 3
    assert len(ours) == len(peer) == 2
