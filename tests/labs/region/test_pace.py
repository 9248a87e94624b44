"""Runs hear soon that they are to stop: between two yields at most one attack is made on one network."""

from collections.abc import Callable
from typing import Any

import pytest

from explorer.device import pick
from explorer.frames import Cell
from explorer.labs.region import defence, rivals, sharing
from explorer.labs.region.defence import compute as defences
from explorer.labs.region.rivals import compute as rivalries
from explorer.labs.region.sharing import compute as shares
from explorer.measure.perturbations import PGD

CPU = pick("cpu")
RUNS: dict[str, tuple[Any, Any, Any]] = {
    "defence": (defence.DefenceSettings, defence.PANEL, defences.stream),
    "rivals": (rivals.RivalsSettings, rivals.PANEL, rivalries.stream),
    "sharing": (sharing.SharingSettings, sharing.PANEL, shares.stream),
}


@pytest.fixture
def attacks(monkeypatch: pytest.MonkeyPatch) -> Callable[[], int]:
    """How many attacks by gradients have been made."""
    made, plain = 0, PGD.__call__

    def counted(self: PGD, *given: Any) -> Any:
        nonlocal made
        made += 1
        return plain(self, *given)

    monkeypatch.setattr(PGD, "__call__", counted)
    return lambda: made


@pytest.mark.parametrize("slug", RUNS)
def test_between_two_yields_there_is_one_attack_at_most(slug: str, attacks: Callable[[], int]) -> None:
    kind, panel, stream = RUNS[slug]
    settings, before, most = kind.make(**panel.small | {"seeds": 2}), 0, 0
    cells = 0
    for found in stream(settings, CPU, lambda: False):
        most, before = max(most, attacks() - before), attacks()
        cells += isinstance(found, Cell)
        if cells == 4:  # the networks, perturbations of most panels, and some way to train on them, attacked
            break
    assert most == 1


@pytest.mark.parametrize("slug", RUNS)
def test_told_in_the_midst_of_an_attack_no_other_is_made(slug: str, attacks: Callable[[], int]) -> None:
    kind, panel, stream = RUNS[slug]
    settings = kind.make(**panel.small | {"seeds": 2})
    list(stream(settings, CPU, lambda: attacks() > 0))
    assert attacks() == 1
