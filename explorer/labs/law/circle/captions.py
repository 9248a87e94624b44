"""What the captions of the panel `circle` say of a run, checked on its tables."""

from collections.abc import Mapping

from explorer.frames import Tables
from explorer.labs.captions import Check, Finding
from explorer.labs.law.circle import CircleSettings, figure
from explorer.theory.circle import kolmogorov_smirnov

CHANCE = 0.01  # a p-value below it is not put down to chance


def known(settings: CircleSettings) -> Mapping[str, object]:
    """What the settings alone say: their values, many draws with a comma between thousands."""
    return {**settings.values(), "draws": f"{settings.draws:,}"}


def follows_the_law(tables: Tables, settings: CircleSettings) -> Finding | None:
    """The drawn best constants do not contradict their exact law."""
    lip, n = figure.constants(tables)
    if not lip.any():
        return None
    distance, p = kolmogorov_smirnov(lip, n)
    numbers = {"sets": f"{len(lip):,}", "distance": f"{distance:.2g}", "chance": f"{p:.2g}"}
    return Finding(p >= CHANCE, numbers)


CHECKS: Mapping[str, Check] = {
    "follows-the-law": follows_the_law,
}
