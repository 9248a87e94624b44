"""What the step `overview` is tried on: tables of the panels whose statements it makes and whose question it asks."""

from collections.abc import Mapping

from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance
from tests.labs.bayes.lesson import headline, rebuttal

CHECKS: Mapping[str, Cases] = {
    "under-one-step": headline.CHECKS["flips-fewer"],
    "under-many-steps": rebuttal.CHECKS["lead-shrinks"],
}
CASES: Mapping[str, Asked] = {"average-under-one-step": headline.CASES["average-beside-one"]}
CHANCE: Mapping[str, tuple[Chance, ...]] = {"average-under-one-step": headline.CHANCE["average-beside-one"]}
SIZES: frozenset[str] = frozenset()
RUNS = {"overview": headline.FAR}
