"""What the rules of the Bayes lab's claims are tried on."""

from collections.abc import Mapping

from explorer.labs.bayes.exact import degenerate, limit
from explorer.labs.bayes.rebuttal import verdict as rebuttal
from tests.labs.bayes.simulations_exact import DEGENERATE, LIMIT
from tests.labs.bayes.simulations_rebuttal import SIMULATIONS as IMAGES
from tests.simulation import Rule, Simulation

SIMULATIONS: Mapping[str, tuple[Simulation, ...]] = {"bayes-1": DEGENERATE, "bayes-2": LIMIT, "bayes-3": IMAGES}
#: All trials at once.
RULES: Mapping[str, Rule] = {"bayes-1": degenerate.word, "bayes-2": limit.word, "bayes-3": rebuttal.word}
