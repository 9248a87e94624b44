"""Panel: the average of samples beside MAP with the same prior and networks without one, under stronger attacks."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes.attack_table import (
    AVERAGE,
    CROSS_ENTROPY,
    ENSEMBLE,
    EXPECTED,
    FGSM,
    FREE,
    MAP,
    MARGIN,
    PGD,
)
from explorer.labs.bayes.attacks import Case, Party, alone, attacked, together
from explorer.labs.bayes.rebuttal import RebuttalSettings

#: Attacks, each with the loss of networks alone and the loss of averages.
ATTACKS = (FGSM, CROSS_ENTROPY, EXPECTED), (PGD, CROSS_ENTROPY, CROSS_ENTROPY), (PGD, MARGIN, MARGIN)


def stream(
    settings: RebuttalSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Fits and attacks, see `labs.bayes.attacks.attacked`."""
    yield from attacked(settings, device, stop, kept, cases)


def cases(party: Party) -> list[Case]:
    """The weakest attack first, of each MAP first: all others are compared with it."""
    found: list[Case] = []
    for attack, own, common in ATTACKS:
        found += alone(MAP, attack, party.maps, loss=own) + alone(FREE, attack, party.free, MAP, own)
        found += together(ENSEMBLE, attack, party.free, common, MAP)
        found += together(AVERAGE, attack, party.samples, common, MAP)
    return found
