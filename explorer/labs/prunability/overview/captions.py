"""What the captions of the panel `overview` say of a run, and what its question asks: on its parts' tables."""

from collections.abc import Mapping

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.prunability.curve import captions as curve
from explorer.labs.prunability.overview import OverviewSettings, settings_of
from explorer.labs.prunability.population import captions as population


def known(settings: OverviewSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return {**settings.values(), "said": settings.source.said}


def stands_still(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """What the panel `curve` says: a tenth of the weights go unharmed, and with a tenth left the loss has climbed."""
    return curve.stands_still(tables, settings_of.curve(settings))


def ranks(tables: Tables, settings: OverviewSettings) -> Outcome | None:
    """What the panel `population` asks: whether P ranks networks by their loss on unseen images."""
    return population.prunability_ranks(tables, settings_of.population(settings))


CHECKS: Mapping[str, Check] = {"one-loses-little": stands_still}
OUTCOMES: Mapping[str, Decide] = {"share-and-unseen": ranks}
