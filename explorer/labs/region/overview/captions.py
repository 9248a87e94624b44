"""What the captions of the panel `overview` say of a run, and what its question asks: on its parts' tables."""

from collections.abc import Mapping

from explorer.frames import Tables
from explorer.labs.captions import Check, Decide, Finding, Outcome
from explorer.labs.region.defence import captions as defence
from explorer.labs.region.gallery import captions as gallery
from explorer.labs.region.overview import OverviewSettings, settings_of
from explorer.labs.region.rivals import captions as rivals


def known(settings: OverviewSettings) -> Mapping[str, object]:
    """What the settings alone make true."""
    own = defence.known(settings_of.defence(settings))
    shown = rivals.known(settings_of.rivals(settings))["shown"]
    return {**own, **settings.values(), "shown": shown}


def beats_signs(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """What the panel `gallery` says: more unseen images follow v than follow random signs of its length."""
    return gallery.beats_signs(tables, settings_of.gallery(settings))


def better_than_nothing(tables: Tables, settings: OverviewSettings) -> Finding | None:
    """What the panel `rivals` says: under PGD static RAT has more right than as much training on images as they are."""
    return rivals.better_than_nothing(tables, settings_of.rivals(settings))


def against_new(tables: Tables, settings: OverviewSettings) -> Outcome | None:
    """What the panel `defence` asks: whether new perturbations turn more images than the old ones."""
    return defence.against_new(tables, settings_of.defence(settings))


CHECKS: Mapping[str, Check] = {"vector-beside-signs": beats_signs, "ten-beside-none": better_than_nothing}
OUTCOMES: Mapping[str, Decide] = {"old-beside-new": against_new}
