"""Panel: softmax robustness as it is defined, and as it comes out where softmax is taken twice, beside accuracy."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes.attack_table import AVERAGE, CROSS_ENTROPY, EXPECTED, FREE, MAP, PGD
from explorer.labs.bayes.attacks import Case, Party, alone, attacked, together
from explorer.labs.bayes.instrument import InstrumentSettings


def stream(
    settings: InstrumentSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Fits and attacks, see `labs.bayes.attacks.attacked`."""

    def plan(party: Party) -> list[Case]:
        return cases(party, settings.attack)

    yield from attacked(settings, device, stop, kept, plan)


def cases(party: Party, attack: str) -> list[Case]:
    """Single networks, and the average: along its expected gradient, or under PGD along that of its own loss."""
    loss = CROSS_ENTROPY if attack == PGD else EXPECTED
    found = alone(MAP, attack, party.maps) + alone(FREE, attack, party.free)
    return found + together(AVERAGE, attack, party.samples, loss, MAP)
