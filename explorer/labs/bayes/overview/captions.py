"""What the caption of the panel `overview` says of a run: the first statement of each panel, on the common tables."""

from collections.abc import Mapping

from explorer.frames import Tables
from explorer.labs.bayes.headline import captions as headline
from explorer.labs.bayes.overview import OverviewSettings, settings_of
from explorer.labs.bayes.rebuttal import captions as rebuttal
from explorer.labs.captions import Check, Decide, Finding, Outcome


def known(settings: OverviewSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    return headline.known(settings_of.headline(settings))


def under_one_step(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """What the headline panel says of FGSM: at least 30 points fewer are flipped than of one sample."""
    return headline.flips_fewer(tables, settings_of.headline(settings))


def under_many_steps(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """What the rebuttal panel says of PGD on the margin: it takes half of the lead that the average has over MAP."""
    return rebuttal.lead_shrinks(tables, settings_of.rebuttal(settings))


CHECKS: Mapping[str, Check] = {"under-one-step": under_one_step, "under-many-steps": under_many_steps}


def average_under_one_step(tables: Tables, settings: OverviewSettings) -> Outcome | None:
    """What the headline panel's question asks."""
    return headline.average_beside_one(tables, settings_of.headline(settings))


OUTCOMES: Mapping[str, Decide] = {"average-under-one-step": average_under_one_step}
