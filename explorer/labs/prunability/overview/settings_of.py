"""What the primary panels are drawn with on the overview, and what they are run with there."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.labs.prunability.league import LeagueSettings
from explorer.labs.prunability.population import PopulationSettings
from explorer.settings import Settings

SHARED = ("n", "noise", "seed", "prune_tolerance", "prune_rule")  # what the crowds have of the overview


def population(settings: Any) -> PopulationSettings:
    """Its default crowd, on as many images and with the seed of the overview."""
    return PopulationSettings.make(**{name: getattr(settings, name) for name in SHARED})


def league(settings: Any) -> LeagueSettings:
    """The same crowd."""
    return LeagueSettings.make(**{name: getattr(settings, name) for name in SHARED})


OF: Mapping[str, Callable[[Any], Settings]] = {
    "curve": lambda settings: settings,
    "population": population,
    "league": league,
}
