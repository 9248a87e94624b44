"""What is declared beside what is taken, at sizes that take a moment; nobody looks at the seconds."""

import math

import pytest

from benchmarks import costs
from explorer.labs import find, labs
from tests.labs import parts


def panels() -> list[str]:
    return [f"{lab.name} {panel.slug}" for lab in labs() for panel in lab.panels]


def test_every_size_is_of_a_panel_that_there_is() -> None:
    assert set(costs.GIVEN) <= set(panels())


def test_every_panel_has_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    small = {f"{lab.name} {panel.slug}": (panel.small,) for lab in labs() for panel in lab.panels}
    monkeypatch.setattr(costs, "GIVEN", small)
    with parts.small():
        found = list(costs.rows(rounds=5))
    assert [row.name.partition(":")[0] for row in found] == panels()
    for row in found:
        assert row.ratio > 0
        assert (row.slower, row.target) == (True, costs.FACTOR)


def test_networks_are_trained_as_if_none_fits(monkeypatch: pytest.MonkeyPatch) -> None:
    seen = []
    monkeypatch.setattr(costs, "taken", lambda lab, settings: seen.append(settings) or costs.Taken(2.0, math.nan))
    lab = find("law")
    (panel,) = (panel for panel in lab.panels if panel.slug == "trained")
    row = costs.compared(lab, panel, {"seeds": 1, "widths": (8, 16)})
    limit, start = seen
    assert (limit.tolerance, start.tolerance) == (costs.NEVER["tolerance"], 1e-3)
    assert limit.changed(tolerance=1e-3) == start
    assert row.name == "law trained: seeds 1, widths 8/16, none fits"
    assert row.ratio == 2 / limit.work().seconds
    assert row.agreement.startswith("memory is not told here")
    assert row.agrees


def test_more_memory_than_four_times_as_declared_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    lab = find("law")
    (panel,) = (panel for panel in lab.panels if panel.slug == "circle")
    for share, agrees in ((costs.FACTOR, True), (1.01 * costs.FACTOR, False)):
        held = share * panel.settings.make().work().bytes
        monkeypatch.setattr(costs, "taken", lambda lab, settings, held=held: costs.Taken(1.0, held))
        assert costs.compared(lab, panel, {}).agrees is agrees


@pytest.mark.skipif(not (costs.PROC / "clear_refs").exists(), reason="this system does not tell a process its peak")
def test_the_peak_of_a_run_is_seen_and_forgotten() -> None:
    before = costs._forget()
    held = bytearray(64 << 20)
    held[:: 1 << 12] = bytes(len(held) >> 12)  # every page
    del held
    assert costs._told("VmHWM") - before >= 60 << 20
    costs._forget()
    assert costs._told("VmHWM") < before + (32 << 20)
