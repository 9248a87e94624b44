"""What the rules of the Prunability lab's claims are tried on."""

from collections.abc import Mapping

from tests.labs.prunability.simulations_descent import FOLLOWS, GROWS
from tests.labs.prunability.simulations_league import BESIDE, PREDICTS
from tests.simulation import Simulation

SIMULATIONS: Mapping[str, tuple[Simulation, ...]] = {
    "prune-1": PREDICTS,
    "prune-2": GROWS,
    "prune-3": FOLLOWS,
    "prune-4": BESIDE,
}
