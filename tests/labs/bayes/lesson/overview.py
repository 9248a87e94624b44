"""What the step `overview` is tried on: the tables of the panels whose statements it makes."""

from collections.abc import Mapping

from tests.figures.examples import Cases
from tests.labs.bayes.lesson import headline, rebuttal

CHECKS: Mapping[str, Cases] = {
    "under-one-step": headline.CHECKS["flips-fewer"],
    "under-many-steps": rebuttal.CHECKS["lead-shrinks"],
}
CASES: Mapping = {}
CHANCE: Mapping = {}
SIZES: frozenset[str] = frozenset()
RUNS: Mapping = {}
