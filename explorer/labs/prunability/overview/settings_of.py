"""What the primary panels are drawn with on the overview, and what they are run with there."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.labs.prunability.population import PopulationSettings
from explorer.settings import Settings


def population(settings: Any) -> PopulationSettings:
    """Its default crowd, on as many images and with the seed of the overview."""
    common = {name: getattr(settings, name) for name in ("n", "noise", "seed", "prune_tolerance", "prune_rule")}
    return PopulationSettings.make(**common)


OF: Mapping[str, Callable[[Any], Settings]] = {"curve": lambda settings: settings, "population": population}
