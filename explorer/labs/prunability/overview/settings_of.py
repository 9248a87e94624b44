"""What the primary panels are drawn with on the overview, and what they are run with there."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.labs.prunability.double_descent import DescentSettings
from explorer.labs.prunability.population import PopulationSettings
from explorer.settings import Settings


def population(settings: Any) -> PopulationSettings:
    """Its default crowd, on as many images and with the seed of the overview."""
    common = {name: getattr(settings, name) for name in ("n", "noise", "seed", "prune_tolerance", "prune_rule")}
    return PopulationSettings.make(**common)


def double_descent(settings: Any) -> DescentSettings:
    """Its default widths and label noise, with the seed of the overview."""
    return DescentSettings.make(**{name: getattr(settings, name) for name in ("seed", "prune_tolerance", "prune_rule")})


OF: Mapping[str, Callable[[Any], Settings]] = {
    "curve": lambda settings: settings,
    "population": population,
    "double-descent": double_descent,
}
