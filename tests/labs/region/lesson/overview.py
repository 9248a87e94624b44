"""What the step `overview` is tried on: the runs of the parts that its statements and its question are of."""

from collections.abc import Mapping

from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance
from tests.labs.region.lesson import defence, gallery, rivals

CHECKS: Mapping[str, Cases] = {
    "vector-beside-signs": gallery.CHECKS["beats-signs"],
    "one-by-one-beside-ten": rivals.CHECKS["each-image-counts"],
}
CASES: Mapping[str, Asked] = {"old-beside-new": defence.CASES["against-new"]}
CHANCE: Mapping[str, tuple[Chance, ...]] = {"old-beside-new": defence.CHANCE["against-new"]}
SIZES: frozenset[str] = frozenset()
RUNS = {"overview": defence.MORE}
