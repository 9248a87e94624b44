"""What the rules of the Region lab's claims are tried on."""

from collections.abc import Mapping

from explorer.labs.region.defence import few
from explorer.labs.region.gallery import most, semantic
from explorer.labs.region.rivals import pattern
from tests.labs.region.simulations_gallery import FOLLOWS, MEANS
from tests.labs.region.simulations_trained import DEFENDS, LEARNS
from tests.simulation import Rule, Simulation

SIMULATIONS: Mapping[str, tuple[Simulation, ...]] = {
    "region-1": FOLLOWS,
    "region-2": MEANS,
    "region-3": LEARNS,
    "region-4": DEFENDS,
}
#: All trials at once.
RULES: Mapping[str, Rule] = {
    "region-1": most.word,
    "region-2": semantic.word,
    "region-3": few.word,
    "region-4": pattern.word,
}
