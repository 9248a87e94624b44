"""What the primary panels are drawn with on the overview, and what they are run with there."""

from collections.abc import Callable, Mapping
from typing import Any

from explorer.labs.prunability.curve import CurveSettings
from explorer.labs.prunability.double_descent import ONE, DescentSettings
from explorer.labs.prunability.league import LeagueSettings
from explorer.labs.prunability.population import PopulationSettings
from explorer.settings import Settings

SEEDS = 2  # of a width of double descent


def curve(settings: Any) -> CurveSettings:
    """As the overview is set."""
    return CurveSettings(**{name: getattr(settings, name) for name in CurveSettings.fields()})


def population(settings: Any) -> PopulationSettings:
    """So many networks of its default grid, on as many images and with the seed of the overview."""
    return PopulationSettings(**_crowd(PopulationSettings, settings))


def league(settings: Any) -> LeagueSettings:
    """The same networks."""
    return LeagueSettings(**_crowd(LeagueSettings, settings))


def double_descent(settings: Any) -> DescentSettings:
    """Its default widths and label noise, with the seed of the overview."""
    shared = {name: getattr(settings, name) for name in ("seed", "prune_tolerance", "prune_rule")}
    return DescentSettings(**DescentSettings.make().values() | {"seeds": SEEDS, "noises": ONE, "masks": 1} | shared)


def _crowd(kind: type[Settings], settings: Any) -> dict[str, object]:
    shared = ("nets", "n", "noise", "seed", "prune_tolerance", "prune_rule")
    return kind.make().values() | {name: getattr(settings, name) for name in shared}


OF: Mapping[str, Callable[[Any], Settings]] = {
    "curve": curve,
    "population": population,
    "league": league,
    "double-descent": double_descent,
}
