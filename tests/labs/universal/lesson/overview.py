"""What the step `overview` is tried on."""

from collections.abc import Mapping

from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance
from tests.labs.universal.lesson.thresholds import built, table, trained

NAN = float("nan")


def ends(factor: float, of_built: float = 15.0) -> dict:
    """Factors in the largest dimension."""
    return table(built((NAN, NAN, 5, 8, of_built)), trained((1, 1, 1, 2, factor)), trained((1, 1, 1, 2, factor), 1))


#: One of two trainings in the largest dimension did not reach both thresholds: the other was the cheap one.
CHEAP = table(built((NAN, NAN, 5, 8, 15)), trained((1, 1, 1, 2, 3)), trained((1, 1, 1, 2, NAN), 1))
CHECKS = {
    "smooth-takes-more": Cases(
        holds=(ends(3.0),),
        fails=(ends(1.0), ends(3.0, of_built=1.0)),
        open=(table(built((5.0,) * 5)), ends(NAN), ends(3.0, of_built=NAN), CHEAP),
    ),
}
CASES = {
    "how-many-times": Asked(
        answers={
            "less than twice": (ends(1.0), ends(1.9)),
            "2 to 5 times": (ends(2.0), ends(5.0)),
            "more than 5 times": (ends(5.1), ends(40.0)),
        },
        open=(table(built((5.0,) * 5)), ends(NAN), CHEAP),
    ),
}
CHANCE: Mapping[str, tuple[Chance, ...]] = {}
SIZES = frozenset({"how-many-times"})  # a size, not a trend
RUNS = {"overview": "more than 5 times"}
