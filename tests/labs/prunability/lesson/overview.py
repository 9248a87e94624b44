"""What the step `overview` is tried on: the runs of the parts that its statement and its question are of."""

from collections.abc import Mapping

from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance
from tests.labs.prunability.lesson import curve, population

CHECKS: Mapping[str, Cases] = {"one-loses-little": curve.CHECKS["stands-still-then-climbs"]}
CASES: Mapping[str, Asked] = {"share-and-unseen": population.CASES["prunability-ranks"]}
CHANCE: Mapping[str, tuple[Chance, ...]] = {"share-and-unseen": population.CHANCE["prunability-ranks"]}
SIZES: frozenset[str] = frozenset()
RUNS = {"overview": population.NEITHER}
