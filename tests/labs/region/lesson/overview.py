"""What the step `overview` is tried on: the runs of the parts that its statements and its question are of.

On the overview networks are trained on for fewer steps than on the panel `defence`.
"""

from collections.abc import Mapping

from explorer.frames import Tables
from explorer.labs.region.overview import OverviewSettings, settings_of
from tests.figures.examples import Cases
from tests.labs.asked import Asked, Chance
from tests.labs.region.lesson import defence, gallery, rivals

STEPS = settings_of.defence(OverviewSettings.make()).steps


def sooner(tables: Tables) -> Tables:
    """The same run of fewer steps."""
    if "defence" not in tables:
        return tables
    rows = tables["defence"]
    return tables | {"defence": {**rows, "steps": rows["steps"] * STEPS // defence.SETTINGS.steps}}


def sooner_asked(asked: Asked) -> Asked:
    """All tables of a question."""
    answers = {answer: tuple(map(sooner, several)) for answer, several in asked.answers.items()}
    return Asked(answers, tuple(map(sooner, asked.open)))


def sooner_drawn(chance: Chance) -> Chance:
    """All runs at random."""
    return chance._replace(draw=lambda rng: sooner(chance.draw(rng)))


CHECKS: Mapping[str, Cases] = {
    "vector-beside-signs": gallery.CHECKS["beats-signs"],
    "ten-beside-none": rivals.CHECKS["better-than-nothing"],
}
CASES: Mapping[str, Asked] = {"old-beside-new": sooner_asked(defence.CASES["against-new"])}
CHANCE: Mapping[str, tuple[Chance, ...]] = {
    "old-beside-new": tuple(map(sooner_drawn, defence.CHANCE["against-new"])),
}
SIZES: frozenset[str] = frozenset()
RUNS = {"overview": defence.MORE}
