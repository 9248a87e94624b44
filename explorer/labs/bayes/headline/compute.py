"""Panel: one sample of the posterior and the average of all, attacked and defended; beside them two plain networks."""

from collections.abc import Iterator

import torch

from explorer.frames import Cell, Frame, Kept
from explorer.labs import Stop
from explorer.labs.bayes.attack_table import AVERAGE, CROSS_ENTROPY, EXPECTED, FGSM, FREE, MAP, ONE, RANDOM, VI
from explorer.labs.bayes.attacks import Case, Party, alone, attacked, together
from explorer.labs.bayes.headline import HeadlineSettings


def stream(
    settings: HeadlineSettings, device: torch.device, stop: Stop, kept: Kept | None = None
) -> Iterator[Frame | Cell | None]:
    """Fits and attacks, see `labs.bayes.attacks.attacked`."""

    def plan(party: Party) -> list[Case]:
        return cases(party, settings.attack)

    yield from attacked(settings, device, stop, kept, plan)


def cases(party: Party, attack: str) -> list[Case]:
    """Who is attacked, of what there is; the average also along the gradient of its own loss, and by random signs."""
    found = alone(MAP, attack, party.maps) + alone(FREE, attack, party.free)
    found += alone(ONE, attack, party.samples) + together(AVERAGE, attack, party.samples, EXPECTED, ONE)
    found += together(VI, attack, party.vi, EXPECTED, ONE)
    if attack == FGSM:
        found += together(AVERAGE, attack, party.samples, CROSS_ENTROPY, ONE)
    return found if attack == RANDOM else [*found, *together(AVERAGE, RANDOM, party.samples, EXPECTED)]
